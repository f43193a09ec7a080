"""Tables of OpenCompass that say in the name of the file what their columns leave out.

Its summarizers of judged benchmarks write one row a model into a file that is named after the
judge; that of NeedleBench leaves out all columns but the data set and the models.
"""

import re
from collections.abc import Sequence

from weighin.errors import EvidenceError
from weighin.evidence.records import NOT_NAMED
from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.opencompass.tables import (
    Table,
    cell_of,
    lines_of,
    require_models,
    rows_of,
)
from weighin.sources.formats.reader import require_few

_OF_A_JUDGE = re.compile(
    r"(?:(?P<dataset>[^/]{1,80}?)[-_])?judged-by--(?P<judge>[^/]{1,160}?)"
    r"(?:-(?:capability|dimension))?\.csv"
)
_SUMMARY = re.compile(r"summary_\d{8}_\d{6}\.csv")
_OF_NEEDLES = re.compile(rb"\n(?:Length\d+Depth[\d.]+_|[^,\n]*[Nn]eedle)")
_MODEL = frozenset({"model", "模型"})
_DATASET = "dataset"
_SCORE = "score"
_NO_SCORES = frozenset({"", "results", "lower", "upper", "avg_tokens"})
"""Columns of Arena-Hard's leaderboard that are bounds, lengths or draws of its score."""
_MOST_HEADERS = 3


def is_named_table(name: str, start: bytes) -> bool:
    """Whether a file is a table that its name explains.

    Args:
        name: Of the file.
        start: Its first bytes.
    """
    header = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]
    if _OF_A_JUDGE.fullmatch(name):
        return b"," in header
    is_of_needles = header.startswith(b"dataset,") and _OF_NEEDLES.search(start) is not None
    return is_of_needles and _SUMMARY.fullmatch(name) is not None


def read_named_table(file: ForeignFile) -> Table:
    """The table in a file whose name explains it.

    Raises:
        EvidenceError: It is too large, no CSV, or has no column of models.
    """
    lines = [[cell.strip() for cell in line] for line in lines_of(file)]
    judged = _OF_A_JUDGE.fullmatch(file.name)
    if judged is None:
        return _of_needles(file, lines)
    return _of_a_judge(file, lines, judged["dataset"] or NOT_NAMED, judged["judge"])


def _of_needles(file: ForeignFile, lines: list[list[str]]) -> Table:
    """A column a model; the header stands there again below each heading."""
    header, passed_over = lines[0], list[str]()
    require_models(file, header[1:])
    require_few(file, len(lines) * len(header))
    rows = [row for row in rows_of(file, lines, len(header), 2, passed_over) if row[1] != header]
    cells = tuple(
        cell_of(number, (header[column], row[0], "", _SCORE, ""), row[column])
        for column in range(1, len(header))
        for number, row in rows
        if not row[0].startswith("---")
    )
    return Table(cells=cells, passed_over=tuple(passed_over))


def _of_a_judge(file: ForeignFile, lines: list[list[str]], dataset: str, judge: str) -> Table:
    """A row a model; AlignBench has two further rows above the names of its columns."""
    last = 0
    for number, line in enumerate(lines[:_MOST_HEADERS]):
        if _MODEL.intersection(line):
            last = number
    header, passed_over = lines[last] if lines else [], list[str]()
    at = next((place for place, name in enumerate(header) if name in _MODEL), None)
    if at is None:
        raise EvidenceError(
            f"{file.path}: expected a column of models, found the columns {_shown(header)}"
        )
    columns = [place for place, name in enumerate(header) if place != at and _is_score(name)]
    rows = rows_of(file, lines, len(header), last + 2, passed_over)
    require_few(file, len(rows) * len(columns))
    cells = tuple(
        cell_of(number, (row[at], dataset, "", header[column], ""), row[column], judge=judge)
        for number, row in rows
        for column in columns
    )
    return Table(cells=cells, passed_over=tuple(passed_over))


def _is_score(name: str) -> bool:
    return name not in _NO_SCORES


def _shown(header: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in header[:6]) or "none"
