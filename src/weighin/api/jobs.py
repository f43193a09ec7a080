"""The jobs of a results store: listed, shown, and retired in the open."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.collected import RetiredJob
from weighin.evidence.jobs.kept import KeptJob, KeptJobs, LoggedRow, scores_of_itself
from weighin.evidence.jobs.shown import ShownRecord
from weighin.evidence.ledger import JOB_RETIRED, Ledger, ledgers_at, new_run_id
from weighin.evidence.store import RECORD_NAME, is_own_file
from weighin.evidence.store.imported import IMPORT_NAME, IMPORTED
from weighin.evidence.store.lying import lying_at
from weighin.evidence.store.names import is_job_name
from weighin.files.stores.folder import FolderStorage
from weighin.files.stores.opening import is_url, storage_at
from weighin.reports.shared.wording import listed
from weighin.sources.collecting.evidence import inspect_evidence
from weighin.sources.collecting.log_files import read_imports, read_logs
from weighin.sources.collecting.staged import staged
from weighin.sources.formats.lm_eval.documents.examples import first_examples
from weighin.sources.store.jobs import jobs_in
from weighin.sources.store.retired import retired_in, retired_jobs
from weighin.sources.store.shown import job_at, own_record, shown_record

_JOB = re.compile(r"[0-9a-f]{6,64}")
_SHOWN = 20


def list_jobs(results: str | Path = "results") -> KeptJobs:
    """What became of every job below a place, and what came out. No samples are read.

    What is damaged is told of its job, and ends nothing. Nothing is judged: `check` does.

    Args:
        results: A results folder, a folder with some in it, or the URL of an object store.

    Raises:
        EvidenceError: Nothing lies there.
        InfrastructureError: The store cannot be reached.
    """
    storage = storage_at(results)
    if isinstance(storage, FolderStorage) and not storage.root.is_dir():
        raise EvidenceError(
            f"{results}: expected a results folder, found nothing there; `weighin run FILE` makes "
            "one, or name another"
        )
    lying = lying_at(storage.list(""))
    jobs: list[KeptJob] = []
    notes: list[str] = []
    stores = [storage_at(f"{storage.place}/{key}") if key else storage for key in lying.stores]
    for store, of_store in zip(stores, lying.stores.values(), strict=True):
        found = jobs_in(store, of_store)
        jobs.extend(found.jobs)
        notes.extend(found.notes)
    rows: tuple[LoggedRow, ...] = ()
    if isinstance(storage, FolderStorage):
        rows, unread = _rows_of_logs(storage.root, lying.others)
        notes.extend(unread)
    return KeptJobs(
        place=storage.place,
        stores=tuple(store.place for store in stores),
        jobs=tuple(sorted(jobs, key=lambda job: (job.model, job.benchmark, job.time, job.job_id))),
        rows=rows,
        notes=tuple(notes),
    )


def _rows_of_logs(
    root: Path, others: Sequence[str]
) -> tuple[tuple[LoggedRow, ...], tuple[str, ...]]:
    """The rows of logs of other harnesses, imported or not, and why files cannot be read."""
    keys = [key for key in others if not any(name.startswith(".") for name in key.split("/"))]
    imported = [key for key in keys if IMPORTED in key.split("/")]
    logs = read_logs(
        root / key for key in keys if key not in imported and not is_own_file(Path(key))
    )
    taken = read_imports(root / key for key in imported if Path(key).name == IMPORT_NAME)
    rows = []
    for log in (*logs.logs, *taken.logs):
        for record in (read.record for read in log.records):
            score, more_scores = scores_of_itself(record)
            rows.append(
                LoggedRow(
                    file=log.shown,
                    format=log.reading.format,
                    model=record.model,
                    benchmark=record.asked.task,
                    time=record.run.finished or record.run.started,
                    score=score,
                    more_scores=more_scores,
                )
            )
    unread = (file.reason for file in (*logs.unread, *taken.unread))
    return tuple(sorted(rows, key=lambda row: (row.model, row.benchmark, row.time))), tuple(unread)


def show_record(
    record: str | Path, *, results: str | Path = "results", benchmark: str = "", examples: int = 1
) -> ShownRecord:
    """A record with its job, its files as they are, and its first documents.

    Args:
        record: The file that holds it, the folder of an attempt or a job, a log of another harness,
            or an URL of these; else how the id of a job begins, at least 6 digits, or the name of a
            benchmark.
        results: Where a job or benchmark that is named is looked for.
        benchmark: Which one, if there are several; empty for the only one.
        examples: How many documents are shown.

    Raises:
        EvidenceError: It or the results are not there or cannot be read, or no record stands for
            the job.
        InfrastructureError: A store cannot be reached.
        UsageError: Nothing or more than one is called so.
    """
    # Unlike pathlib, os.path raises nothing on names that are too long.
    is_place = is_url(record) or os.path.exists(record)  # noqa: PTH110  # see above
    place = record if is_place else _record_called(str(record), benchmark, results)
    with staged([place]) as local:
        shown = _shown_at(local.paths[0], str(place), benchmark)
        folder = Path(shown.file).parent
        first, notes = first_examples(shown.record, folder, examples)
        return local.named(replace(shown, examples=first, notes=notes))


def job_or_place(name: str, results: str | Path = "results") -> str:
    """Where the record of a job lies, if that is how its id begins; else the name as it is.

    Raises:
        EvidenceError: The results cannot be read, or no record stands for the job.
        InfrastructureError: A store cannot be reached.
        UsageError: No or more than one job is called so.
    """
    if not _JOB.fullmatch(name) or os.path.lexists(name):
        return name
    return _record_called(name, "", results)


def _record_called(name: str, benchmark: str, results: str | Path) -> str:
    """Where the record of a job lies that is named by its id or its benchmark.

    Raises:
        EvidenceError: It can only be meant as a path, and nothing lies there.
        UsageError: No or more than one job is called so.
    """
    if os.sep in name or name.endswith(".json"):
        raise EvidenceError(f"{name}: expected a record, found nothing there")
    jobs = list_jobs(results).jobs
    of_one = [
        job
        for job in jobs
        if (_JOB.fullmatch(name) and job.job_id.startswith(name)) or job.benchmark == name
    ]
    found = _only(of_one, benchmark, f"{name}: expected a record, or a job in {results}", jobs)
    # Of a store elsewhere the whole job is fetched, which says which of its records stands for it.
    return found.rsplit("/", 2)[0] if is_url(found) else found


def _only(jobs: Sequence[KeptJob], benchmark: str, expected: str, others: Sequence[KeptJob]) -> str:
    """Where the record of the only job lies that is left.

    Raises:
        EvidenceError: No record stands for it.
        UsageError: None is left, or more than one.
    """
    found = [job for job in jobs if benchmark in {"", job.benchmark}]
    if len(found) != 1:
        among = found or others
        told = listed((f"{job.job_id[:12]} ({job.benchmark})" for job in among), _SHOWN)
        what = "more than one" if found else "none"
        raise UsageError(f"{expected}, found {what}" + (f"; there are {told}" if told else ""))
    (job,) = found
    if not job.record:
        why = f": {job.why}" if job.why else ""
        raise EvidenceError(
            f"{job.job_id[:12]} ({job.benchmark}): expected a record, found none; the job is "
            f"{job.state}{why}"
        )
    return job.record


def _shown_at(path: Path, place: str, benchmark: str) -> ShownRecord:
    if path.is_dir() and (path / RECORD_NAME).is_file():
        path = path / RECORD_NAME
    elif path.is_dir() and is_job_name(path.name) and (job := job_at(path)) is not None:
        path = Path(_only([job], benchmark, f"{place}: expected a record", ()))
    elif path.is_dir() and (jobs := list_jobs(path).jobs):
        path = Path(_only(jobs, benchmark, f"{place}: expected one job", ()))
    if path.name == RECORD_NAME:
        return own_record(path)
    return _logged_at(path, place, benchmark)


def _logged_at(path: Path, place: str, benchmark: str) -> ShownRecord:
    """A row of a log of another harness.

    Raises:
        EvidenceError: It cannot be read, or holds none.
        UsageError: It holds more than one.
    """
    found = inspect_evidence([path])
    rows = [record for file in found.files for record in file.records]
    wanted = [record for record in rows if benchmark in {"", record.asked.task}]
    if len(wanted) == 1:
        (record,) = wanted
        return shown_record(record, Path(record.origin.file))
    if found.unread and not rows:
        raise EvidenceError(found.unread[0].reason)
    what = f"{len(wanted)} rows" if wanted else "none"
    names = listed(dict.fromkeys(record.asked.task for record in rows), _SHOWN)
    way_out = f"; --benchmark chooses among {names}" if names else ""
    raise UsageError(f"{place}: expected one record, found {what}{way_out}")


def retire(job: str, *, reason: str, results: str | Path = "results") -> RetiredJob:
    """Write a ledger line by which a job decides nothing. Nothing is deleted.

    What it recorded is shown in every report and still counts as an attempt; a benchmark of which
    nothing else is recorded stays undecided.

    Args:
        job: Its id or how it begins, at least 6 hex digits: the folder of its attempts.
        reason: Why; it stands in every report.
        results: The results folder, or the URL of an object store.

    Raises:
        EvidenceError: There are no results, or a ledger cannot be read.
        InfrastructureError: The disk is full or failing.
        UsageError: No or more than one job begins so, it is retired already, or there is no reason.
    """
    if not is_url(results) and not Path(results).exists():
        raise EvidenceError(f"{results}: expected a results folder, found nothing there")
    storage = storage_at(results)
    if not reason.strip():
        raise UsageError("--reason: expected why the job is retired, found nothing")
    if _JOB.fullmatch(job) is None:
        raise UsageError(f"{job!r}: expected a job id, or at least its first 6 hex digits")
    ledgers = ledgers_at(storage)
    jobs = {line.job_id: line for line in ledgers.lines if line.job_id}
    found = [line for job_id, line in jobs.items() if job_id.startswith(job)]
    if len(found) != 1:
        among = found or list(jobs.values())
        told = ", ".join(f"{line.job_id[:12]} ({line.benchmark})" for line in among[:_SHOWN])
        what = "more than one" if found else "none"
        raise UsageError(
            f"{job}: expected one job of the ledgers in {storage.place}, found {what}; "
            + (f"there are {told}" if told else "they name no job")
        )
    (line,) = found
    before = retired_jobs(ledgers).get(line.job_id)
    # What was scored since then can be retired again.
    if before is not None and not before.since:
        raise UsageError(f"{line.job_id[:12]}: retired already at {before.time}: {before.reason}")
    storage.prepare()
    ledger = Ledger(storage, run_id=new_run_id(), model=line.model)
    ledger.append(
        JOB_RETIRED,
        benchmark=line.benchmark,
        job_id=line.job_id,
        detail={"reason": reason.strip()},
    )
    return retired_in(storage)[line.job_id]
