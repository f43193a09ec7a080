"""The tables that OpenCompass writes, in each of its shapes, as cells with a score."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weighin.errors import EvidenceError
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import in_brief
from weighin.sources.formats.reader import require_few

_MOST_BYTES = 4 << 20
_EMPTY = frozenset({"", "-"})
_UNKNOWN_COUNT = "/"
# What stands for a difference of perplexities where texts were generated.
_NOT_COMPUTED = ("correct_bpb-incorrect_bpb", "-1.00")
_LONGEST_SHOWN = 60

_SUMMARY = ("dataset", "version", "metric", "mode")
# Of the circular summarizer: a model has a column for each metric, named in the second row.
_CIRCULAR = ("dataset", "version", "mode")
_JUDGED = ("model", "judge_model", "dataset")
# AISBench's column between these and the models.
_TOTAL_COUNT = "total_count"
# Of a group AISBench prints the means of its parts' counts, which are fractions: no documents.
_COUNTED = re.compile(r"\d{1,12}(?:\.\d{1,20})?/(?:(\d{1,12})|\d{1,12}\.\d{1,20})\)")
_JUDGE_IN_NAME = re.compile(r"summary_\d{8}_\d{6}_by_(.+)\.csv", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table that may hold a score.

    Attributes:
        line: Its line in the file, from 1.
        model: OpenCompass's abbreviation.
        dataset: The same of the dataset.
        version: Digest of the prompts of the dataset; empty for a group.
        metric: For example `accuracy`.
        mode: `gen`, `ppl`, `ll`, `mixed` or `unknown`; empty if the table does not say.
        judge: The model that judged the answers; empty if none is named.
        text: As printed, without what follows of counts.
        documents: Documents behind it; `None` if the table does not say.
    """

    line: int
    model: str
    dataset: str
    version: str
    metric: str
    mode: str
    judge: str
    text: str
    documents: int | None

    @property
    def is_empty(self) -> bool:
        """Whether there is no score at all."""
        return self.text in _EMPTY or (self.metric, self.text) == _NOT_COMPUTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a table holds.

    Attributes:
        cells: A column after the other, so that those of a model stand together.
        passed_over: Sentences on rows that are not of the table's shape.
    """

    cells: tuple[Cell, ...]
    passed_over: tuple[str, ...]


def is_table(start: bytes) -> bool:
    """Whether some bytes are the start of a table with the columns of OpenCompass."""
    header = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]
    shapes = (_SUMMARY, _CIRCULAR, _JUDGED)
    return any(header.startswith(",".join(shape).encode() + b",") for shape in shapes)


def read_table(file: ForeignFile) -> Table:
    """The table in a file.

    Raises:
        EvidenceError: It is too large, no CSV, or has no column a model.
    """
    lines = lines_of(file)
    header = [cell.strip() for cell in lines[0]]
    if tuple(header[: len(_SUMMARY)]) == _SUMMARY:
        return _summary(file, header, lines)
    if tuple(header[: len(_JUDGED)]) == _JUDGED:
        return _judged(file, header, lines)
    return _circular(file, header, lines)


def lines_of(file: ForeignFile) -> list[list[str]]:
    """The cells of each line of a table.

    Raises:
        EvidenceError: It is too large, or no CSV.
    """
    if len(file.content()) > _MOST_BYTES:
        raise EvidenceError(
            f"{file.path}: expected a table of at most {_MOST_BYTES} bytes, found "
            f"{len(file.content())}"
        )
    try:
        text = file.content().decode("utf-8-sig")
        return list(csv.reader(text.splitlines(), strict=True))
    except (ValueError, csv.Error) as error:
        raise EvidenceError(
            f"{file.path}: expected a CSV table in UTF-8, found {in_brief(error)}"
        ) from error


def rows_of(
    file: ForeignFile, lines: list[list[str]], width: int, first: int, passed_over: list[str]
) -> list[tuple[int, list[str]]]:
    """The rows from a line on that have as many cells as the header, with their lines."""
    found: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(lines[first - 1 :], start=first):
        if len(cells) == width:
            found.append((number, [cell.strip() for cell in cells]))
        elif any(cells):
            shown = ",".join(cells)[:_LONGEST_SHOWN]
            passed_over.append(
                f"{file.shown}:{number}: expected {width} cells, found {len(cells)}; passed over: "
                f"{shown}"
            )
    return found


def _summary(file: ForeignFile, header: list[str], lines: list[list[str]]) -> Table:
    passed_over: list[str] = []
    rows = [
        (number, row)
        for number, row in rows_of(file, lines, len(header), 2, passed_over)
        # Rows on the time or the checkpoint have the names of the columns in place of their cells.
        if row[1 : len(_SUMMARY)] != [*_SUMMARY[1:]]
    ]
    at = len(_SUMMARY)
    has_counts = header[at : at + 1] == [_TOTAL_COUNT] and all(
        cells[at] == _UNKNOWN_COUNT or cells[at] in _EMPTY or _count(cells[at]) is not None
        for _, cells in rows
    )
    first = at + 1 if has_counts else at
    require_models(file, header[first:])
    require_few(file, len(rows) * (len(header) - first))
    counts = _counts_of(rows, at) if has_counts else {}
    named = _JUDGE_IN_NAME.fullmatch(file.name)
    cells = tuple(
        cell_of(
            number,
            (header[column], row[0], row[1], row[2], row[3]),
            row[column],
            judge="" if named is None else named[1],
            documents=counts.get(number),
        )
        for column in range(first, len(header))
        for number, row in rows
    )
    return Table(cells=cells, passed_over=tuple(passed_over))


def _counts_of(rows: Sequence[tuple[int, list[str]]], at: int) -> dict[int, int]:
    """Documents by line.

    Of a group AISBench prints the mean of its parts' counts: one that is below that of a dataset
    of the table is no sum, and left out.
    """
    found = {number: count for number, row in rows if (count := _count(row[at])) is not None}
    groups = {number for number, row in rows if row[1] in _EMPTY}
    most = max((count for number, count in found.items() if number not in groups), default=0)
    return {n: count for n, count in found.items() if n not in groups or count >= most}


def _circular(file: ForeignFile, header: list[str], lines: list[list[str]]) -> Table:
    passed_over: list[str] = []
    at = len(_CIRCULAR)
    models: list[str] = []
    for name in header[at:]:
        models.append(models[-1] if models and name in _EMPTY else name)
    require_models(file, list(dict.fromkeys(models)))
    metrics = [cell.strip() for cell in lines[1]] if len(lines) > 1 else []
    if len(metrics) != len(header) or not all(name in _EMPTY for name in metrics[:at]):
        raise EvidenceError(
            f"{file.path}:2: expected the metric of each of {len(header) - at} columns, found "
            f"{','.join(metrics)[:_LONGEST_SHOWN]!r}"
        )
    rows = rows_of(file, lines, len(header), 3, passed_over)
    require_few(file, len(rows) * (len(header) - at))
    cells = tuple(
        cell_of(
            number,
            (model, row[0], row[1], metrics[column], row[2]),
            row[column],
        )
        for column, model in enumerate(models, start=at)
        for number, row in rows
    )
    return Table(cells=cells, passed_over=tuple(passed_over))


def _judged(file: ForeignFile, header: list[str], lines: list[list[str]]) -> Table:
    passed_over: list[str] = []
    at = len(_JUDGED)
    rows = rows_of(file, lines, len(header), 2, passed_over)
    require_few(file, len(rows) * (len(header) - at))
    cells = tuple(
        cell_of(number, (row[0], row[2], "", name, ""), row[column], judge=row[1])
        for number, row in rows
        for column, name in enumerate(header[at:], start=at)
    )
    return Table(cells=cells, passed_over=tuple(passed_over))


def require_models(file: ForeignFile, models: Sequence[str]) -> None:
    """Refuse a table whose columns of models are not one a model.

    Raises:
        EvidenceError: There is none, or one is named twice or not at all.
    """
    if not models or len(set(models)) < len(models) or not all(models):
        raise EvidenceError(
            f"{file.path}:1: expected a column a model, each named once, found "
            f"{', '.join(models)!r}"
        )


def cell_of(
    line: int,
    names: tuple[str, str, str, str, str],
    text: str,
    *,
    judge: str = "",
    documents: int | None = None,
) -> Cell:
    """A cell of a model, dataset, version, metric and mode, with what its text says of counts."""
    model, dataset, version, metric, mode = names
    before, _, after = text.rpartition("(")
    counted = _COUNTED.fullmatch(after)
    return Cell(
        line=line,
        model=model,
        dataset=dataset,
        version=_said(version),
        metric=_said(metric),
        mode=_said(mode),
        judge=judge,
        text=text if counted is None else before.rstrip(),
        documents=documents if counted is None else _count(counted[1] or ""),
    )


def _said(text: str) -> str:
    return "" if text in _EMPTY else text


def _count(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def scored(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Those that hold something: a row without a metric is a heading, or was not scored at all."""
    yield from (cell for cell in cells if cell.metric and cell.model and not cell.is_empty)
