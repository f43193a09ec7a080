"""The rule `same-documents`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import ClassVar

from weighin.evidence.benchmarks import COMMIT
from weighin.evidence.differences.documents.document_changes import (
    DocumentChanges,
    document_changes,
)
from weighin.evidence.differences.held.digests import is_same_harness
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule, Weaker
from weighin.rules.shared.per_record import (
    nothing_recorded,
    required_by_benchmark,
    required_records,
    tasks,
)
from weighin.rules.shared.wording import count, digest, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDocuments(Rule):
    """Each benchmark was scored on the same documents in all of its records.

    Why:
        The data is part of the question: documents that were added, lost or edited between two
        attempts make another exam of the same name.

    How:
        Compares the documents of all records of each benchmark and counts those that were added,
        lost or changed. Their order does not matter. Of a run on the first documents, those that
        it has are held against the other, and the number that the split had. Records without a
        digest, as logs without samples are, are left out, unless it must be recorded; then a log
        must name a commit of its dataset instead.

    Fix:
        Restore the documents and score the benchmark again, or pin them with `documents`.

    Attributes:
        must_be_recorded: Whether a record without a digest must name a commit of its dataset.
    """

    id: ClassVar[str] = "same-documents"
    lack: ClassVar[CauseKind | None] = CauseKind.NO_SAMPLES
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"must_be_recorded": Weaker.FALSE})

    must_be_recorded: bool = False

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each benchmark whose documents differ or are not known, else one answer."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        problems = [
            finding
            for of_task in required_by_benchmark(case).values()
            for finding in self._of_task(case, of_task)
        ]
        known = tuple(r for r in records if r.asked.documents_digest is not None)
        if problems:
            yield from problems
        elif known:
            yield Finding(
                outcome=Outcome.MET,
                statement="one set of documents on each of "
                + count(len(tasks(known)), "benchmark"),
                benchmarks=tasks(known),
            )
        else:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="no record holds a digest of its documents",
                benchmarks=tasks(records),
            )

    def _of_task(self, case: Case, records: tuple[Record, ...]) -> Iterator[Finding]:
        if self.must_be_recorded:
            yield from _unknown(tuple(r for r in records if not _is_fixed(r)))
        # Samples are read where digests do not settle it, and then once.
        hashes_at = cache(lambda number: case.document_hashes(records[number]))
        for number, record in enumerate(records):
            # A whole attempt tells more than a part.
            earlier = sorted(enumerate(records[:number]), key=lambda pair: pair[1].is_partial)
            for before, other in earlier:
                if _is_settled(record, other):
                    continue
                changes = document_changes(record, hashes_at(number), other, hashes_at(before))
                if (finding := _difference(record, other, changes)) is not None:
                    yield finding
                    break


def _is_fixed(record: Record) -> bool:
    """Whether the documents are known, by their digest or by a commit of the dataset."""
    revision = record.asked.dataset_revision
    return record.asked.documents_digest is not None or (
        revision is not None and COMMIT.fullmatch(revision) is not None
    )


def _unknown(records: tuple[Record, ...]) -> Iterator[Finding]:
    if records:
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{listed(tasks(records))}: neither a digest of the documents nor a commit "
            "of the dataset is recorded",
            benchmarks=tasks(records),
            expected="a digest of the documents, or a commit of the dataset",
            found="neither",
            where=tuple(r.origin for r in records),
            fix=how_to_record(records, Part.DOCUMENTS),
        )


def _is_settled(record: Record, other: Record) -> bool:
    """Whether the digests say all that there is to say: nothing, or that nothing differs."""
    mine, theirs = record.asked, other.asked
    if mine.documents_digest is None or theirs.documents_digest is None:
        return True
    is_part = record.is_partial or other.is_partial
    return mine.documents_digest == theirs.documents_digest and (
        not is_part or mine.documents_total == theirs.documents_total
    )


def _difference(record: Record, other: Record, changes: DocumentChanges | None) -> Finding | None:
    mine, theirs = record.asked, other.asked
    is_part = record.is_partial or other.is_partial
    if is_part and changes is None and mine.documents_scored != theirs.documents_scored:
        return None
    if is_part and changes is not None and not changes.is_any:
        return None
    task, started = mine.task, other.run.started or "an unknown time"
    is_different = is_same_harness(record, other)
    what = f"other documents than in the attempt of {started}"
    if changes is not None and changes.is_any:
        what += f": {changes.added} added, {changes.lost} lost, {changes.changed} changed"
        what += ", as far as the part that was asked tells" if is_part else ""
    elif mine.documents_scored != theirs.documents_scored:
        what += f": {mine.documents_scored} and {theirs.documents_scored}"
    return Finding(
        outcome=Outcome.VIOLATED if is_different else Outcome.UNDECIDED,
        statement=f"{task}: {what}"
        if is_different
        else f"{task}: another digest of the documents than in the attempt of {started}, by "
        "another harness, which may write it in a way of its own",
        benchmarks=(task,),
        expected=f"documents {digest(theirs.documents_digest or '')}",
        found=f"documents {digest(mine.documents_digest or '')}",
        where=(record.origin, other.origin),
        fix="restore the documents and score the benchmark again, or pin them with `documents`",
    )
