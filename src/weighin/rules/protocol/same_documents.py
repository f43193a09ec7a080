"""The rule `same-documents`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.rules.interface import Case, Finding, Outcome, Rule, Weaker
from weighin.rules.shared.counterparts import LOG_SAMPLES, digests_agree
from weighin.rules.shared.per_record import nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import count, digest, listed

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDocuments(Rule):
    """Each benchmark was scored on the same documents in all of its records.

    Why:
        The data is part of the question: documents that were added, lost or edited between two
        attempts make another exam of the same name.

    How:
        Compares the digest of the documents over the records of each benchmark; of runs on the
        first documents only those on as many. The order of documents does not matter. Records
        without a digest, as logs without samples are, are left out, unless it must be recorded;
        then a log must name a commit of its dataset instead.

    Fix:
        Restore the documents and score the benchmark again, or pin them with `documents`.

    Attributes:
        must_be_recorded: Whether a record without a digest must name a commit of its dataset.
    """

    id: ClassVar[str] = "same-documents"
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
            for task in tasks(records)
            for finding in self._of_task(tuple(r for r in records if r.asked.task == task))
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

    def _of_task(self, records: tuple[Record, ...]) -> Iterator[Finding]:
        if self.must_be_recorded:
            yield from _unknown(tuple(r for r in records if not _is_fixed(r)))
        for number, record in enumerate(records):
            for other in records[:number]:
                if (finding := _difference(record, other)) is not None:
                    yield finding
                    break


def _is_fixed(record: Record) -> bool:
    """Whether the documents are known, by their digest or by a commit of the dataset."""
    revision = record.asked.dataset_revision
    return record.asked.documents_digest is not None or (
        revision is not None and _COMMIT.fullmatch(revision) is not None
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
            fix=LOG_SAMPLES,
        )


def _difference(record: Record, other: Record) -> Finding | None:
    mine, theirs = record.asked, other.asked
    if mine.documents_digest is None or theirs.documents_digest is None:
        return None
    is_partial = record.is_partial or other.is_partial
    if is_partial and mine.documents_scored != theirs.documents_scored:
        return None
    answer = digests_agree(record, other, lambda asked: asked.documents_digest)
    if answer is Agreement.SAME:
        return None
    task, started = mine.task, other.run.started or "an unknown time"
    is_different = answer is Agreement.DIFFERENT
    what = f"other documents than in the attempt of {started}"
    if mine.documents_scored != theirs.documents_scored:
        what += f": {mine.documents_scored} and {theirs.documents_scored}"
    return Finding(
        outcome=Outcome.VIOLATED if is_different else Outcome.UNDECIDED,
        statement=f"{task}: {what}"
        if is_different
        else f"{task}: another digest of the documents than in the attempt of {started}, by "
        "another harness, which may write it in a way of its own",
        benchmarks=(task,),
        expected=f"documents {digest(theirs.documents_digest)}",
        found=f"documents {digest(mine.documents_digest)}",
        where=(record.origin, other.origin),
        fix="restore the documents and score the benchmark again, or pin them with `documents`",
    )
