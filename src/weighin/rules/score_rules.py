"""Whether a score is over all documents and follows from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.collected import Recomputed
from weighin.evidence.facts import FactName
from weighin.evidence.records import Origin, Record, Score
from weighin.rules.difference import claimed_scores
from weighin.rules.fact_rule import fact_at_hand
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.per_record import claimed_records, for_each_record
from weighin.rules.wording import count, listed, literal

_CLOSE_TO_ZERO = 1e-12
"""Beside a score of exactly 0 no relative difference is small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDocumentsScored:
    """Every document that the requirements ask for has a score.

    Why:
        The score of a part of a benchmark is not its score: leaving out 23 of 500 documents
        can be worth several points.

    How:
        Compares the number of documents that have a score with the number in the split, or with
        `samples` where the requirements ask for fewer. Where the evidence names documents without
        a score, it says which.

    Fix:
        Score the whole benchmark, without a limit on the number of documents.
    """

    id: ClassVar[str] = "all-documents-scored"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record with fewer documents, or whose number is unknown."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: _coverage(case, record)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRecomputes:
    """Every claimed score follows from the samples that were logged.

    Why:
        A number in a results file can be edited, or come from another run than the samples.

    How:
        Aggregates the documents' scores again, as the harness does, and compares the number and
        the count of documents.

    Fix:
        Log the samples (`lm-eval run --log_samples`; `weighin run` always does), and give the
        folder that holds them as evidence.

    Attributes:
        tolerance: The largest relative difference that counts as the same number.
    """

    id: ClassVar[str] = "score-recomputes"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    tolerance: Annotated[float, Field(ge=0, lt=1)] = 1e-9

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record whose scores do not follow, or cannot be recomputed."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: self._check_record(case, record)
        )

    def _check_record(self, case: Case, record: Record) -> Iterator[Finding]:
        recomputed = case.recompute(record)
        claimed = claimed_scores(case, record)
        if not claimed:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the record has no score of the required metric to recompute",
                fix=f"weighin run {case.requirements.source} --only {record.asked.task}",
            )
            return
        followed, not_followed = 0, 0
        for score in record.scores:
            finding = self._check_score(record, score, recomputed)
            if finding is None:
                followed += 1
            elif finding.outcome is Outcome.VIOLATED or score in claimed:
                not_followed += 1
                yield finding
        if not not_followed:
            rest = len(record.scores) - followed
            beside = f"; {count(rest, 'score')} beside it not recomputed" if rest else ""
            yield Finding(
                outcome=Outcome.MET,
                statement=f"{count(followed, 'score')} recomputed from the samples{beside}",
            )

    def _check_score(self, record: Record, score: Score, recomputed: Recomputed) -> Finding | None:
        """The finding on one score; `None` if it follows from the samples."""
        key = (score.task, score.metric, score.filter)
        stated = score.documents
        if stated is None and score.task == record.asked.task:
            stated = record.asked.documents_scored
        again = recomputed.values.get(key)
        documents = recomputed.documents.get(key)
        if again is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"{score.key} of {score.task} cannot be recomputed: "
                + (recomputed.why_not.get(key) or "no samples"),
                fix="log the samples (`weighin run` always does) and give their folder as evidence",
            )
        if documents is not None and stated is not None and documents != stated:
            return Finding(
                outcome=Outcome.VIOLATED,
                statement=f"{score.key} of {score.task} is stated for "
                f"{count(stated, 'document')}, the samples hold {documents}",
                expected=count(stated, "document"),
                found=count(documents, "document"),
                fix="give the samples of the run that gave the score",
            )
        if not isclose(
            score.value,
            again,
            rel_tol=self.tolerance,
            abs_tol=_CLOSE_TO_ZERO * bool(self.tolerance),
        ):
            return Finding(
                outcome=Outcome.VIOLATED,
                statement=f"{score.key} of {score.task} is stated as {score.value!r}, "
                f"the samples give {again!r}",
                expected=repr(again),
                found=repr(score.value),
                fix="give the samples of the run that gave the score, or correct the score",
            )
        return None


def _coverage(case: Case, record: Record) -> Iterator[Finding]:
    required = case.requirements.benchmark(record.asked.task)
    samples = "all" if required is None else required.samples
    total = record.asked.documents_total
    # A score may rest on fewer documents than were asked, as that of a group of mixed metrics.
    behind = [
        score.documents
        for score in claimed_scores(case, record)
        if score.task == record.asked.task and score.documents is not None
    ]
    scored = record.asked.documents_scored
    if scored is not None and (total is None or scored <= total):
        scored = min([scored, *behind])
    if scored is None or (samples == "all" and total is None):
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement="how many documents "
            + ("have a score" if scored is None else "the split has")
            + " is not recorded",
            fix=f"score it with `weighin run {case.requirements.source}`, which records it",
        )
        return
    needed = samples if isinstance(samples, int) else max(total or 0, 1)
    of = "" if total is None else f" of {total}"
    missing = _missing(case, record) if samples == "all" else None
    told = f"{scored}{of} documents have a score"
    expected = "all documents"
    if scored < needed or missing is not None or (total is not None and scored > total):
        expected = count(needed, "document")
        if missing is not None:
            told += f"; missing: {listed(missing.ids)}"
    elif samples == "all" and record.is_partial:
        told = "fewer documents were asked for than the benchmark has"
    else:
        yield Finding(outcome=Outcome.MET, statement=told)
        return
    yield Finding(
        outcome=Outcome.VIOLATED,
        statement=told,
        expected=expected,
        found=count(scored, "document"),
        where=() if missing is None else (missing.where,),
        fix=f"weighin run {case.requirements.source} --only {record.asked.task}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Missing:
    """Documents without a score, by the ids that the evidence gives them.

    Attributes:
        ids: At least one.
        where: Where they are named.
    """

    ids: tuple[str, ...]
    where: Origin


def _missing(case: Case, record: Record) -> _Missing | None:
    at_hand = fact_at_hand(case, record, FactName.MISSING_DOCUMENTS)
    value = None if at_hand is None else at_hand.fact.value
    if at_hand is None or not isinstance(value, list) or not value:
        return None
    return _Missing(ids=tuple(literal(name) for name in value), where=at_hand.where)
