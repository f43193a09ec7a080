"""What an import did, as one JSON document."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text
from weighin.sources.collecting.importing import Imports

IMPORTS_FORMAT: Final = "weighin.imports/1"


class LogEntry(StrictModel):
    """A log that lies in the results folder: its path as given, and where its copy lies."""

    source: str = Field(serialization_alias="from")
    kept_at: str = Field(serialization_alias="copy")


class UnreadLogEntry(StrictModel):
    """A file that could not be read and was left out, and why."""

    file: str
    reason: str


class ImportsDocument(StrictModel):
    """What an import did.

    Attributes:
        format: Always `weighin.imports/1`.
        results: The results folder.
        imported: The logs that were taken in.
        known: The logs that were there already.
        records: Number of records in the logs that were taken in.
        unread: Files that could not be read and were left out.
        notes: Sentences on what was passed over.
    """

    format: Literal["weighin.imports/1"]
    results: str
    imported: tuple[LogEntry, ...]
    known: tuple[LogEntry, ...]
    records: int
    unread: tuple[UnreadLogEntry, ...]
    notes: tuple[str, ...]


def render(done: Imports, results: Path) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    return json_text(
        ImportsDocument(
            format=IMPORTS_FORMAT,
            results=str(results),
            imported=_logs(done.imported),
            known=_logs(done.known),
            records=done.records,
            unread=tuple(UnreadLogEntry(file=f.file, reason=f.reason) for f in done.unread),
            notes=done.notes,
        )
    )


def _logs(logs: Iterable[tuple[str, str]]) -> tuple[LogEntry, ...]:
    return tuple(LogEntry(source=source, kept_at=copy) for source, copy in logs)
