"""The rule `attempt-is-chosen-beforehand`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.shared.fact_rule import fact_at_hand, moment
from weighin.rules.shared.per_record import RecordRule
from weighin.rules.shared.wording import literal

_DECLARE_SELECTION = (
    "declare selection_rule: {text: which attempt counts, registered: TIME}, before the first run"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptIsChosenBeforehand(RecordRule):
    """Which attempt counts was fixed before the first attempt began.

    Why:
        A rule that is chosen after the scores are known chooses the score.

    How:
        Compares the time at which the rule was registered with the start of each benchmark. That
        the time is true is for whoever registered it to show.

    Fix:
        Register the rule where its time can be seen, then score the benchmarks.
    """

    id: ClassVar[str] = "attempt-is-chosen-beforehand"
    lack: ClassVar[CauseKind | None] = CauseKind.NOT_DECLARED
    level: ClassVar[Level] = Level.WARNING

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on when the rule was registered."""
        at_hand = fact_at_hand(case, record, FactName.SELECTION_RULE)
        value = None if at_hand is None else at_hand.fact.value
        rule = value if isinstance(value, dict) else {}
        text, registered = rule.get("text"), moment(rule.get("registered"))
        started = moment(record.run.started)
        where = (record.origin if at_hand is None else at_hand.where,)
        if at_hand is None or not isinstance(text, str) or not text.strip() or registered is None:
            told = "which attempt counts was not registered"
            if at_hand is not None:
                told = "which attempt counts is registered in a shape that says nothing"
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement=told,
                found="" if at_hand is None else literal(value)[:80],
                where=where,
                fix=_DECLARE_SELECTION,
            )
        elif started is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="when the benchmark began is not recorded",
                expected=f"a start after {registered.isoformat()}",
                where=where,
                fix=f"score it with `weighin run {case.requirements.as_given}`, which records it",
            )
        else:
            is_before = registered <= started
            yield Finding(
                outcome=Outcome.MET if is_before else Outcome.VIOLATED,
                statement="which attempt counts was registered "
                f"{'before' if is_before else 'after'} the benchmark began",
                expected=f"before {started.isoformat()}",
                found=f"{registered.isoformat()}: {text}",
                where=where,
                fix="" if is_before else "score it again, after the rule was registered",
            )
