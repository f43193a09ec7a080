"""Records as files that other programs read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weighin.evidence.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file to be written.

    Attributes:
        path: Below the folder that was asked for, with `/` between its parts.
        content: All of it. It is the same for the same records, whenever and wherever it is made.
    """

    path: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What records become.

    Attributes:
        files: The files, in a stable order, none twice.
        notes: Sentences on what the format cannot hold and was left out.
    """

    files: tuple[ExportedFile, ...]
    notes: tuple[str, ...]


_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 96


def hub_name(text: str | None) -> str | None:
    """A text if it is a name of the form `org/name`, else `None`."""
    return text if text is not None and _HUB_NAME.fullmatch(text) else None


def folder_name(text: str) -> str:
    """A name of a folder that stays where it is put, made from any text."""
    return _UNSAFE.sub("-", text).strip(".-")[:_LONGEST_NAME] or "unknown"


def without_scores(records: Sequence[Record]) -> tuple[str, ...]:
    """A sentence on records that have nothing to export."""
    count = sum(not record.scores for record in records)
    if not count:
        return ()
    return (f"records without a score, left out: {count}",)


def once(alike: int) -> tuple[str, ...]:
    """A sentence on what would have been written twice.

    Args:
        alike: How many are the same as another one, as far as the format can say.
    """
    if not alike:
        return ()
    return (f"the same as another in this format, written once: {alike}",)


def unit_of(record: Record, metric: str) -> str:
    """The unit in which a metric was stated; empty if none was."""
    units = record.run.settings.get("units")
    unit = units.get(metric) if isinstance(units, dict) else None
    return unit if isinstance(unit, str) else ""
