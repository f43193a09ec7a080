"""What a score rests on: all in one run, failures counted, and how uncertain it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.difference import claimed_scores
from weighin.rules.fact_rule import FactAtHand, FactRule, counts, fact_at_hand, fails, holds
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import claimed_records, for_each_record
from weighin.rules.wording import count, listed, literal, number


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyIsShown:
    """Every claimed score stands with its standard error and its number of documents.

    Why:
        On 30 questions a difference of 10 points is noise; a number alone hides that.

    How:
        Looks for the standard error and the number of documents of each claimed score. A standard
        error of exactly 0 beside a score that is neither 0 nor 1 is no uncertainty of documents.

    Fix:
        Let the harness compute standard errors (`bootstrap_iters` above 0 in lm-eval).
    """

    id: ClassVar[str] = "uncertainty-is-shown"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: _uncertainty(case, record)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsCountAsWrong(FactRule):
    """Documents that ended in an error or a timeout count as wrong.

    Why:
        A score over the documents that happened to work leaves out the hard ones.

    How:
        Reads how many documents failed, and whether they are in the score as 0.

    Fix:
        Score the failed documents again in the same run, or count them as wrong.
    """

    id: ClassVar[str] = "errors-count-as-wrong"
    fact: ClassVar[FactName] = FactName.ERRORS
    unknown: ClassVar[str] = "it is not recorded how many documents ended in an error"
    record_it: ClassVar[str] = (
        "give a log that holds the state of every document, or declare `errors` of the benchmark"
    )
    fix: ClassVar[str] = "count failed documents as wrong, and report that score"

    def judge(self, value: JsonValue) -> Finding:
        """Met without errors, or by errors that count as wrong."""
        errors = value.get("errors") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(errors, int) or errors < 0:
            return self.shapeless(value)
        if not errors:
            return holds("no document ended in an error")
        told = f"{count(errors, 'document')} ended in an error"
        counted = value.get("counted_as_wrong")
        if counted is True:
            return holds(f"{told}, counted as wrong")
        if counted is False:
            return fails(
                f"{told} and {'is' if errors == 1 else 'are'} not in the score",
                expected="counted as wrong",
                found=value,
            )
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{told}; whether they count as wrong is not recorded",
            expected="counted as wrong",
            fix=self.record_it,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OneContinuousRun:
    """The documents of each benchmark were answered in one run.

    Why:
        Answering only the failed documents again turns each second chance into points: the score
        of documents from several runs is not that of any run.

    How:
        Counts the runs in which the documents were answered. A record that weighin wrote is of
        one run; a log of another harness must say which runs its documents are of.

    Fix:
        Score the whole benchmark in one run.
    """

    id: ClassVar[str] = "one-continuous-run"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: (_continuity(case, record),)
        )


def _uncertainty(case: Case, record: Record) -> Iterator[Finding]:
    claimed = claimed_scores(case, record)
    if not claimed:
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement="the record has no score of the required metric",
            fix=f"weighin run {case.requirements.source} --only {record.asked.task}",
        )
        return
    bare: dict[str, list[str]] = {}
    for score in claimed:
        documents = score.documents
        if documents is None and score.task == record.asked.task:
            documents = record.asked.documents_scored
        if score.stderr is None:
            bare.setdefault("without a standard error", []).append(score.key)
        elif score.stderr == 0 and 0 < score.value < 1:
            bare.setdefault("with a standard error of exactly 0", []).append(score.key)
        if documents is None:
            bare.setdefault("without a number of documents", []).append(score.key)
    for lack, keys in bare.items():
        names = tuple(dict.fromkeys(keys))
        yield Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{listed(names)} {'stands' if len(names) == 1 else 'stand'} {lack}",
            expected="a standard error and a number of documents",
            fix=f"weighin run {case.requirements.source} --only {record.asked.task}, which records "
            "both where the metric has them",
        )
    if not bare:
        shown = (f"{score.key} ± {number(score.stderr or 0)}" for score in claimed)
        yield Finding(
            outcome=Outcome.MET,
            statement="claimed scores stand with their standard error and number of documents",
            found=listed(tuple(shown)),
        )


def _continuity(case: Case, record: Record) -> Finding:
    at_hand = fact_at_hand(case, record, FactName.RUNS_OF_DOCUMENTS)
    if at_hand is not None:
        return _runs(record, at_hand)
    if record.run.run_id and record.run.attempt_id:
        return Finding(
            outcome=Outcome.MET, statement="all documents are of one run", found=record.run.run_id
        )
    return Finding(
        outcome=Outcome.UNDECIDED,
        statement="it is not recorded in which run each document was answered",
        fix=f"score it with `weighin run {case.requirements.source}`, which keeps every attempt "
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


COVERAGE_RULES: tuple[type[Rule], ...] = (
    ErrorsCountAsWrong,
    OneContinuousRun,
    UncertaintyIsShown,
)
