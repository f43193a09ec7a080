"""Everything that was read from the evidence files, before anybody judges it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from weighin.evidence.differences.documents.logged import (
    Documents,
    LoggedTexts,
    no_documents,
    no_texts,
)
from weighin.evidence.facts import Fact
from weighin.evidence.records import Origin, Record
from weighin.files.strict_model import StrictModel
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.manifest import Manifest
from weighin.identity.published.revision import RemoteRevision

FILES_HASHED = "files_hashed"
"""Key in the detail of a ledger line that tells of a reading of all files of a checkpoint."""
ScoreKey = tuple[str, str, str]
"""Task, metric, filter."""
DocumentScores = Mapping[ScoreKey, Mapping[str, float]]
"""Score of each document by its id, by task, metric and filter."""
DocumentHashes = Mapping[str, Mapping[str, str]]
"""lm-eval's hash of each document by its id, by task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenFile:
    """A file of the evidence that is not what its digest says.

    Attributes:
        file: Path as in `Origin.file`.
        benchmark: The benchmark whose record names it; empty if none does.
        expected: Digest or state that is recorded.
        found: Digest or state that was found, for example `missing`.
        model: Name under which the score of that benchmark is claimed; empty if unknown.
        field: Field of a record that contradicts the files beside it, `expected` being what they
            say; empty if it is the file itself that is not what its digest says.
        twice: JSON pointer of a key that stands there twice, `expected` being the first of its
            values and `found` the last; empty if it is not that.
    """

    file: str
    benchmark: str
    expected: str
    found: str
    model: str = ""
    field: str = ""
    twice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFile:
    """A file that could not be read as evidence.

    Attributes:
        file: Path as in `Origin.file`.
        reason: What was expected and what was found.
    """

    file: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedFile:
    """A file of the evidence that was recognised.

    Attributes:
        file: Path as in `Origin.file`.
        format: The format, for example `lm-eval results`.
        records: What it holds.
        companions: Further files that were read with it.
        broken: Parts that are not what their digests say.
        notes: Sentences on what was passed over in it.
    """

    file: str
    format: str
    records: tuple[Record, ...]
    companions: tuple[str, ...] = ()
    broken: tuple[BrokenFile, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was recognised in some files and folders, before anybody judges it.

    Attributes:
        files: The files that hold records, in a stable order.
        unread: Files that could not be read as evidence.
        notes: Sentences on what was passed over.
    """

    files: tuple[RecognisedFile, ...]
    unread: tuple[UnreadFile, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedAttempt:
    """An attempt that a ledger says left a record, or answers without one.

    Attributes:
        model: Name under which the score is claimed.
        benchmark: The task.
        job_id: What was asked of which checkpoint: other settings are another job.
        attempt_id: The attempt.
        is_partial: Whether both the ledger and the record, as far as they are there, say that fewer
            documents were asked for than the benchmark has.
        answers: Of one that was ended before it had all answers: how many were kept at least, which
            might be others if they were asked for again; `None` of every other.
    """

    model: str
    benchmark: str
    job_id: str
    attempt_id: str
    is_partial: bool
    answers: int | None = None


class FilesHashed(StrictModel):
    """One reading of all files of a checkpoint, as the ledger of a run tells of it.

    Attributes:
        checkpoint_id: What they were when the run began.
        began: When the reading began, RFC 3339, UTC. Where digests are remembered of an earlier
            one, when the first of those files was read.
        changes: What became another since the run began, as `changed_files` gives it.
        unseen: Those of the changes that none of the run's records can name, as the file system
            says of these files what it said when they were read before.
        state: Digest of what the file system said of them right before, as in
            `LoadedWeights.files_state`.
        location: Where they lie, as in `Record.location`.
        host: Name of the machine.
        run_id: The run that read them; empty in the ledger, whose line says it.
        remembered: Files that were not read by this process, as digests were remembered of them
            and the file system said of them what it said then; others of the files were read now.
    """

    checkpoint_id: str
    began: str
    changes: tuple[str, ...]
    unseen: tuple[str, ...]
    state: str
    location: str
    host: str
    run_id: str = ""
    remembered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetiredJob:
    """A job that somebody retired, in the open: its records decide nothing and still count.

    Attributes:
        job_id: The job.
        reason: Why, in a person's words.
        time: When, RFC 3339; empty if unknown.
        benchmark: The task; empty if unknown.
        model: Name under which its score is claimed; empty if unknown.
        before: Ids of its attempts that began before, as the ledger says.
        since: Ids of those that began afterwards.
    """

    job_id: str
    reason: str
    time: str = ""
    benchmark: str = ""
    model: str = ""
    before: frozenset[str] = frozenset()
    since: frozenset[str] = frozenset()

    def holds_for(self, record: Record) -> bool:
        """Whether a record is of this job and was made before it was retired.

        What was scored afterwards is another attempt, which nobody retired. The order of the
        ledger says which; the clocks of two machines do so only where it knows nothing.
        """
        if record.run.job_id != self.job_id:
            return False
        if record.run.attempt_id in self.before or record.run.attempt_id in self.since:
            return record.run.attempt_id in self.before
        started, retired = _moment(record.run.started), _moment(self.time)
        return started is None or retired is None or started <= retired


def _moment(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """Scores computed again from the samples beside a record.

    Attributes:
        values: Value by (task, metric, filter), for those that could be computed.
        documents: Documents that the samples hold, by (task, metric, filter).
        why_not: Reason by (task, metric, filter), for those that could not.
    """

    values: Mapping[ScoreKey, float]
    documents: Mapping[ScoreKey, int]
    why_not: Mapping[ScoreKey, str]


def files_hashed_detail(hashed: FilesHashed | None) -> dict[str, JsonValue]:
    """How the detail of a ledger line tells of a reading; nothing if there was none."""
    if hashed is None:
        return {}
    return {FILES_HASHED: hashed.model_dump(mode="json", exclude={"run_id"})}


def no_document_scores() -> DocumentScores:
    """What is known of single documents where nothing is."""
    return {}


def no_document_hashes() -> DocumentHashes:
    """What is known of the documents themselves where nothing is."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRecord:
    """A record with what lies behind it, which is read when it is asked for.

    It can be copied, pickled and sent to another process: what it calls is a function of a module,
    with plain data.

    Attributes:
        record: The record.
        recompute: Computes its scores again from its samples.
        document_scores: What its samples say of single documents; empty where they say nothing.
        document_hashes: What its samples hold of the documents; empty where they hold none.
        documents: What its log holds of single documents, one by one.
        texts: What its log holds in full of which the record has a digest.
    """

    record: Record
    recompute: Callable[[], Recomputed]
    document_scores: Callable[[], DocumentScores] = no_document_scores
    document_hashes: Callable[[], DocumentHashes] = no_document_hashes
    documents: Documents = no_documents
    texts: Callable[[], LoggedTexts] = no_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """Facts that a person declares, beside all logs.

    Attributes:
        model: Name of the model that they are about.
        benchmark: The benchmark that they are about; empty if they are about all.
        facts: Of grade `declared`; at most one a name.
        origin: Where they stand.
    """

    model: str
    benchmark: str
    facts: tuple[Fact, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the evidence files hold.

    Attributes:
        read_records: All records, of any model, in a stable order.
        manifests: Checkpoint manifests by checkpoint id.
        comparisons: Measured comparisons of two checkpoints, by their ids in sorted order.
        revisions: What hubs said of revisions, as it was kept.
        broken_files: Files whose digest does not hold, and records that contradict the files
            beside them.
        interrupted_attempts: By (model, benchmark): attempts that started and did not answer.
        finished_attempts: What the ledger above a record knows of attempts at its benchmark under
            its name, with whatever settings, whether or not they were given as evidence.
        answered_attempts: Attempts that answered, or left scores, and no record; also those that
            were ended before, where their answers might be others if they were asked for again, and
            no record holds them.
        unvouched_attempts: Ids of attempts among `records` that no ledger vouches for.
        retired: By job id: jobs that the ledgers above the records say are retired.
        files_hashed: Readings of all files of a checkpoint, as these ledgers tell of them.
        notes: Sentences on what was passed over, for example a torn last line of a ledger.
        declarations: What people declare, about any model.
    """

    read_records: tuple[ReadRecord, ...]
    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    comparisons: Mapping[tuple[str, str], Comparison] = field(default_factory=dict)
    revisions: tuple[RemoteRevision, ...] = ()
    broken_files: tuple[BrokenFile, ...] = ()
    interrupted_attempts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    finished_attempts: tuple[FinishedAttempt, ...] = ()
    answered_attempts: tuple[FinishedAttempt, ...] = ()
    unvouched_attempts: frozenset[str] = frozenset()
    retired: Mapping[str, RetiredJob] = field(default_factory=dict)
    files_hashed: tuple[FilesHashed, ...] = ()
    notes: tuple[str, ...] = ()
    declarations: tuple[Declaration, ...] = ()

    @property
    def records(self) -> tuple[Record, ...]:
        """The records alone."""
        return tuple(read.record for read in self.read_records)
