"""A record with what lies around it: its job, and its files as they are."""

import os
from collections.abc import Iterator
from pathlib import Path

from weighin.evidence.collected import BrokenFile
from weighin.evidence.jobs.kept import KeptJob
from weighin.evidence.jobs.shown import ShownRecord
from weighin.evidence.records import Record
from weighin.evidence.store import attempt_folder, read_record
from weighin.evidence.store.lying import lying_at
from weighin.files.stores.folder import FolderStorage
from weighin.sources.store.jobs import job_in
from weighin.sources.store.records import digest_or_state

# A job lies this deep below its results folder: model/benchmark/job.
_LEVELS = 3


def job_at(folder: Path) -> KeptJob | None:
    """The job whose folder this is; `None` if it is of none.

    Raises:
        EvidenceError: A ledger of its store cannot be read.
    """
    absolute = _absolute(folder)
    key = "/".join(absolute.parts[-_LEVELS:])
    named = Path(*folder.parts[:-_LEVELS]) if len(folder.parts) > _LEVELS else absolute.parents[2]
    storage = FolderStorage(named)
    jobs = lying_at(storage.list(f"{key}/")).stores
    lying = jobs[""].jobs.get(key) if "" in jobs else None
    return None if lying is None else job_in(storage, key, lying)


def own_record(path: Path) -> ShownRecord:
    """A record that weighin wrote.

    Args:
        path: The file that holds it.

    Raises:
        EvidenceError: It is no record, or a ledger above it cannot be read.
    """
    record, sha256 = read_record(path)
    origin = record.origin.model_copy(update={"file": str(path)})
    attempt = attempt_folder(_absolute(path))
    return shown_record(
        record.model_copy(update={"origin": origin}),
        path,
        sha256=sha256,
        job=None if attempt is None else job_at(attempt.parent),
    )


def shown_record(
    record: Record, path: Path, *, sha256: str = "", job: KeptJob | None = None
) -> ShownRecord:
    """A record with its files as they are.

    Args:
        record: The record, of whichever harness.
        path: The file that holds it.
        sha256: Digest of that file, if it was taken.
        job: Its job; `None` if it is of none.
    """
    return ShownRecord(
        file=str(path),
        sha256=sha256,
        record=record,
        job=job,
        stands=job is not None and _absolute(Path(job.record)) == _absolute(path),
        broken=tuple(_broken(record, path.parent)),
    )


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links


def _broken(record: Record, folder: Path) -> Iterator[BrokenFile]:
    for file in record.files:
        found = digest_or_state(folder, file)
        if found != file.sha256:
            yield BrokenFile(
                file=str(folder / file.path),
                benchmark=record.asked.task,
                expected=file.sha256,
                found=found,
                model=record.model,
            )
