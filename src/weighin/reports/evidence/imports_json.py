"""What an import did, as one JSON document."""

from pathlib import Path
from typing import Final

from weighin.reports.shared.json_text import json_text
from weighin.sources.collecting.importing import Imports

IMPORTS_FORMAT: Final = "weighin.imports/1"


def render(done: Imports, results: Path) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    return json_text(
        {
            "format": IMPORTS_FORMAT,
            "results": str(results),
            "imported": [{"from": source, "copy": copy} for source, copy in done.imported],
            "known": [{"from": source, "copy": copy} for source, copy in done.known],
            "records": done.records,
            "unread": [{"file": file.file, "reason": file.reason} for file in done.unread],
            "notes": done.notes,
        }
    )
