"""The rule `all-documents-scored`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.benchmarks import COMMIT, Certainty
from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Origin, Record
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.by_its_own_word import not_ended_well, reached_limit, withdrawn
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
        a score, it says which. What a log itself withdraws does not count, nor does a run that it
        says did not end with success. A limit that was reached leaves open whether these are all.
        Where the dataset is that of weighin's registry of benchmarks, at a commit that the registry
        knows, the split must be as large as it says; another size at another commit, or at none, is
        a note, and in a log of another harness it leaves open whether it is the benchmark.

    Fix:
        Score the whole benchmark, without a limit on the number of documents.
    """

    id: ClassVar[str] = "all-documents-scored"

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding on how many documents have a score, and one on a split of another size."""
        by_its_own_word = [f for f in (withdrawn(record), not_ended_well(record)) if f is not None]
        yield from by_its_own_word
        scored, other_size = self._scored(case, record), _other_size(case, record)
        is_told = bool(by_its_own_word) and not (
            scored.outcome is Outcome.VIOLATED and scored.where
        )
        # What the registry says of the size is more than that all are there, or no size is told.
        is_told = is_told or (
            scored.outcome is not Outcome.VIOLATED
            and other_size is not None
            and other_size.outcome is not Outcome.MET
        )
        if not is_told:
            yield scored
        if other_size is not None:
            yield other_size

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
        limit = reached_limit(record) if samples == "all" else None
        if scored is None or (samples == "all" and (total is None or limit is not None)):
            lack = "have a score" if scored is None else "the split has"
            told = f"how many documents {lack} is not recorded"
            if limit is not None:
                told = f"at most {count(limit, 'document')} were to be asked, and the log does not "
                told += "show whether these are all"
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=told,
                fix=how_to_record((record,), Part.DOCUMENT_COUNT),
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
            fix=run_only(case.requirements.as_given, record.asked.task),
            cause=Cause(CauseKind.PART) if samples == "all" else None,
        )


def _other_size(case: Case, record: Record) -> Finding | None:
    """The finding on a split that is larger or smaller than the registry says."""
    return _of_own_run(case, record) if record.is_own else _of_log(case, record)


def _of_log(case: Case, record: Record) -> Finding | None:
    """The same of a log of another harness, which may name no dataset, or no size but its own."""
    asked, known = record.asked, case.registered(record.asked.task)
    found = asked.documents_total if asked.documents_total is not None else asked.documents_scored
    if known is None or known.documents is None or known.certainty is Certainty.REMEMBERED:
        return None
    is_of_split = asked.documents_total is not None
    # Answers may be counted where a document is asked several times.
    if not found or found == known.documents or not (is_of_split or found % known.documents):
        return None
    required = case.requirements.benchmark(asked.task)
    if not is_of_split and required is not None and required.samples != "all":
        return None
    is_same = asked.dataset_path is not None and asked.dataset_path == known.dataset
    is_known = is_same and asked.dataset_revision in known.revisions
    told = f"the split has {count(found, 'document')}"
    told = told if is_of_split else f"{count(found, 'document')} have a score"
    told += f", {IN_THE_REGISTRY} {known.documents}"
    if is_known:
        told += f" at {asked.dataset_revision}"
    elif not is_same:
        told += f"; the dataset is {asked.dataset_path or 'not recorded'}"
        told += f", there {known.dataset}" if known.dataset is not None else ""
    elif asked.dataset_revision is None:
        told += "; its revision floats"
    else:
        told += f"; its size at {asked.dataset_revision} is not known"
    return Finding(
        outcome=Outcome.VIOLATED if is_known else Outcome.UNDECIDED,
        statement=told,
        expected=count(known.documents, "document"),
        found=count(found, "document"),
        where=(record.origin,),
        fix="ask the whole split of the dataset, and no other, or name the task otherwise",
        contradicts=True,
    )


def _of_own_run(case: Case, record: Record) -> Finding | None:
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
