"""The rule `all-documents-scored`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.records import Origin, Record
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.fact_rule import fact_at_hand
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import count, listed, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDocumentsScored(ClaimedRecordRule):
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

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on the number of documents that have a score."""
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
