"""A table changed in what says nothing new: its numbers must come out as before."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from weighin.sources.scorecard.tables.grid import Cell, Grid
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.understood import Layout

_PLAIN = frozenset((Kind.NUMBERS, Kind.VALUE))

FACTS: Mapping[str, tuple[str, ...]] = {
    "Δ": ("+1.2", "-0.3", "+0.4", "0.0"),
    "Δ vs base": ("1.2", "0.3", "4.5", "2.2"),
    "Gain": ("1.2", "0.3", "4.5", "2.2"),
    "Gain (%)": ("1.2", "0.3", "4.5", "2.2"),
    "Improvement (pp)": ("1.2", "0.3", "4.5", "2.2"),
    "Rel. gain": ("1.2%", "0.3%", "4.5%", "2.2%"),
    "Drop": ("1.2", "0.3", "4.5", "2.2"),
    "Savings (%)": ("35.2", "41.0", "22.5", "18.8"),
    "Recovery (%)": ("99.2", "98.4", "97.7", "99.9"),
    "Params": ("7B", "13B", "70B", "8B"),
    "Params (B)": ("7.2", "13.0", "70.6", "8.0"),
    "#Params": ("7.2", "13.0", "70.6", "8.0"),
    "Size (GB)": ("14.5", "26.0", "43.2", "16.1"),
    "Active params (B)": ("3.2", "13.0", "17.1", "8.0"),
    "Rank": ("1", "2", "3", "4"),
    "Avg. rank": ("1.2", "2.5", "3.1", "3.2"),
    "Latency (ms)": ("41.2", "52.1", "38.0", "61.7"),
    "Time (h)": ("4.2", "5.1", "8.0", "6.7"),
    "Time": ("41.2", "52.1", "38.0", "61.7"),
    "Runtime (min)": ("41.2", "52.1", "38.0", "61.7"),
    "Avg. tokens": ("1311", "2044", "988", "1502"),
    "Tokens (k)": ("13.1", "20.4", "9.8", "15.0"),
    "Output length": ("13.1", "20.4", "9.8", "15.0"),
    "Cost ($)": ("0.15", "0.60", "2.50", "1.10"),
    "Price per 1M tokens": ("0.15", "0.60", "2.50", "1.10"),
    "Speedup": ("1.2x", "2.1x", "1.0x", "1.4x"),
    "Speed-up": ("1.2", "2.1", "1.0", "1.4"),
    "Throughput": ("41.2", "52.1", "38.0", "61.7"),
    "Memory": ("41.2", "52.1", "38.0", "61.7"),
    "Peak mem. (GB)": ("41.2", "52.1", "38.0", "61.7"),
    "Compression ratio": ("2.0", "3.9", "4.1", "1.0"),
    "Sparsity (%)": ("50", "60", "70", "0"),
    "GPU hours": ("512", "1024", "96", "48"),
    "Training tokens": ("2T", "15T", "1T", "8T"),
    "Votes": ("2520", "1811", "9310", "1203"),
    "# Battles": ("2520", "1811", "9310", "1203"),
    "Seeds": ("3", "5", "3", "5"),
    "Std": ("0.4", "0.6", "0.3", "0.5"),
    "Std. dev.": ("0.4", "0.6", "0.3", "0.5"),
    "95% CI": ("±0.4", "±0.6", "±0.3", "±0.5"),
    "CI (95%)": ("[70.1, 72.3]", "[60.0, 62.0]", "[50.1, 52.2]", "[40.0, 44.0]"),
    "p-value": ("0.04", "0.61", "0.003", "0.5"),
    "Year": ("2023", "2024", "2025", "2025"),
    "Released": ("2024-09-25", "2025-01-02", "2024-12-06", "2025-03-24"),
    "License": ("mit", "apache-2.0", "llama3", "other"),
    "Link": ("[hf](https://example.org)",) * 4,
    "Context": ("128K", "32K", "8K", "1M"),
    "Temperature": ("0.6", "0.0", "1.0", "0.7"),
    "Notes": ("good", "see text", "ours", "rerun by us"),
    "Open?": ("✓", "✗", "✓", "✓"),
    "Bits": ("4", "8", "16", "4"),
    "Layers": ("32", "40", "80", "32"),
    "Likes": ("446", "31", "12", "7"),
    "Energy (kWh)": ("4.2", "5.1", "8.0", "6.7"),
    "Failures": ("4", "1", "0", "2"),
    "Steps": ("1000", "2000", "3000", "4000"),
    "KL divergence": ("0.014", "0.031", "0.002", "0.110"),
}
"""Headings of what is no score, with what stands below them."""


@dataclass(frozen=True)
class Known:
    """A grid that holds one table, with what its labels are."""

    grid: Grid
    table: Table
    layout: Layout

    @property
    def head(self) -> int:
        """Rows before the first of the body."""
        return next(n for n, row in enumerate(self.grid.rows) if row is self.table.body[0])

    @property
    def is_plain(self) -> bool:
        """Whether it has one row of a header, one column of labels, no sections."""
        kinds = [column.kind for column in self.layout.columns]
        return (
            len(self.table.header) == self.head == 1
            and not any(self.table.sections)
            and all(kind in _PLAIN for kind in kinds[1:])
            and all(row[0].text for row in self.table.body)
        )


Change = Callable[[Known], Grid | None]


def _cell(text: str, like: Cell) -> Cell:
    return Cell(text=text, line=like.line, column=like.column)


def _with(grid: Grid, rows: list[tuple[Cell, ...]], head: int | None = None) -> Grid:
    return replace(grid, rows=tuple(rows), header_rows=grid.header_rows if head is None else head)


def with_column(name: str, texts: tuple[str, ...], at: int) -> Change:
    """A column of facts at a place; -1 is the last."""

    def change(known: Known) -> Grid | None:
        if known.layout.rows_are is Kind.BENCHMARK or not known.head:
            return None
        if at >= 0 and any(row[at].is_continued for row in known.grid.rows):
            # No column stands within a heading of several.
            return None
        rows: list[tuple[Cell, ...]] = []
        for number, row in enumerate(known.grid.rows):
            place = len(row) if at < 0 else at
            if number < known.head:
                text = name if number == len(known.table.header) - 1 else ""
            else:
                filled = {c.text for c in row if c.text}
                is_section = len(filled) < 2
                text = "" if is_section else texts[number % len(texts)]
            rows.append((*row[:place], _cell(text, row[0]), *row[place:]))
        return _with(known.grid, rows)

    return change


def with_row(name: str, texts: tuple[str, ...], *, is_last: bool) -> Change:
    """A row of facts among benchmarks."""

    def change(known: Known) -> Grid | None:
        labels = [c for c in known.layout.columns if c.kind not in _PLAIN]
        if known.layout.rows_are is not Kind.BENCHMARK or len(labels) != 1 or labels[0].place:
            return None
        like = known.grid.rows[0]
        row = (
            _cell(name, like[0]),
            *(_cell(texts[n % len(texts)], cell) for n, cell in enumerate(like[1:])),
        )
        rows = list(known.grid.rows)
        rows.insert(len(rows) if is_last else known.head, row)
        return _with(known.grid, rows)

    return change


def with_columns_turned(known: Known) -> Grid | None:
    """Columns of numbers from the last to the first."""
    if not known.is_plain:
        return None
    return _with(known.grid, [(row[0], *row[:0:-1]) for row in known.grid.rows])


def with_rows_turned(known: Known) -> Grid | None:
    """Rows from the last to the first."""
    if not known.is_plain:
        return None
    return _with(known.grid, [known.grid.rows[0], *known.grid.rows[:0:-1]])


def transposed(known: Known) -> Grid | None:
    """Rows as columns."""
    if not known.is_plain:
        return None
    corner = replace(known.grid.rows[0][0], text="")
    first = (corner, *known.grid.rows[0][1:])
    return _with(known.grid, list(zip(first, *known.grid.rows[1:], strict=True)))


def with_section(known: Known) -> Grid | None:
    """A row of one text that heads all others."""
    if any(known.table.sections) or not known.head:
        return None
    like = known.grid.rows[0]
    row = (_cell("Open models", like[0]), *(_cell("", cell) for cell in like[1:]))
    rows = list(known.grid.rows)
    rows.insert(known.head, row)
    return _with(known.grid, rows)


def with_parents(*names: str) -> Change:
    """A row above the header whose cells span columns of numbers, half of them each."""

    def change(known: Known) -> Grid | None:
        if not known.is_plain or known.layout.rows_are is not Kind.MODEL or known.grid.width < 5:
            return None
        width = known.grid.width - 1
        parts = [width // len(names)] * len(names)
        parts[-1] += width - sum(parts)
        like = known.grid.rows[0][0]
        top = [_cell("", like)]
        for name, count in zip(names, parts, strict=True):
            top.append(_cell(name, like))
            top.extend(replace(_cell(name, like), is_continued=True) for _ in range(count - 1))
        return _with(known.grid, [tuple(top), *known.grid.rows], head=2)

    return change


def with_cells(said: Callable[[str, int], str]) -> Change:
    """Numbers of the body with something around each."""

    def change(known: Known) -> Grid | None:
        places = {column.place for column in known.layout.numbers}
        rows = list(known.grid.rows)
        count = 0
        for number in range(known.head, len(rows)):
            cells = list(rows[number])
            for place in places:
                text = cells[place].text
                if text.replace(".", "", 1).isdecimal() and "." in text:
                    cells[place] = replace(cells[place], text=said(text, count))
                    count += 1
            rows[number] = tuple(cells)
        return _with(known.grid, rows) if count else None

    return change


def with_labels(said: Callable[[str], str], *, of: Kind) -> Change:
    """The labels of benchmarks or of models with something around each."""

    def change(known: Known) -> Grid | None:
        if not known.is_plain:
            return None
        is_rows = known.layout.rows_are is of
        rows = [list(row) for row in known.grid.rows]
        cells = (
            [(n, 0) for n in range(1, len(rows))]
            if is_rows
            else [(0, c) for c in range(1, len(rows[0]))]
        )
        for r, c in cells:
            if rows[r][c].text:
                rows[r][c] = replace(rows[r][c], text=said(rows[r][c].text))
        return _with(known.grid, [tuple(row) for row in rows])

    return change


def with_numbered_rows(known: Known) -> Grid | None:
    """A column `#` before all others."""
    if not known.is_plain:
        return None
    rows = [(_cell(str(n) if n else "#", row[0]), *row) for n, row in enumerate(known.grid.rows)]
    return _with(known.grid, rows)


def with_bold(known: Known) -> Grid | None:
    """The first number of each row in bold."""
    rows = list(known.grid.rows)
    place = known.layout.numbers[0].place
    for number in range(known.head, len(rows)):
        cells = list(rows[number])
        if cells[place].text:
            cells[place] = replace(cells[place], is_bold=True)
        rows[number] = tuple(cells)
    return _with(known.grid, rows)


def without_corner(known: Known) -> Grid | None:
    """No text above the first column."""
    if not known.is_plain:
        return None
    first = known.grid.rows[0]
    return _with(known.grid, [(replace(first[0], text=""), *first[1:]), *known.grid.rows[1:]])


def as_long(known: Known) -> Grid | None:
    """A row for each number."""
    if not known.is_plain:
        return None
    names = (
        ("Model", "Benchmark") if known.layout.rows_are is Kind.MODEL else ("Benchmark", "Model")
    )
    like = known.grid.rows[0][0]
    rows = [tuple(_cell(t, like) for t in (*names, "Score"))]
    for row in known.grid.rows[1:]:
        rows.extend(
            (row[0], head, cell)
            for head, cell in zip(known.grid.rows[0][1:], row[1:], strict=True)
            if cell.text
        )
    return _with(known.grid, rows)


def changes() -> Iterator[tuple[str, Change]]:
    """All changes by name."""
    for name, texts in FACTS.items():
        yield f"column {name} last", with_column(name, texts, -1)
        yield f"column {name} second", with_column(name, texts, 1)
        yield f"row {name} last", with_row(name, texts, is_last=True)
        yield f"row {name} first", with_row(name, texts, is_last=False)
    yield "columns turned", with_columns_turned
    yield "rows turned", with_rows_turned
    yield "transposed", transposed
    yield "section", with_section
    yield "parents", with_parents("Knowledge", "Reasoning")
    yield "one parent", with_parents("Downstream tasks")
    yield "accuracy above", with_parents("Accuracy")
    yield "change in parentheses", with_cells(lambda t, n: f"{t} ({'+' if n % 2 else '-'}1.3)")
    yield "change beside", with_cells(lambda t, n: f"{t} {'↑' if n % 2 else '↓'}0.8")
    yield "plus minus", with_cells(lambda t, _: f"{t} ± 0.4")
    yield "dagger", with_cells(lambda t, n: t if n % 3 else f"{t}†")
    yield "star", with_cells(lambda t, n: t if n % 3 else f"{t}*")
    yield "rank beside", with_cells(lambda t, n: f"{t} ({n % 4 + 1})")
    yield "raised letter", with_cells(lambda t, n: t if n % 3 else f"{t}<sup>a</sup>")
    yield "arrows in headings", with_labels(lambda t: f"{t} ↑", of=Kind.BENCHMARK)
    yield "numbered rows", with_numbered_rows
    yield "bold", with_bold
    yield "no corner", without_corner
    yield "long", as_long
