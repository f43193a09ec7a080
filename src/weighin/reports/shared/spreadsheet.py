"""Tables for spreadsheets, with foreign texts in their cells."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from weighin.reports.shared.foreign_text import visible

_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,30})?(?:e-?\d{1,4})?")
# A spreadsheet takes a text that starts so for a formula, and runs it.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula: such a one gets a `'` in front."""
    shown = visible(text)
    if _NUMBER.fullmatch(shown):
        return shown
    return f"'{shown}" if shown.startswith(_STARTS_A_FORMULA) else shown


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV table (RFC 4180, lines ended as on Unix) with a header; no cell is a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return stream.getvalue()
