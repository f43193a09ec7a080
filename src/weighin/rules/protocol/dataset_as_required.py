"""The rule `dataset-as-required`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from weighin.evidence.benchmarks import COMMIT
from weighin.evidence.differences.held.digests import digests_agree
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.protocol.task_digests import Sha256, against_requirement
from weighin.rules.shared.counterparts import GIVE_A_REFERENCE, named, references
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import digest, run_only


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetAsRequired(ClaimedRecordRule):
    """Every benchmark was scored on the documents that are required, of a revision that is fixed.

    Why:
        Datasets are corrected and extended under one name; columns that mix revisions compare
        different exams.

    How:
        The digest of the documents decides where one is required or a reference has one; else the
        revision, which must be a commit: a branch moves, and no revision at all is the newest.
        Documents that weighin measured when it asked them are the dataset, whatever the revision.

    Fix:
        Pin the revision in the task (`dataset_kwargs: {revision: <40-hex>}`), or require the
        digest of the documents.

    Attributes:
        documents: The required digest of the document hashes, by benchmark.
        revisions: The required revision of the dataset, by benchmark.
    """

    id: ClassVar[str] = "dataset-as-required"

    documents: dict[str, Sha256] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """Findings on the documents, else on the revision of the dataset."""
        asked = record.asked
        required = self.documents.get(asked.task)
        if required is not None and asked.documents_digest is not None:
            yield against_requirement("documents", required, asked.documents_digest)
            if asked.task in self.revisions:
                yield self._revision(case, record)
        elif required is not None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="no digest of the documents is recorded",
                expected=digest(required),
                fix=how_to_record((record,), Part.DOCUMENTS),
            )
        else:
            yield from self._against_references(case, record)

    def _against_references(self, case: Case, record: Record) -> Iterator[Finding]:
        others = [r for r in references(case, record) if _as_many_documents(r, record)]
        answers = {
            digests_agree(record, other, lambda asked: asked.documents_digest): other
            for other in others
        }
        if (other := answers.get(Agreement.DIFFERENT)) is not None:
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"the documents are other than in {named(case, other)}",
                expected=digest(other.asked.documents_digest or ""),
                found=digest(record.asked.documents_digest or ""),
                where=(record.origin, other.origin),
                fix="score both on one revision of the dataset",
            )
        if Agreement.SAME in answers and record.asked.task not in self.revisions:
            yield Finding(
                outcome=Outcome.MET,
                statement=f"the documents are those of {named(case, answers[Agreement.SAME])}",
                found=digest(record.asked.documents_digest or ""),
            )
        else:
            yield self._revision(case, record)

    def _revision(self, case: Case, record: Record) -> Finding:
        found, required = record.asked.dataset_revision, self.revisions.get(record.asked.task)
        documents = record.asked.documents_digest
        floats = found is None or not COMMIT.fullmatch(found)
        if required is None and floats and record.is_own and documents is not None:
            return Finding(
                outcome=Outcome.MET,
                statement="the revision of the dataset floats; its documents were measured",
                found=f"documents: sha256:{documents}",
            )
        if found is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="the revision of the dataset floats: none is pinned in the task",
                expected=required or "a commit of the dataset",
                found=record.asked.dataset_path or "not recorded",
                fix=f"{how_to_record((record,), Part.DATASET_REVISION)}; or require the digest of "
                f"the documents, or {GIVE_A_REFERENCE}",
            )
        if required is not None and found != required:
            return Finding(
                outcome=Outcome.VIOLATED,
                statement=f"the dataset is of revision {found}, required is {required}",
                expected=required,
                found=found,
                fix=f"{run_only(case.requirements.as_given, record.asked.task)}, with the "
                "required revision in the task",
            )
        if required is None and not COMMIT.fullmatch(found):
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"the revision of the dataset floats: {found} can move",
                expected="a commit of the dataset",
                found=found,
                fix=how_to_record((record,), Part.DATASET_REVISION),
            )
        return Finding(
            outcome=Outcome.MET, statement="the revision of the dataset is fixed", found=found
        )


def _as_many_documents(left: Record, right: Record) -> bool:
    return left.asked.documents_scored == right.asked.documents_scored
