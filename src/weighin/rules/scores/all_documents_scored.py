"""The rule `all-documents-scored`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.benchmarks import COMMIT, Certainty
from weighin.evidence.facts import FactName
from weighin.evidence.records import Origin, Record
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.fact_rule import fact_at_hand
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import count, listed, literal, run_only

IN_THE_REGISTRY = "in the registry of benchmarks"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDocumentsScored(ClaimedRecordRule):
    """Every document that the requirements ask for has a score.

    Why:
        The score of a part of a benchmark is not its score: leaving out 23 of 500 documents
        can be worth several points.

    How:
        Compares the number of documents that have a score with the number in the split, or with
        `samples` where the requirements ask for fewer. Where the evidence names documents without
        a score, it says which. Where the dataset is that of weighin's registry of benchmarks, at a
        commit that the registry knows, the split must be as large as it says; another size at
        another commit, or at none, is a note.

    Fix:
        Score the whole benchmark, without a limit on the number of documents.
    """

    id: ClassVar[str] = "all-documents-scored"

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding on how many documents have a score, and one on a split of another size."""
        yield self._scored(case, record)
        if (finding := _other_size(case, record)) is not None:
            yield finding

    def _scored(self, case: Case, record: Record) -> Finding:
        required = case.required(record.asked.task)
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
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="how many documents "
                + ("have a score" if scored is None else "the split has")
                + " is not recorded",
                fix=f"score it with `weighin run {case.requirements.source}`, which records it",
            )
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
            return Finding(outcome=Outcome.MET, statement=told)
        return Finding(
            outcome=Outcome.VIOLATED,
            statement=told,
            expected=expected,
            found=count(scored, "document"),
            where=() if missing is None else (missing.where,),
            fix=run_only(case.requirements.source, record.asked.task),
        )


def _other_size(case: Case, record: Record) -> Finding | None:
    """The finding on a split that is larger or smaller than the registry says."""
    path, total = record.asked.dataset_path, record.asked.documents_total
    # What lies on the hub has an owner: `json` is no dataset.
    if path is None or "/" not in path or total is None:
        return None
    known = case.registered(record.asked.task)
    if known is None or known.dataset != path or known.documents in {None, total}:
        return None
    revision = record.asked.dataset_revision
    told = f"the split of {path} has {count(total, 'document')}, {IN_THE_REGISTRY}"
    told += f" {known.documents}"
    if revision is None or not COMMIT.fullmatch(revision):
        return Finding(outcome=Outcome.MET, statement=f"{told}; its revision floats")
    if revision not in known.revisions or known.certainty is Certainty.REMEMBERED:
        told += f"; its size at {revision} is not known"
        return Finding(outcome=Outcome.MET, statement=told)
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{told} at {revision}",
        expected=count(known.documents or 0, "document"),
        found=count(total, "document"),
        fix="ask the whole split of the dataset, and no other, or name the task otherwise",
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
