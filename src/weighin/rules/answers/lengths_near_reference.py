"""The rule `lengths-near-reference`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.records import Record
from weighin.rules.interface import Case, Finding, Level, Outcome, Weaker
from weighin.rules.shared.counterparts import GIVE_A_REFERENCE, named, references
from weighin.rules.shared.fact_rule import fact_at_hand
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import number

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthsNearReference(ClaimedRecordRule):
    """The answers are about as long as expected.

    Why:
        Another model, template or token limit under the same name shows first in the length of
        its answers.

    How:
        Compares the mean number of tokens of an answer with the expected one; where none is set,
        with that of the reference records.

    Fix:
        Compare decoding settings, template and token limit with the reference.

    Attributes:
        share: The largest relative difference.
        expected: The expected mean number of tokens, by benchmark.
    """

    id: ClassVar[str] = "lengths-near-reference"
    level: ClassVar[Level] = Level.WARNING
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"share": Weaker.HIGHER})

    share: Share = 0.1
    expected: dict[str, Positive] = field(default_factory=dict)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding for each length that the answers are held against."""
        mine = _mean_tokens(case, record)
        if mine is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="it is not recorded how long the answers are",
                fix=how_to_record((record,), FactName.OUTPUT_TOKENS, "declare `output_tokens`"),
            )
            return
        sides: dict[str, float] = {}
        if (expected := self.expected.get(record.asked.task)) is not None:
            sides["expected"] = expected
        else:
            for other in references(case, record):
                found = other.fact(FactName.OUTPUT_TOKENS)
                if found is not None and (tokens := _tokens(found.value)) is not None:
                    sides[f"in {named(case, other)}"] = tokens
        if not sides:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="there is no length to hold the answers against",
                found=f"{number(mine)} tokens",
                fix=f"set `expected` of {self.id}, or {GIVE_A_REFERENCE}",
            )
        for side, tokens in sides.items():
            is_met = abs(mine - tokens) <= self.share * tokens
            yield Finding(
                outcome=Outcome.MET if is_met else Outcome.VIOLATED,
                statement=f"an answer has {number(mine)} tokens on average, "
                f"{number(tokens)} {side}",
                expected=f"within {self.share:.3g} of {number(tokens)}",
                found=number(mine),
                fix=""
                if is_met
                else "compare decoding, template and token limit with the reference",
            )


def _mean_tokens(case: Case, record: Record) -> float | None:
    at_hand = fact_at_hand(case, record, FactName.OUTPUT_TOKENS)
    return None if at_hand is None else _tokens(at_hand.fact.value)


def _tokens(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) and value > 0 else None
