"""Whether lengths and scores are what one expects of the benchmark."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record, Score
from weighin.rules.counterparts import GIVE_A_REFERENCE, named, references
from weighin.rules.difference import claimed_scores
from weighin.rules.fact_rule import fact_at_hand
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import claimed_records, for_each_record
from weighin.rules.wording import listed, number

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthsNearReference:
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
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "benchmarks"

    share: Share = 0.1
    expected: dict[str, Positive] = field(default_factory=dict)

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: self._findings(case, record)
        )

    def _findings(self, case: Case, record: Record) -> Iterator[Finding]:
        mine = _mean_tokens(case, record)
        if mine is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="it is not recorded how long the answers are",
                fix="give a log that counts output tokens (Inspect, HELM), or declare "
                "`output_tokens`",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreIsPlausible:
    """Every claimed score is between chance and what the benchmark's labels allow.

    Why:
        A score above the share of correct labels, or below guessing, tells of the set-up.

    How:
        Compares the score, in the harness's own unit, with bounds that the requirements set. Two
        standard errors below chance are still chance.

    Fix:
        Look at samples with unexpected scores before anybody relies on the number.

    Attributes:
        chance: The score of guessing, by benchmark.
        ceiling: The highest score that can be right, by benchmark.
    """

    id: ClassVar[str] = "score-is-plausible"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "benchmarks"

    chance: dict[str, float] = field(default_factory=dict)
    ceiling: dict[str, float] = field(default_factory=dict)

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: self._findings(case, record)
        )

    def _findings(self, case: Case, record: Record) -> Iterator[Finding]:
        task = record.asked.task
        claimed = tuple(s for s in claimed_scores(case, record) if s.task == task)
        if task not in self.chance and task not in self.ceiling:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="no bounds of a plausible score are set",
                fix=f"set `chance` or `ceiling` of {self.id}",
            )
            return
        if not claimed:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the record has no score of the required metric",
                fix=f"weighin run {case.requirements.source} --only {task}",
            )
        for score in claimed:
            yield self._bounded(score)

    def _bounded(self, score: Score) -> Finding:
        bounds = [
            f"at {side} {number(bound)}"
            for side, bound in (
                ("least", self.chance.get(score.task)),
                ("most", self.ceiling.get(score.task)),
            )
            if bound is not None
        ]
        ceiling, chance = self.ceiling.get(score.task), self.chance.get(score.task)
        odd = ""
        if ceiling is not None and not score.value <= ceiling:
            odd = f"{score.key} is {number(score.value)}, above the ceiling of {number(ceiling)}"
        elif chance is not None and not score.value + 2 * (score.stderr or 0.0) >= chance:
            odd = f"{score.key} is {number(score.value)}, below chance of {number(chance)}"
        return Finding(
            outcome=Outcome.VIOLATED if odd else Outcome.MET,
            statement=odd or f"{score.key} is plausible",
            expected=listed(bounds),
            found=number(score.value),
            fix="look at the samples, the scorer and the set-up" if odd else "",
        )


def _mean_tokens(case: Case, record: Record) -> float | None:
    at_hand = fact_at_hand(case, record, FactName.OUTPUT_TOKENS)
    return None if at_hand is None else _tokens(at_hand.fact.value)


def _tokens(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) and value > 0 else None


PLAUSIBILITY_RULES: tuple[type[Rule], ...] = (LengthsNearReference, ScoreIsPlausible)
