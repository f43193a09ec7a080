"""The rule `answers-parse`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.records import Record
from weighin.rules.answers.fact_of_text import NO_TEXT, Share, is_without_text
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Level, Outcome, Weaker
from weighin.rules.shared.fact_rule import fact_at_hand, share
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import count, literal

_DECLARE_IT = "declare `unparsed_answers` of the benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersParse(ClaimedRecordRule):
    """An answer could be extracted from nearly every output.

    Why:
        Where the scorer cannot read four answers in ten, the score measures the scorer: whole
        leaderboards were reshuffled by a better parser.

    How:
        Counts the answers from which nothing was extracted, by the filter of the claimed metric
        where the log tells filters apart.

    Fix:
        Look at the outputs that were not read; score with a parser that fits them, for every
        model alike.

    Attributes:
        share: The largest share of answers that may be unreadable.
    """

    id: ClassVar[str] = "answers-parse"
    lack: ClassVar[CauseKind | None] = CauseKind.NO_SAMPLES
    level: ClassVar[Level] = Level.WARNING
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"share": Weaker.HIGHER})

    share: Share = 0.05

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding: how many answers were read."""
        yield self._finding(case, record)

    def _finding(self, case: Case, record: Record) -> Finding:
        at_hand = fact_at_hand(case, record, FactName.UNPARSED_ANSWERS)
        if at_hand is None and is_without_text(record):
            return NO_TEXT
        if at_hand is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="it is not recorded from how many answers nothing could be extracted",
                fix=how_to_record((record,), FactName.UNPARSED_ANSWERS, _DECLARE_IT),
            )
        value = _of_claimed_filter(case, record, at_hand.fact.value)
        counted = share(value, "unparsed", "answers")
        if counted is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="of the claimed metric it is not recorded from how many answers nothing "
                "could be extracted",
                found=literal(at_hand.fact.value)[:80],
                where=(at_hand.where,),
                fix=how_to_record((record,), FactName.UNPARSED_ANSWERS, _DECLARE_IT),
            )
        unparsed, answers = counted
        is_met = unparsed <= self.share * answers
        return Finding(
            outcome=Outcome.MET if is_met else Outcome.VIOLATED,
            statement=f"nothing could be extracted from {unparsed} of {count(answers, 'answer')}",
            expected=f"at most {self.share:.3g} of the answers",
            found=f"{unparsed / answers:.3g}",
            where=(at_hand.where,),
            fix="" if is_met else "look at the outputs, and score with a parser that reads them",
        )


def _of_claimed_filter(case: Case, record: Record, value: JsonValue) -> JsonValue:
    """The entry of the filter that the requirements claim, if the value tells filters apart."""
    by_filter = value.get("by_filter") if isinstance(value, dict) else None
    required = case.required(record.asked.task)
    key = None if required is None else required.metric_key
    if key is None or not isinstance(by_filter, Mapping):
        return value
    return by_filter.get(key.rpartition(",")[2])
