"""A table in another syntax, or changed in what says nothing new, says what it said before."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from tests.unit.sources.scorecard.tables.answers import UNSEEN, cases, table_of
from tests.unit.sources.scorecard.tables.variants.changed import Known, changes
from tests.unit.sources.scorecard.tables.variants.written import SYNTAXES, Written

from weighin.errors import WeighinError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.benchmark_label import benchmark_label
from weighin.sources.scorecard.tables.cells.decimal_commas import with_points
from weighin.sources.scorecard.tables.corrections import UNNAMED_MODEL, corrections
from weighin.sources.scorecard.tables.grid import Grid
from weighin.sources.scorecard.tables.layout.header import tables_in
from weighin.sources.scorecard.tables.layout.understood import layout_of
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables
from weighin.sources.scorecard.tables.syntax.encoding import text_of
from weighin.sources.scorecard.tables.syntax.told_syntax import pasted

REGISTRY = load_registry()
FEWEST_ALIKE = 0.98
"""Some changes say something all the same: a space less, and headings stand in one."""


BY_SETTINGS = frozenset(
    ("csv/settings-in-numbers", "csv/methods-seeds-and-times", "markdown/suites-with-counts")
)
"""Tables in which settings alone tell rows apart: one more setting is one more name."""


def claims(written: Written) -> Counter[tuple[str, ...]] | str:
    """What a text claims, or why it is refused."""
    text, ending = written
    try:
        read = read_tables(text.encode(), f"t{ending}", REGISTRY, corrections(), ending)
        numbers = scorecard_of_tables(read).numbers
    except WeighinError as error:
        return str(error)
    return Counter(
        (_model(n.artifact), n.benchmark, n.registered_as, n.printed, n.unit.value) for n in numbers
    )


def _model(name: str) -> str:
    """A model; where a table names none, without what stands for it, such as a size beside it."""
    return UNNAMED_MODEL if name.startswith(UNNAMED_MODEL) else name


@cache
def grids() -> tuple[tuple[str, Grid], ...]:
    """The tables of all cases, each of which says alone what it says in its file."""
    return tuple(_grids())


def _grids() -> Iterator[tuple[str, Grid]]:
    for folder in (*cases(), *cases(UNSEEN)):
        path = table_of(folder)
        text, _ = text_of(path.read_bytes(), path.name)
        whole = claims((text, path.suffix))
        if isinstance(whole, str):
            continue
        for grid in with_points(pasted(text, path.name, path.suffix)).grids:
            alone = claims(SYNTAXES["html"](grid))
            if not isinstance(alone, str) and _are_of(alone, whole):
                yield f"{folder.parent.name}/{folder.name}", grid


def _are_of(alone: Counter[tuple[str, ...]], whole: Counter[tuple[str, ...]]) -> bool:
    """Whether claims are among others, where a page may name a model that a table does not."""
    named = Counter({claim: n for claim, n in alone.items() if claim[0] != UNNAMED_MODEL})
    rest = alone - named
    others = Counter[tuple[str, ...]]()
    for claim, count in (whole - named).items():
        others[claim[1:]] += count
    return not named - whole and not Counter({c[1:]: n for c, n in rest.items()}) - others


def is_known(label: str) -> bool:
    """Whether a label is the name of a benchmark."""
    return bool(label) and benchmark_label(label, REGISTRY).benchmark is not None


def known(grid: Grid) -> Known | None:
    """A grid with what its labels are; `None` where it holds several tables, or is read apart."""
    text, ending = SYNTAXES["html"](grid)
    found = with_points(pasted(text, "t", ending)).grids
    tables = [table for part in found for table in tables_in(part, is_known)]
    if len(tables) != 1 or not any(row is tables[0].body[0] for row in found[0].rows):
        return None
    layout = layout_of(tables[0], is_known, {})
    return None if isinstance(layout, str) else Known(found[0], tables[0], layout)


def _texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def unlike_in_syntaxes(every: int) -> tuple[list[str], int]:
    """What reads otherwise in another syntax, and how many renderings were read."""
    told: list[str] = []
    count = 0
    for name, grid in grids()[::every]:
        before = claims(SYNTAXES["html"](grid))
        has_gap = any(not any(cells) for cells in zip(*_texts(grid), strict=True))
        for syntax, write in SYNTAXES.items():
            if syntax == "text" and has_gap:
                # Nothing stands for an empty column between spaces.
                continue
            count += 1
            if claims(write(grid)) != before:
                told.append(f"{name} as {syntax}")
    return told, count


def unlike_when_changed(every: int, of_changes: int) -> tuple[list[str], int]:
    """What reads otherwise when changed, and how many changes were made."""
    told: list[str] = []
    count = 0
    for number, (name, grid) in enumerate(grids()[::every]):
        whole = None if name in BY_SETTINGS else known(grid)
        before = claims(SYNTAXES["html"](whole.grid)) if whole is not None else ""
        for title, change in list(changes())[number % of_changes :: of_changes]:
            changed = None if whole is None else change(whole)
            if changed is not None:
                count += 1
                if claims(SYNTAXES["html"](changed)) != before:
                    told.append(f"{name}: {title}")
    return told, count


def test_some_tables_say_the_same_in_every_syntax():
    told, count = unlike_in_syntaxes(24)
    assert (told, count >= 30) == ([], True)


def test_some_tables_say_the_same_whatever_stands_beside_their_numbers():
    told, count = unlike_when_changed(12, 12)
    assert (told, count >= 100) == ([], True)


@pytest.mark.soak
def test_all_tables_say_the_same_in_every_syntax():
    told, count = unlike_in_syntaxes(1)
    assert count - len(told) >= FEWEST_ALIKE * count, told


@pytest.mark.soak
def test_all_tables_say_the_same_whatever_stands_beside_their_numbers():
    told, count = unlike_when_changed(1, 4)
    assert count - len(told) >= FEWEST_ALIKE * count, told
