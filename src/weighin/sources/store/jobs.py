"""The jobs of results stores: what stands for each, and what became of those without a record."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from weighin.errors import EvidenceError
from weighin.evidence.collected import RetiredJob
from weighin.evidence.jobs.claims import standing
from weighin.evidence.jobs.kept import JobState, KeptJob, scores_of_itself
from weighin.evidence.jobs.stated import stated_settings, weights_digest
from weighin.evidence.ledger import ANSWERED, LedgerLine, Ledgers, ledgers_at
from weighin.evidence.records import Record
from weighin.evidence.store import COMMIT_NAME, RECORD_NAME, commit_of, job_key, record_of
from weighin.evidence.store.lying import LyingJob, LyingStore
from weighin.files.bounded import MAX_RECORD_BYTES
from weighin.files.canonical import sha256_hex
from weighin.files.collector import without_collector
from weighin.files.stores.folder import FolderStorage
from weighin.files.stores.interface import Storage
from weighin.files.stores.opening import shown
from weighin.sources.store.retired import retired_jobs

# Each job of an object store takes two requests, and most of their time is waiting.
_WORKERS = 16


@dataclass(slots=True)
class StoreJobs:
    """The jobs of one store.

    Attributes:
        jobs: In no order.
        notes: Sentences on what does not hold about its ledgers.
    """

    jobs: list[KeptJob] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """All that is known of a job before its records are read.

    Attributes:
        key: Of its folder.
        lying: What lies there; `None` if nothing does.
        lines: What the ledgers say of it, in their order.
        retired: How it was retired; `None` if it was not.
    """

    key: str
    lying: LyingJob
    lines: Sequence[LedgerLine]
    retired: RetiredJob | None


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """A record that stands for a job.

    Attributes:
        record: The record.
        key: Where it lies.
        sha256: Digest of the file that holds it.
    """

    record: Record
    key: str
    sha256: str


def jobs_in(storage: Storage, lying: LyingStore) -> StoreJobs:
    """What became of every job of a store. No samples are read.

    What is damaged is told of the job that it belongs to; nothing but a failing storage ends this.

    Args:
        storage: The store.
        lying: What lies there.

    Raises:
        InfrastructureError: The store cannot be reached.
    """
    found = StoreJobs()
    try:
        ledgers = ledgers_at(storage)
    except EvidenceError as error:
        found.notes.append(str(error))
        ledgers = Ledgers(entries=(), problems=(), notes=(), retirements={})
    found.notes.extend(
        f"{shown(storage, problem.file)}: expected {problem.expected}, found {problem.found}"
        for problem in ledgers.problems
    )
    found.notes.extend(f"{shown(storage, file)}: {told}" for file, told in ledgers.notes)
    known = list(_known(lying, ledgers))
    told = partial(_kept, storage)
    with without_collector():
        if isinstance(storage, FolderStorage):
            found.jobs.extend(map(told, known))
        else:
            with ThreadPoolExecutor(_WORKERS) as pool:
                found.jobs.extend(pool.map(told, known))
    return found


def job_in(storage: Storage, key: str, lying: LyingJob) -> KeptJob:
    """What became of one job.

    Args:
        storage: The store.
        key: Of the folder of the job.
        lying: What lies there.

    Raises:
        EvidenceError: A ledger cannot be read.
        InfrastructureError: The store cannot be reached.
    """
    known = _known(LyingStore(jobs={key: lying}), ledgers_at(storage))
    return next(_kept(storage, one) for one in known if one.key == key)


def _known(lying: LyingStore, ledgers: Ledgers) -> Iterator[_Known]:
    lines: defaultdict[str, list[LedgerLine]] = defaultdict(list)
    for line in ledgers.lines:
        if line.job_id:
            lines[job_key(line.model, line.benchmark, line.job_id)].append(line)
    retired = {
        job_key(of.model, of.benchmark, of.job_id): of for of in retired_jobs(ledgers).values()
    }
    for key in {**lying.jobs, **lines}:
        yield _Known(
            key=key,
            lying=lying.jobs.get(key) or LyingJob(),
            lines=lines.get(key, ()),
            retired=retired.get(key),
        )


def _kept(storage: Storage, known: _Known) -> KeptJob:
    try:
        found = standing_record(storage, known.key, known.lying, known.retired)
    except EvidenceError as error:
        return _without_record(storage, known, JobState.DAMAGED, str(error))
    if found is None:
        return _unrecorded(storage, known)
    record = found.record
    if (problem := _contradiction(known, found)) is not None:
        return _recorded(storage, known, found, JobState.DAMAGED, problem)
    if known.retired is not None and known.retired.holds_for(record):
        return _recorded(storage, known, found, JobState.RETIRED, known.retired.reason)
    state = JobState.PARTIAL if record.is_partial else JobState.RECORDED
    return _recorded(storage, known, found, state)


def _recorded(
    storage: Storage, known: _Known, found: StandingRecord, state: JobState, why: str = ""
) -> KeptJob:
    record = found.record
    score, more_scores = scores_of_itself(record)
    return KeptJob(
        store=storage.place,
        model=record.model,
        benchmark=record.asked.task,
        job_id=record.run.job_id,
        state=state,
        why=why,
        time=record.run.finished or record.run.started,
        attempts=len(known.lying.records),
        record=shown(storage, found.key),
        score=score,
        more_scores=more_scores,
        checkpoint_id=record.checkpoint_id,
        weights=weights_digest(record),
        settings=stated_settings(record),
    )


def _unrecorded(storage: Storage, known: _Known) -> KeptJob:
    """A job without a record: somebody is at it, or left it, or its record is gone."""
    events = {line.event for line in known.lines}
    if "benchmark-finished" in events or events == {"benchmark-reused"}:
        words = "the ledger tells of a record, and there is none"
        return _without_record(storage, known, JobState.DAMAGED, words)
    if known.retired is not None:
        return _without_record(storage, known, JobState.RETIRED, known.retired.reason)
    if (worker := standing(storage, known.key)) is not None:
        words = f"by {worker.worker} on {worker.host}"
        return _without_record(storage, known, JobState.BEING_SCORED, words)
    failed = [line.detail.get("error") for line in known.lines if line.event == "benchmark-failed"]
    if failed:
        why = str(failed[-1])
    elif ANSWERED in events:
        why = "all was answered, and nothing was recorded"
    else:
        why = ""
    return _without_record(storage, known, JobState.ABANDONED, why)


def _without_record(storage: Storage, known: _Known, state: JobState, why: str) -> KeptJob:
    model, benchmark, job_id = known.key.split("/")
    last = known.lines[-1] if known.lines else None
    return KeptJob(
        store=storage.place,
        model=model if last is None else last.model,
        benchmark=benchmark if last is None else last.benchmark,
        job_id=job_id if last is None else last.job_id,
        state=state,
        why=why,
        time="" if last is None else last.time,
        attempts=len(known.lying.records),
    )


def _contradiction(known: _Known, found: StandingRecord) -> str | None:
    """What says of a record that it is another; `None` if nothing does."""
    record = found.record
    of = job_key(record.model, record.asked.task, record.run.job_id)
    if of != known.key:
        return f"the record is of {of}"
    for line in known.lines:
        is_of_it = line.attempt_id == record.run.attempt_id and line.event == "benchmark-finished"
        stated = line.detail.get("record_sha256")
        if is_of_it and stated not in {None, found.sha256}:
            return f"record: expected sha256 {stated}, as the ledger says, found {found.sha256}"
    return None


def standing_record(
    storage: Storage, key: str, lying: LyingJob, retired: RetiredJob | None
) -> StandingRecord | None:
    """The record that stands for a job, as a rerun would reuse it; `None` if there is none.

    Of a retired job it is the first one since, or, if there is none, the last one before.

    Raises:
        EvidenceError: It is damaged.
        InfrastructureError: The store cannot be reached.
    """
    if retired is not None:
        read = [_read(storage, record) for record in lying.records]
        since = [one for one in read if not retired.holds_for(one.record)]
        return next(iter(since), read[-1] if read else None)
    if not lying.has_commit:
        return _read(storage, lying.records[0]) if lying.records else None
    place = f"{key}/{COMMIT_NAME}"
    commit = commit_of(_content(storage, place), shown(storage, place))
    found = _read(storage, f"{key}/{commit.attempt_id}/{RECORD_NAME}")
    if found.sha256 != commit.record_sha256:
        raise EvidenceError(
            f"{shown(storage, found.key)}: expected sha256 {commit.record_sha256}, as "
            f"{COMMIT_NAME} says, found {found.sha256}"
        )
    return found


def _read(storage: Storage, key: str) -> StandingRecord:
    content = _content(storage, key)
    record = record_of(content, shown(storage, key))
    return StandingRecord(record=record, key=key, sha256=sha256_hex(content))


def _content(storage: Storage, key: str) -> bytes:
    content = storage.read(key, max_bytes=MAX_RECORD_BYTES)
    if content is None:
        raise EvidenceError(f"{shown(storage, key)}: expected a file, found nothing there")
    return content
