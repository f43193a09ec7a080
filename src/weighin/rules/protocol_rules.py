"""Whether the task, its documents and its prompts were those that are required."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.rules.counterparts import (
    GIVE_A_REFERENCE,
    LOG_SAMPLES,
    HeldAgainst,
    attempts_alike,
    digests_agree,
    named,
    references,
)
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import claimed_records, for_each_record
from weighin.rules.wording import digest

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_COMMIT = re.compile(r"[0-9a-f]{40}")
_ASK_ALIKE = "score both with the same version of the harness, task, template and shots"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsAreThoseOfReference:
    """Every prompt is the one that the reference, and every other attempt, was asked.

    Why:
        Shots, separators and templates change prompts without changing the name of a benchmark;
        a row of prompts of one's own is another benchmark.

    How:
        Compares the digest of the set of prompts with that of every reference record of the
        benchmark, and with other attempts at as many documents. Digests that differ decide only
        where both sides are of one harness in one version.

    Fix:
        Score with the harness version, shots and template of the reference.
    """

    id: ClassVar[str] = "prompts-are-those-of-reference"
    aliases: ClassVar[tuple[str, ...]] = ("same-prompts",)
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every claimed record."""
        held = HeldAgainst(
            what="prompts",
            of=lambda asked: asked.prompts_digest,
            how_to_record=LOG_SAMPLES,
            fix=_ASK_ALIKE,
        )
        yield from for_each_record(
            case,
            claimed_records(case),
            lambda record: held.findings(
                case, record, (*references(case, record), *attempts_alike(case, record))
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskConfigurationAsRequired:
    """Every benchmark has the task configuration that is required.

    Why:
        One task name hides many configurations: another prompt, filter or split moves a score by
        more than most models differ.

    How:
        Compares the digest of the task's configuration with the required one; where none is
        required, with that of the reference records and of other attempts.

    Fix:
        Score with the required version of the harness and the task as it ships.

    Attributes:
        digests: The required digest of the task configuration, by benchmark.
    """

    id: ClassVar[str] = "task-configuration-as-required"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    digests: dict[str, Sha256] = field(default_factory=dict)

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: self._findings(case, record)
        )

    def _findings(self, case: Case, record: Record) -> Iterator[Finding]:
        held = HeldAgainst(
            what="settings of the task",
            of=lambda asked: asked.config_digest,
            how_to_record="give the results file of a harness that writes the configuration of "
            f"its tasks; `weighin run {case.requirements.source}` does",
            fix=_ASK_ALIKE,
        )
        required = self.digests.get(record.asked.task)
        found = record.asked.config_digest
        if required is None or found is None:
            others = (*references(case, record), *attempts_alike(case, record))
            yield from held.findings(case, record, others)
            return
        yield _against_requirement("settings of the task", required, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetAsRequired:
    """Every benchmark was scored on the documents that are required, of a revision that is fixed.

    Why:
        Datasets are corrected and extended under one name; columns that mix revisions compare
        different exams.

    How:
        The digest of the documents decides where one is required or a reference has one; else the
        revision, which must be a commit: a branch moves, and no revision at all is the newest.

    Fix:
        Pin the revision in the task (`dataset_kwargs: {revision: <40-hex>}`), or require the
        digest of the documents.

    Attributes:
        documents: The required digest of the document hashes, by benchmark.
        revisions: The required revision of the dataset, by benchmark.
    """

    id: ClassVar[str] = "dataset-as-required"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    documents: dict[str, Sha256] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: self._findings(case, record)
        )

    def _findings(self, case: Case, record: Record) -> Iterator[Finding]:
        asked = record.asked
        required = self.documents.get(asked.task)
        if required is not None and asked.documents_digest is not None:
            yield _against_requirement("documents", required, asked.documents_digest)
            if asked.task in self.revisions:
                yield self._revision(case, record)
        elif required is not None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="no digest of the documents is recorded",
                expected=digest(required),
                fix=LOG_SAMPLES,
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
        if found is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="the revision of the dataset floats: none is pinned in the task",
                expected=required or "a commit of the dataset",
                found=record.asked.dataset_path or "not recorded",
                fix="pin it in the task (`dataset_kwargs: {revision: <40-hex>}`), require the "
                f"digest of the documents, or {GIVE_A_REFERENCE}",
            )
        if required is not None and found != required:
            return Finding(
                outcome=Outcome.VIOLATED,
                statement=f"the dataset is of revision {found}, required is {required}",
                expected=required,
                found=found,
                fix=f"weighin run {case.requirements.source} --only {record.asked.task}, with the "
                "required revision in the task",
            )
        if required is None and not _COMMIT.fullmatch(found):
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"the revision of the dataset floats: {found} can move",
                expected="a commit of the dataset",
                found=found,
                fix="pin a commit in the task (`dataset_kwargs: {revision: <40-hex>}`)",
            )
        return Finding(
            outcome=Outcome.MET, statement="the revision of the dataset is fixed", found=found
        )


def _as_many_documents(left: Record, right: Record) -> bool:
    return left.asked.documents_scored == right.asked.documents_scored


def _against_requirement(what: str, required: str, found: str) -> Finding:
    if found == required:
        return Finding(
            outcome=Outcome.MET, statement=f"the {what} are as required", found=digest(found)
        )
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"the {what} are other than required",
        expected=f"sha256:{required}",
        found=f"sha256:{found}",
        fix=_ASK_ALIKE,
    )


PROTOCOL_RULES: tuple[type[Rule], ...] = (
    PromptsAreThoseOfReference,
    TaskConfigurationAsRequired,
    DatasetAsRequired,
)
