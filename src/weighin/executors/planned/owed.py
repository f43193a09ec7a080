"""What is still owed to a record whose writer ended before it had told all of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from weighin.evidence.collected import FILES_HASHED, FilesHashed
from weighin.evidence.ledger import LedgerLine, ledgers_at
from weighin.evidence.records import Record
from weighin.files.stores.interface import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What the ledger lacks of a record.

    Attributes:
        reading: Whether the record hangs on a later reading of all files, and none was told that
            found them as they were.
        telling: Whether no event says that the record is whole.
    """

    reading: bool
    telling: bool


def owed_to(record: Record, storage: Storage) -> Owed:
    """What the ledger of a store lacks of a record.

    Raises:
        EvidenceError: The ledger cannot be read.
        InfrastructureError: The store cannot be reached.
    """
    lines = tuple(ledgers_at(storage).lines)
    return Owed(
        reading=_hangs_on_a_reading(record)
        and not any(settles(_reading(line), record) for line in lines),
        telling=not _is_told(record, lines),
    )


def _hangs_on_a_reading(record: Record) -> bool:
    return record.loaded is not None and bool(record.loaded.files_state)


def _is_told(record: Record, lines: Sequence[LedgerLine]) -> bool:
    job = (record.model, record.asked.task, record.run.job_id)
    return any(
        (line.event == "benchmark-finished" and line.attempt_id == record.run.attempt_id)
        or (line.event == "benchmark-reused" and (line.model, line.benchmark, line.job_id) == job)
        for line in lines
    )


def _reading(line: LedgerLine) -> FilesHashed | None:
    told = line.detail.get(FILES_HASHED)
    try:
        return None if told is None else FilesHashed.model_validate_json(json.dumps(told))
    except ValidationError:
        return None


def settles(hashed: FilesHashed | None, record: Record) -> bool:
    """Whether a reading that began after a record found the files as they were at its end."""
    return (
        hashed is not None
        and record.loaded is not None
        and hashed.checkpoint_id == record.checkpoint_id
        and hashed.state == record.loaded.files_state
        and not hashed.unseen
        and bool(record.run.finished)
        and _in_order(hashed.began) >= _in_order(record.run.finished)
    )


def _in_order(time: str) -> str:
    """A time in UTC as a text that sorts, whether written to the second or closer."""
    return time.removesuffix("Z")
