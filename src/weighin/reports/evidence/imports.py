"""What an import did, as text and as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from weighin.reports.shared.foreign_text import visible
from weighin.reports.shared.wording import counted
from weighin.sources.collecting.importing import Imports

IMPORTS_FORMAT: Final = "weighin.imports/1"
_SHOWN: Final = 20


def render_text(done: Imports, results: Path) -> str:
    """A few lines for a person."""
    return "".join(f"{visible(line)}\n" for line in _lines(done, results))


def render_json(done: Imports, results: Path) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    document = {
        "format": IMPORTS_FORMAT,
        "results": str(results),
        "imported": [{"from": source, "copy": copy} for source, copy in done.imported],
        "known": [{"from": source, "copy": copy} for source, copy in done.known],
        "records": done.records,
        "unread": [{"file": file.file, "reason": file.reason} for file in done.unread],
        "notes": list(done.notes),
    }
    return json.dumps(document, indent=2) + "\n"


def _lines(done: Imports, results: Path) -> Iterator[str]:
    yield (
        f"{counted(len(done.imported), 'log')} with {counted(done.records, 'record')} imported "
        f"into {results}"
    )
    yield from _some([f"{source} -> {copy}" for source, copy in done.imported])
    if done.known:
        yield f"{counted(len(done.known), 'log')} there already, left as it is"
        yield from _some([f"{source} -> {copy}" for source, copy in done.known])
    if done.unread:
        yield f"{counted(len(done.unread), 'file')} left out that cannot be read"
        yield from _some([file.reason for file in done.unread])
    yield from done.notes


def _some(lines: list[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN} more, which --json names"
