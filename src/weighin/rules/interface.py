"""What a rule is, what it sees and what it answers."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar

from weighin.evidence.benchmarks import Benchmark
from weighin.evidence.collected import (
    BrokenFile,
    Declaration,
    DocumentHashes,
    DocumentScores,
    FilesHashed,
    FinishedAttempt,
    ReadRecord,
    Recomputed,
    RetiredJob,
)
from weighin.evidence.records import Origin, Record, Score
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.manifest import Manifest
from weighin.identity.published.revision import RemoteRevision
from weighin.requirements.model import BenchmarkRequirement, Requirements, Waiver
from weighin.rules.cause import Cause, CauseKind


class Outcome(StrEnum):
    """The outcomes, from worst to best."""

    VIOLATED = "violated"
    UNDECIDED = "undecided"
    WAIVED = "waived"
    PARTIAL = "partial"
    """Of a verdict alone: what was asked for was done, and the file was not judged."""
    MET = "met"
    NOT_APPLICABLE = "not-applicable"


FINDING_OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.PARTIAL)
"""Those that a finding can have, from worst to best."""


class Level(StrEnum):
    """How much an outcome counts: only `error` moves the verdict."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One answer of one rule.

    Attributes:
        outcome: The answer.
        statement: One sentence of fact: what was found, about which artifact. No motive.
        benchmarks: The benchmarks it is about; empty if it is about the row as a whole.
        facet: The facet it is about, if it is about one.
        expected: What the requirements ask for; empty where the statement says it.
        found: What the evidence shows.
        where: Where in the evidence.
        fix: What to do: the flag or command that would record or mend it.
        tensors: Names of the tensors that differ, if that is known.
        contradicts: Whether two things in the evidence, or it and the requirements, disagree:
            always so of what is violated, and of what is undecided only where this says so. What
            is merely missing contradicts nothing.
        cause: What is behind it, where other findings have the same; `None` if it has a cause of
            its own.
        effect: What the difference did to a score, as in the statement; empty if that is unknown.
        before_waiver: What it was before somebody accepted it; `None` if nobody did.
    """

    outcome: Outcome
    statement: str
    benchmarks: tuple[str, ...] = ()
    facet: Facet | None = None
    expected: str = ""
    found: str = ""
    where: tuple[Origin, ...] = ()
    fix: str = ""
    tensors: tuple[str, ...] = ()
    contradicts: bool = False
    cause: Cause | None = None
    effect: str = ""
    before_waiver: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A record that decides nothing, in the open.

    Attributes:
        record: The record.
        setting: The setting of the requirements that it departs from; empty if its job is retired.
        stated: What the requirements state.
        found: What the record says.
        reason: Why its job was retired; empty if it was not.
    """

    record: Record
    setting: str = ""
    stated: str = ""
    found: str = ""
    reason: str = ""


def nothing_registered(task: str) -> Benchmark | None:
    """The benchmark of a task where no registry is at hand."""
    del task
    return None


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything that is judged. A rule never sees how a record was obtained.

    Attributes:
        requirements: What must hold.
        read_records: The records of the model under judgement, in the order of the requirements'
            benchmarks, then of their start.
        manifests: Checkpoint manifests by checkpoint id.
        declared: Manifest of `model.checkpoint`; `None` if it is not at hand.
        declared_why_not: Why not; empty if `declared` is there.
        declared_files: Digests of the files of `declared`; empty if they are not needed or known.
        released: Manifest of `model.released`; `None` if none is required or it is not at hand.
        released_why_not: Why not; empty if `released` is there or none is required.
        released_revision: What a hub publishes of `model.released`; `None` if that is not known,
            or `released` is there.
        revisions: What a hub listed of revisions, by `org/name@<40-hex>` in small letters.
        broken_files: Files whose digest does not hold.
        interrupted_attempts: By benchmark: attempts that started and did not answer.
        finished_attempts: Attempts of the model that the ledgers of `records` know to have left a
            record, with whatever settings, whether or not they are among `records`.
        answered_attempts: Attempts of the model that answered, or left scores, and no record.
        unvouched_attempts: Ids of attempts among `records` that no ledger vouches for.
        comparisons: Measured comparisons of two checkpoints, by their ids in sorted order.
        reference: Records to compare scores with, for example the declared checkpoint's own.
        other_records: Records in the evidence that are claimed under the names of other models.
        declarations: What people declare of the model, with benchmarks as they are required.
        retired: Jobs that somebody retired, by job id.
        files_hashed: Readings of all files of a checkpoint, as the ledgers of `records` tell of
            them.
        set_aside: Records of the model that decide nothing; attempts they are all the same.
        registered: The benchmark of the registry that a task of lm-eval scores.
    """

    requirements: Requirements
    read_records: tuple[ReadRecord, ...]
    manifests: Mapping[str, Manifest]
    declared: Manifest | None = None
    declared_why_not: str = ""
    declared_files: tuple[CheckpointFileDigest, ...] = ()
    released: Manifest | None = None
    released_why_not: str = ""
    released_revision: RemoteRevision | None = None
    revisions: Mapping[str, RemoteRevision] = field(default_factory=dict)
    broken_files: tuple[BrokenFile, ...] = ()
    interrupted_attempts: Mapping[str, int] = field(default_factory=dict)
    finished_attempts: tuple[FinishedAttempt, ...] = ()
    answered_attempts: tuple[FinishedAttempt, ...] = ()
    unvouched_attempts: frozenset[str] = frozenset()
    comparisons: Mapping[tuple[str, str], Comparison] = field(default_factory=dict)
    reference: tuple[Record, ...] = ()
    other_records: tuple[Record, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    retired: Mapping[str, RetiredJob] = field(default_factory=dict)
    files_hashed: tuple[FilesHashed, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    registered: Callable[[str], Benchmark | None] = nothing_registered

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The records of the model alone."""
        return tuple(read.record for read in self.read_records)

    @cached_property
    def answers(self) -> dict[str, object]:
        """What was found out of the case already, by the name of who asked."""
        return {}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The place of each required benchmark; of the first where a name stands twice."""
        found: dict[str, int] = {}
        for number, benchmark in enumerate(self.requirements.benchmarks):
            found.setdefault(benchmark.task, number)
        return found

    def place_of(self, task: str) -> int | None:
        """The place of a benchmark in the requirements; `None` if it is not required."""
        return self._places.get(task)

    def required(self, task: str) -> BenchmarkRequirement | None:
        """The requirement on a benchmark; `None` if it is not required."""
        number = self.place_of(task)
        return None if number is None else self.requirements.benchmarks[number]

    @cached_property
    def all_records(self) -> tuple[Record, ...]:
        """The records of the model, with those that decide nothing last."""
        return (*self.records, *(aside.record for aside in self.set_aside))

    def recompute(self, record: Record) -> Recomputed:
        """The scores of one of `records`, computed again from its samples."""
        return self._read(record).recompute()

    def document_scores(self, record: Record) -> DocumentScores:
        """Scores of the single documents of one of `records`; empty if unknown."""
        return self._read(record).document_scores()

    def document_hashes(self, record: Record) -> DocumentHashes:
        """Hashes of the single documents of one of `records`; empty if unknown."""
        return self._read(record).document_hashes()

    @cached_property
    def _by_identity(self) -> Mapping[int, ReadRecord]:
        return {id(read.record): read for read in self.read_records}

    def _read(self, record: Record) -> ReadRecord:
        """What was read with a record; a copy of a record is as good as the record.

        Raises:
            LookupError: It is none of `records`.
        """
        known = self._by_identity.get(id(record))
        # In a case that was pickled the ids are those of other objects.
        if known is not None and known.record is record:
            return known
        for read in self.read_records:
            if read.record == record:
                return read
        raise LookupError(f"{record.origin.file}: expected a record of the case")


class Weaker(StrEnum):
    """In which direction a parameter of a rule lets more pass."""

    HIGHER = "higher"
    LOWER = "lower"
    FALSE = "false"
    MORE = "more entries"
    FEWER = "fewer entries"
    MORE_OR_NONE = "more entries, or none, which allows all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(ABC):
    """A rule: a frozen class whose fields are its YAML parameters.

    Its docstring has a first sentence and the sections Why, How and Fix; `weighin explain`
    prints it.

    Attributes:
        id: As in the requirements file, for example `one-attempt`.
        aliases: Other ids under which a requirements file may name it.
        level: How much it counts unless the requirements say otherwise.
        anchor: Dotted path of what it enforces in the requirements file, for example
            `model.released`; `benchmarks` stands for the benchmark that a finding is about.
        weaker: By parameter: in which direction it asks less. Others ask for something else.
        lack: What is missing where it is undecided and its finding does not say; `None` if that is
            nothing that other rules lack too.
    """

    id: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({})
    lack: ClassVar[CauseKind | None] = None

    @abstractmethod
    def check(self, case: Case) -> Iterator[Finding]:
        """The rule's findings; at least one, also where it is met or not applicable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFinding:
    """A finding after levels and waivers.

    Attributes:
        rule: Id of the rule.
        level: Level in these requirements.
        finding: The finding; its outcome is `waived` if `waiver` applies.
        waiver: The waiver that applies; `None` if none does.
        required_at: `file:line` of the requirement behind it; empty if it comes from a profile.
        is_weakened: Whether it says that the file asks less of a rule than the rule does itself.
    """

    rule: str
    level: Level
    finding: Finding
    waiver: Waiver | None = None
    required_at: str = ""
    is_weakened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above every report of a verdict, each entry a sentence or a part of one.

    Attributes:
        asks_less: What the file drops from its profile.
        vouched: By whom what is called measured was measured.
        foreign_code: On Python that a benchmark or a checkpoint brings.
        unplaced: On functions that the model calls and that are of no known library.
        set_aside: Records that decide nothing.
        waived_by: Who waived what, until when.
        cut_prompts: On prompts that did not fit.
        partial: What was done of what the file requires; empty if the file was judged.
        renamed: On records that the file names otherwise than they name themselves.
        others: On records of other models, where a required benchmark has none of this one.
        overrides: What was stated otherwise than in the file, each as `KEY=VALUE`.
    """

    asks_less: tuple[str, ...] = ()
    vouched: str = ""
    foreign_code: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    waived_by: tuple[str, ...] = ()
    cut_prompts: tuple[str, ...] = ()
    partial: str = ""
    renamed: tuple[str, ...] = ()
    others: str = ""
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to the question whether one checkpoint was scored on every benchmark.

    Attributes:
        outcome: The worst outcome among the findings of level `error`; `undecided` if there are
            none that are met or worse.
        model: Name under which the scores are claimed.
        requirements_file: As given.
        requirements_sha256: Digest of its bytes; where something was stated otherwise, of the file
            as changed by that.
        profile: Name of the profile.
        findings: In the order of the catalogue.
        records: The records that were judged.
        scores: The required score of each benchmark, by task; `None` where there is none.
        ignored: Sentences on evidence that was given and not judged, for example of another model.
        weakest_grade: By facet of the requirements: the weakest grade over all benchmarks.
        head: What stands above every report of it.
        places: Line and column (from 1) of each value in the requirements file, by dotted path.
    """

    outcome: Outcome
    model: str
    requirements_file: str
    requirements_sha256: str
    profile: str
    findings: tuple[JudgedFinding, ...]
    records: tuple[Record, ...]
    scores: Mapping[str, Score | None]
    ignored: tuple[str, ...]
    weakest_grade: Mapping[Facet, str]
    head: Head = Head()
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
