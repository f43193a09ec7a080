"""The rule `one-continuous-run`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.fact_rule import FactAtHand, counts, fact_at_hand
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import count, listed, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class OneContinuousRun(ClaimedRecordRule):
    """The documents of each benchmark were answered in one run.

    Why:
        Answering only the failed documents again turns each second chance into points: the score
        of documents from several runs is not that of any run.

    How:
        Counts the runs in which the documents were answered. A record that weighin wrote is of
        one run; where that went on with an attempt that was ended, nothing was answered a second
        time. A log of another harness must say which runs its documents are of.

    Fix:
        Score the whole benchmark in one run.
    """

    id: ClassVar[str] = "one-continuous-run"
    lack: ClassVar[CauseKind | None] = CauseKind.RUN_NOT_RECORDED

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on the runs that the documents are of."""
        yield _continuity(case, record)


def _continuity(case: Case, record: Record) -> Finding:
    at_hand = fact_at_hand(case, record, FactName.RUNS_OF_DOCUMENTS)
    if at_hand is not None:
        return _runs(record, at_hand)
    if record.run.run_id and record.run.attempt_id:
        taken = sum(sum(one.answers.values()) for one in record.taken)
        return Finding(
            outcome=Outcome.MET,
            statement="no document was answered a second time"
            if taken
            else "all documents are of one run",
            found=f"{record.run.run_id}, which took {count(taken, 'answer')} of "
            f"{listed(tuple(one.run_id for one in record.taken))}"
            if taken
            else record.run.run_id,
        )
    return Finding(
        outcome=Outcome.UNDECIDED,
        statement="it is not recorded in which run each document was answered",
        fix=f"score it with `weighin run {case.requirements.as_given}`, which keeps every attempt "
        "apart, or declare `runs_of_documents` of the benchmark",
    )


def _runs(record: Record, at_hand: FactAtHand) -> Finding:
    runs = counts(at_hand.fact.value)
    scored = record.asked.documents_scored
    if not runs or (scored is not None and sum(runs.values()) < scored):
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement="of some documents it is not recorded in which run they were answered",
            expected="" if scored is None else count(scored, "document"),
            found=literal(at_hand.fact.value)[:80],
            where=(at_hand.where,),
            fix="give the log of the whole run",
        )
    if len(runs) == 1:
        return Finding(
            outcome=Outcome.MET,
            statement="all documents are of one run",
            found=next(iter(runs)),
            where=(at_hand.where,),
        )
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"the documents are of {count(len(runs), 'run')}",
        expected="one run",
        found=listed(tuple(f"{count(n, 'document')} of {run}" for run, n in runs.items())),
        where=(at_hand.where,),
        fix="score the whole benchmark in one run, and report that score",
    )
