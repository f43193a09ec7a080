"""An inspection for a person at a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from weighin.evidence.collected import Inspection, RecognisedFile
from weighin.evidence.records import Record
from weighin.identity.facets import Grade
from weighin.reports.evidence.inspection_view import (
    KnownFacet,
    facets_of,
    formats_of,
    grades_by_facet,
    models_of,
)
from weighin.reports.shared.terminal_pen import STYLES, Pen
from weighin.reports.shared.wording import counted, facet_name, listed, metric_words, score_words
from weighin.rules.interface import Outcome

_SHOWN_FILES: Final = 8
_SHOWN_ROWS: Final = 10
_SHOWN_LINES: Final = 15
_SHOWN_NAMES: Final = 4
_ALL: Final = 10**9


def render(inspection: Inspection, *, verbose: bool = False) -> RenderableType:
    """An inspection as a renderable for `rich.console.Console.print`.

    Args:
        inspection: What is told.
        verbose: Whether long lists are printed in full.
    """
    return _InspectionView(inspection, verbose)


@dataclass(frozen=True, slots=True)
class _InspectionView:
    inspection: Inspection
    verbose: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        pen = Pen(options.ascii_only)
        found, view = self.inspection, _Limits(self.verbose)
        yield from _summary(found, pen)
        if found.unread:
            yield Text()
            yield pen.text("Cannot be read as evidence", f"bold {STYLES[Outcome.VIOLATED]}")
            yield from _some([file.reason for file in found.unread], view.lines, pen)
        for file in found.files[: view.files]:
            yield Text()
            yield from _file(file, view, pen)
        if (rest := len(found.files) - view.files) > 0:
            yield Text()
            yield pen.text(f"{counted(rest, 'further file')}: --verbose prints them, --json too")
        if found.notes:
            yield Text()
            yield pen.text("Passed over", "bold")
            yield from _some(found.notes, view.lines, pen)


@dataclass(frozen=True, slots=True)
class _Limits:
    """How much of each list is printed."""

    is_verbose: bool

    @property
    def files(self) -> int:
        return _ALL if self.is_verbose else _SHOWN_FILES

    @property
    def rows(self) -> int:
        return _ALL if self.is_verbose else _SHOWN_ROWS

    @property
    def lines(self) -> int:
        return _ALL if self.is_verbose else _SHOWN_LINES


def _summary(found: Inspection, pen: Pen) -> Iterator[RenderableType]:
    rows = sum(len(file.records) for file in found.files)
    told = f"{counted(len(found.files), 'file')} recognised · {counted(rows, 'row')}"
    models = len(models_of(found.files))
    if rows:
        told += f" of {counted(models, 'model')}"
    broken = sum(len(file.broken) for file in found.files)
    if broken:
        told += f" · {counted(broken, 'file')} not as a digest says"
    if found.unread:
        told += f" · {counted(len(found.unread), 'file')} cannot be read"
    yield pen.text(told, "bold")
    for name, (files, of_format) in formats_of(found).items():
        line = f"{name}: {counted(files, 'file')}, {counted(of_format, 'row')}"
        yield Padding(pen.text(line), (0, 0, 0, 2), expand=False)
    if len(found.files) > 1 and rows:
        yield Text()
        yield pen.text("Rows by facet and grade", "bold")
        lines = [
            (facet_name(facet), ", ".join(f"{count} {grade}" for grade, count in grades.items()))
            for facet, grades in grades_by_facet(found).items()
        ]
        yield from _grid(lines, pen)


def _file(file: RecognisedFile, view: _Limits, pen: Pen) -> Iterator[RenderableType]:
    yield pen.line(pen.text(file.file, "bold"), pen.text(f"  {file.format}", "dim"))
    models = models_of([file])
    if models:
        names = listed(models, None if view.is_verbose else _SHOWN_NAMES)
        yield Padding(pen.text(f"model {names}"), (0, 0, 0, 2), expand=False)
    yield Padding(_rows(file.records[: view.rows], pen, has_models=len(models) > 1), (0, 0, 0, 2))
    if (rest := len(file.records) - view.rows) > 0:
        yield Padding(pen.text(f"and {counted(rest, 'further row')}"), (0, 0, 0, 2), expand=False)
    facets = facets_of(file)
    known = [one for one in facets if one.applies and one.grade is not Grade.ABSENT]
    absent = [one for one in facets if one.applies and one.grade is Grade.ABSENT]
    yield from _grid(((_of(one), f"{one.grade}: {one.summary}") for one in known), pen)
    yield from _grid(_missing(absent), pen)
    for broken in file.broken:
        line = f"{broken.file}: expected {broken.expected}, found {broken.found}"
        yield Padding(pen.text(line, STYLES[Outcome.VIOLATED]), (0, 0, 0, 2), expand=False)
    yield from _some(file.notes, view.lines, pen)


def _rows(records: Sequence[Record], pen: Pen, *, has_models: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    titles = ("model",) if has_models else ()
    for title in (*titles, "benchmark", "metric", "score", "documents"):
        table.add_column(title, overflow="fold")
    for record in records:
        score = next((s for s in record.scores if s.task == record.asked.task), None)
        more = len([s for s in record.scores if s.task == record.asked.task]) - 1
        cells = (
            *((record.model,) if has_models else ()),
            record.asked.task,
            metric_words(score) + (f" (+{more})" if more > 0 else ""),
            score_words(score),
            "" if score is None or score.documents is None else str(score.documents),
        )
        table.add_row(*(pen.text(cell) for cell in cells))
    return table


def _of(known: KnownFacet) -> str:
    name = facet_name(known.facet)
    return f"{name} ({listed(known.benchmarks, 2)})" if known.benchmarks else name


def _missing(absent: Iterable[KnownFacet]) -> Iterator[tuple[str, str]]:
    """Facets that the same flag or command would have recorded share a line."""
    alike: dict[str, list[str]] = {}
    for known in absent:
        alike.setdefault(known.how_to_record, []).append(_of(known))
    for how, names in alike.items():
        yield "not recorded", ", ".join(names) + (f"; {how}" if how else "")


def _grid(lines: Iterable[tuple[str, str]], pen: Pen) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold", max_width=32)
    grid.add_column(overflow="fold")
    for label, words in lines:
        grid.add_row(pen.text(label, "dim"), pen.text(words))
    if grid.row_count:
        yield Padding(grid, (0, 0, 0, 2), expand=False)


def _some(lines: Sequence[str], shown: int, pen: Pen) -> Iterator[RenderableType]:
    for line in lines[:shown]:
        yield Padding(pen.text(line), (0, 0, 0, 2), expand=False)
    if len(lines) > shown:
        more = f"and {len(lines) - shown} more, which --verbose and --json name"
        yield Padding(pen.text(more), (0, 0, 0, 2), expand=False)
