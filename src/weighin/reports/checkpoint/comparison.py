"""A comparison of two checkpoints for a person at a terminal."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from weighin.identity.comparison.quantities import counted, percent
from weighin.identity.comparison.report import (
    BlockDifference,
    ComparisonReport,
    Kinship,
    MeasuredTensor,
    Side,
)
from weighin.reports.shared.terminal_pen import Pen
from weighin.reports.shared.wording import listed

_SHOWN_DIGEST: Final = 12
_SHOWN_NAMES: Final = 6
_SHOWN_TENSORS: Final = 8
_BAR: Final = 24
_SHORT_BAR: Final = 8
_WIDE: Final = 80
"""Columns below which the names need the room."""
_FAINTEST: Final = 1e-8
"""Distance at which a bar is empty; a full one is 1, in logarithmic steps."""
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_STYLES: Final = {
    Kinship.SAME_FILES: "green",
    Kinship.SAME_CHECKPOINT: "green",
    Kinship.SAME_BUT_FOR_FACETS: "yellow",
    Kinship.SAME_TENSORS_RENAMED: "green",
    Kinship.SAME_AFTER_CAST: "yellow",
    Kinship.ADAPTER_ATTACHED: "yellow",
    Kinship.MERGED_ADAPTER: "yellow",
    Kinship.REQUANTISED: "yellow",
    Kinship.RELATED: "yellow",
    Kinship.NOT_MEASURED: "yellow",
    Kinship.UNKNOWN: "yellow",
    Kinship.UNRELATED: "red",
}
_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
_THOUSAND: Final = 1000


def render(report: ComparisonReport, *, verbose: bool = False) -> RenderableType:
    """A comparison as a renderable for `rich.console.Console.print`.

    It adapts to the console's width and, where the stream's encoding is not UTF-8, to ASCII.
    Foreign text is shown literally.

    Args:
        report: What is told.
        verbose: Whether every tensor that differs is listed, and every name.
    """
    return _ComparisonView(report, verbose)


@dataclass(frozen=True, slots=True)
class _ComparisonView:
    report: ComparisonReport
    verbose: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        pen, report = Pen(options.ascii_only), self.report
        relation = pen.text(report.relation.upper(), f"bold {_STYLES[report.relation]}")
        yield relation
        yield Padding(_sides(report, pen), (0, 0, 0, 2), expand=False)
        yield from _section("What differs", _facts(report, verbose=self.verbose), pen)
        yield from _section("Patterns", [p.statement for p in report.patterns], pen)
        if report.differing:
            yield Text()
            yield pen.text("Block by block (relative distance, logarithmic, full at 1)", "bold")
            bar = _BAR if options.max_width >= _WIDE else _SHORT_BAR
            yield Padding(_picture(report.blocks, pen, bar), (0, 0, 0, 2), expand=False)
        yield from _tensors(report, pen, verbose=self.verbose)
        reasons = [f"{entry.name}: {entry.reason}" for entry in report.not_measured]
        shown = None if self.verbose else _SHOWN_NAMES
        yield from _section("Not measured", [listed(reasons, shown)] if reasons else [], pen)


def _sides(report: ComparisonReport, pen: Pen) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, side in (("A", report.first), ("B", report.second)):
        grid.add_row(pen.text(label, "bold"), pen.text(_side(side)))
    return grid


def _side(side: Side) -> str:
    alone = "" if side.is_readable else " · manifest alone"
    return (
        f"{side.name} · {side.checkpoint_id[:_SHOWN_DIGEST]} · {counted(side.tensors, 'tensor')} · "
        f"{counted(side.parameters, 'parameter')} · {side.dtype} · {_size(side.size_bytes)}{alone}"
    )


def _size(size_bytes: int) -> str:
    power = min(int(math.log10(max(size_bytes, 1))) // 3, len(_UNITS) - 1)
    return f"{size_bytes / _THOUSAND**power:.3g} {_UNITS[power]}"


def _facts(report: ComparisonReport, *, verbose: bool) -> Iterator[str]:
    longest = None if verbose else _SHOWN_NAMES
    for difference in report.facets:
        told = [_digest(value) for value in (difference.first, difference.second)]
        yield f"{difference.facet}: {difference.agreement}, {told[0]} and {told[1]}"
    if report.differing:
        yield (
            f"{len(report.differing):,} of {counted(report.pairs, 'tensor')} in both differ, "
            f"{percent(report.share_differing)} of the parameters of A"
        )
    if report.relative_frobenius is not None:
        cosine = "" if report.cosine is None else f" · cosine {_cosine(report.cosine)}"
        yield (
            f"relative distance {report.relative_frobenius:.4g}{cosine} · largest difference "
            f"{report.max_abs or 0:.4g}, over the tensors that were read"
        )
    for names, words in (
        (report.only_in_first, "only in A"),
        (report.only_in_second, "only in B"),
        (report.shapes_differ, "of shapes that cannot be compared"),
    ):
        if names:
            yield f"{counted(len(names), 'tensor')} {words}: {listed(names, longest)}"


def _digest(value: str | None) -> str:
    return "none" if value is None else value[:_SHOWN_DIGEST]


def _cosine(cosine: float) -> str:
    """As many digits as tell it from 1."""
    distance = 1 - abs(cosine)
    digits = 4 if distance <= 0 else min(12, max(4, 2 - math.floor(math.log10(distance))))
    return f"{cosine:.{digits}f}"


def _section(
    title: str, lines: Sequence[str] | Iterator[str], pen: Pen
) -> Iterator[RenderableType]:
    found = list(lines)
    if found:
        yield Text()
        yield pen.text(title, "bold")
        yield from (Padding(pen.text(line), (0, 0, 0, 2), expand=False) for line in found)


def _picture(blocks: Sequence[BlockDifference], pen: Pen, bar: int) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True)
    for run in _runs(blocks):
        first, last = run[0], run[-1]
        name = first.name if len(run) == 1 else f"{first.name} ... {last.name}"
        if not first.differing:
            grid.add_row(pen.text(name), Text(), pen.text("equal", "dim"), Text())
            continue
        distance = first.relative_frobenius
        told = "not measured" if distance is None else f"{distance:.3g}"
        grid.add_row(
            pen.text(name),
            Text(_bar(distance, bar, is_ascii=pen.is_ascii), style="yellow"),
            pen.text(told),
            pen.text(f"{first.differing} of {counted(first.tensors, 'tensor')}", "dim"),
        )
    return grid


def _runs(blocks: Sequence[BlockDifference]) -> Iterator[list[BlockDifference]]:
    """Blocks that differ, each alone; neighbours of one stack that do not, together."""
    run: list[BlockDifference] = []
    for block in blocks:
        is_more = run and not block.differing and _stack(run[-1]) == _stack(block)
        if run and not is_more:
            yield run
            run = []
        run.append(block)
        if block.differing:
            yield run
            run = []
    if run:
        yield run


def _stack(block: BlockDifference) -> str:
    stack, _, number = block.name.rpartition(".")
    return stack if number.isdecimal() else block.name


def _bar(distance: float | None, width: int, *, is_ascii: bool) -> str:
    if distance is None:
        return "?"
    decades = math.log10(max(distance, _FAINTEST) / _FAINTEST) / -math.log10(_FAINTEST)
    filled = max(0.0, min(1.0, decades)) * width
    if is_ascii:
        return "#" * max(1, round(filled))
    whole, eighths = divmod(max(1, round(filled * 8)), 8)
    return "█" * whole + (_EIGHTHS[eighths] if eighths else "")


def _tensors(report: ComparisonReport, pen: Pen, *, verbose: bool) -> Iterator[RenderableType]:
    if not report.measured:
        return
    ordered = sorted(report.measured, key=lambda tensor: -(tensor.relative_frobenius or 0.0))
    shown = ordered if verbose else ordered[:_SHOWN_TENSORS]
    title = "Tensors that differ" if len(shown) == len(ordered) else "Tensors that differ most"
    yield Text()
    yield pen.text(title, "bold")
    table = Table.grid(padding=(0, 2, 0, 0))
    for words in ("tensor", "distance", "cosine", "largest", "pattern"):
        table.add_column(pen.text(words), overflow="fold")
    table.add_row(*(pen.text(w, "dim") for w in ("", "distance", "cosine", "largest", "pattern")))
    for tensor in shown:
        table.add_row(*(pen.text(cell) for cell in _cells(tensor)))
    yield Padding(table, (0, 0, 0, 2), expand=False)


def _cells(tensor: MeasuredTensor) -> tuple[str, ...]:
    cosine = "" if tensor.cosine is None else _cosine(tensor.cosine)
    return (
        tensor.name,
        "" if tensor.relative_frobenius is None else f"{tensor.relative_frobenius:.3g}",
        cosine,
        "" if tensor.max_abs is None else f"{tensor.max_abs:.3g}",
        f"{tensor.pattern}{' ' + tensor.detail if tensor.detail else ''}",
    )
