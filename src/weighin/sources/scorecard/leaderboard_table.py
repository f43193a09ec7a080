"""The table behind the Open LLM Leaderboard v2: CSV, six scores at full precision a row."""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.evidence.scorecard import ScoreTable, TableColumn, TableRow
from weighin.files.bounded import read_foreign_file
from weighin.files.canonical import sha256_hex

MAX_TABLE_BYTES = 64 << 20
MOST_ROWS = 100_000

_TITLE = "Open LLM Leaderboard v2"
_MODEL, _REVISION = "model_name", "model_sha"
_TASKS = {
    "ifeval": "leaderboard_ifeval",
    "bbh": "leaderboard_bbh",
    "math": "leaderboard_math_hard",
    "gpqa": "leaderboard_gpqa",
    "musr": "leaderboard_musr",
    "mmlu_pro": "mmlu_pro",
}
_NUMBER = re.compile(r"[01](\.[0-9]{1,24})?")
# Fifteen significant digits are printed; the last of them may be off where means were added up.
_DECIMALS = 13
_LONGEST_SHOWN = 60
_LONGEST_HEADER = 65_536


def is_leaderboard_table(header: str) -> bool:
    """Whether the first line of a file is that of such a table."""
    try:
        names = set(next(csv.reader([header]), []))
    except csv.Error:
        return False
    return {_MODEL, *(f"evaluations_{key}_value" for key in _TASKS)} <= names


def is_leaderboard_file(path: Path) -> bool:
    """Whether a file is such a table, by its first line; it need not be readable."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            header = file.readline(_LONGEST_HEADER)
    except OSError:
        # Reading it as a scorecard tells what is wrong.
        return False
    return is_leaderboard_table(header.decode("utf-8-sig", "replace"))


def read_leaderboard_table(path: Path) -> ScoreTable:
    """The table in a file.

    Raises:
        EvidenceError: The file cannot be read, or a cell is no number from 0 to 1.
    """
    content = read_foreign_file(path, max_bytes=MAX_TABLE_BYTES)
    if (lines := content.count(b"\n")) > MOST_ROWS:
        raise EvidenceError(
            f"{path}: expected at most {MOST_ROWS} rows, found {lines} lines; check a part"
        )
    try:
        rows = csv.reader(StringIO(content.decode("utf-8-sig")), strict=True)
        header = next(rows, [])
        if not is_leaderboard_table(",".join(header)):
            raise EvidenceError(
                f"{path}: expected the columns of {_TITLE}, found {header[:3]}; give another "
                "table as a scorecard"
            )
        read = tuple(_rows(path, header, rows))
    except (UnicodeDecodeError, csv.Error) as error:
        raise EvidenceError(f"{path}: expected a table in CSV and UTF-8: {error}") from error
    if not read:
        raise EvidenceError(f"{path}: expected rows of scores, found none")
    return ScoreTable(
        title=_TITLE,
        file=str(path),
        sha256=sha256_hex(content),
        decimals=_DECIMALS,
        columns=tuple(
            TableColumn(name=_name(key), registered_as=task) for key, task in _TASKS.items()
        ),
        rows=read,
    )


def _name(key: str) -> str:
    return {"math": "MATH Level 5", "mmlu_pro": "MMLU-Pro", "musr": "MuSR", "ifeval": "IFEval"}.get(
        key, key.upper()
    )


def _rows(path: Path, header: Sequence[str], rows: Iterator[list[str]]) -> Iterator[TableRow]:
    model = header.index(_MODEL)
    revision = header.index(_REVISION) if _REVISION in header else None
    columns = [header.index(f"evaluations_{key}_value") for key in _TASKS]
    for line, cells in enumerate(rows, start=2):
        place = f"{path}:{line}"
        if len(cells) != len(header):
            raise EvidenceError(
                f"{place}: expected {len(header)} cells, found {len(cells)}; remove the row or "
                "mend it"
            )
        printed = tuple(cells[column].strip() for column in columns)
        for key, text in zip(_TASKS, printed, strict=True):
            if text and (_NUMBER.fullmatch(text) is None or float(text) > 1):
                raise EvidenceError(
                    f"{place}: {key}: expected a share from 0 to 1 in digits, found "
                    f"{text[:_LONGEST_SHOWN]!r}"
                )
        yield TableRow(
            name=cells[model],
            revision="" if revision is None else cells[revision],
            line=line,
            printed=printed,
        )
