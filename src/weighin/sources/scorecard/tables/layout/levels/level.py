"""The labels of a table as levels along its columns and rows, and what can be told of each."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.layout.column import Column
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.no_scores import no_score
from weighin.sources.scorecard.tables.layout.words import (
    is_language,
    is_metric,
    is_model,
    is_shots,
    is_variant,
    named_kind,
)

_DITTO = frozenset(
    (
        '"', "''", "\u201d", "\u2033", "\u3003", "々", "ditto", "dito", "idem", "ibid", "same",
        "same as above", "as above", "see above", "同上", "如上", "上同", "上記と同じ", "위와 같음",
        "wie oben", "siehe oben", "ídem", "igual que arriba", "idem ci-dessus", "как выше", "то же",
    )
)  # fmt: skip


class Axis(StrEnum):
    """Along what a level stands."""

    COLUMNS = "columns"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Labels of one kind: a row of the header, a column of labels, or the section rows.

    Attributes:
        axis: Along what they stand.
        place: Number of the row of the header or of the column; -1 for section rows.
        labels: The distinct ones.
        kind: What the name of the column says; `None` if it says nothing.
    """

    axis: Axis
    place: int
    labels: tuple[str, ...]
    kind: Kind | None = None

    def share(self, is_one: Callable[[str], bool]) -> float:
        """The share of labels of which something holds."""
        return sum(map(is_one, self.labels)) / len(self.labels) if self.labels else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One level, or two that name a thing together, such as `AIME` above `2025`.

    Attributes:
        levels: From the outer to the inner.
        known: Share of its labels that are benchmarks of the registry.
        labels: The distinct ones, joined.
    """

    levels: tuple[Level, ...]
    known: float
    labels: tuple[str, ...]

    @property
    def axis(self) -> Axis:
        """Along what it stands; where a group stands before rows, that of the inner."""
        return self.levels[-1].axis


def label_of(table: Table, level: Level, row: int, column: int) -> str:
    """The label of a level at a cell of the body, without footnote marks."""
    if level.axis is Axis.COLUMNS:
        return label_and_marks(table.header[level.place][column].text)[0]
    if level.place < 0:
        return table.sections[row]
    return bare_label(table.body[row][level.place].text)


def bare_label(text: str) -> str:
    """A label without footnote marks, and without what draws it as a part of the one above."""
    label = label_and_marks(text)[0]
    if is_ditto(label):
        return ""
    return label.lstrip("-–•└├─│ ") or label


def is_ditto(text: str) -> bool:
    """Whether a text says that it is the same as above."""
    return text.strip(" .()[]").casefold() in _DITTO


def levels_of(table: Table, columns: Sequence[Column], is_known: IsKnown) -> tuple[Level, ...]:
    """All levels of a table."""
    numbers = [c.place for c in columns if c.kind in {Kind.NUMBERS, Kind.VALUE}]
    rows = list(range(len(table.body)))
    if not any(is_known(c.name) for c in columns if c.place in numbers):
        # Below benchmarks stand models, and one may be called Paper.
        rows = [r for r in rows if not _is_of_no_score(table, columns, r)] or rows
    found: list[Level] = []
    for place, header in enumerate(table.header):
        labels = _distinct(label_and_marks(header[column].text)[0] for column in numbers)
        corner = next((c.names[place] for c in columns[:1] if len(c.names) > place), "")
        kind = named_kind(corner) if len(table.header) > 1 and corner else None
        found.append(Level(axis=Axis.COLUMNS, place=place, labels=labels, kind=kind))
    if any(table.sections):
        labels = _distinct(table.sections)
        found.append(Level(axis=Axis.ROWS, place=-1, labels=labels))
    last = max(numbers, default=0)
    for column in columns:
        is_label = column.kind in {
            Kind.MODEL, Kind.BENCHMARK, Kind.METRIC, Kind.GROUP, Kind.SETTING,
        }  # fmt: skip
        if not is_label or (column.why == "words" and column.place > last):
            continue
        labels = _distinct(bare_label(table.body[r][column.place].text) for r in rows)
        kind = None if column.why == "words" else column.kind
        found.append(Level(axis=Axis.ROWS, place=column.place, labels=labels, kind=kind))
    return tuple(level for level in found if level.labels)


def _is_of_no_score(table: Table, columns: Sequence[Column], row: int) -> bool:
    labels = [
        table.body[row][c.place].text
        for c in columns
        if c.kind is Kind.BENCHMARK or (c.kind is Kind.GROUP and c.why == "words")
    ]
    return any(no_score(label) for label in labels[:3] if label)


def _distinct(labels: "Iterator[str] | Sequence[str]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for label in labels if label))


def candidates(
    table: Table, levels: Sequence[Level], columns: Sequence[Column], is_known: IsKnown
) -> Iterator[Joined]:
    """Each level, and each two neighbours that name more benchmarks together than alone."""
    numbers = [c.place for c in columns if c.kind in {Kind.NUMBERS, Kind.VALUE}]
    singles = [
        Joined(levels=(level,), known=level.share(is_known), labels=level.labels)
        for level in levels
    ]
    yield from singles
    for outer, inner in pairwise(levels):
        if outer.axis is not inner.axis or min(outer.place, inner.place) < 0:
            continue
        if outer.axis is Axis.COLUMNS:
            pairs = [
                (label_of(table, outer, 0, c), label_of(table, inner, 0, c))
                for c in numbers
                if table.body
            ]
        else:
            pairs = [
                (label_of(table, outer, r, 0), label_of(table, inner, r, 0))
                for r in range(len(table.body))
            ]
        joined = _distinct(_join(*pair) for pair in pairs)
        together = sum(is_known(_join(*pair)) for pair in pairs)
        alone = max(sum(is_known(pair[place]) for pair in pairs) for place in (0, 1))
        if together > alone:
            yield Joined(levels=(outer, inner), known=together / len(pairs), labels=joined)


def _join(outer: str, inner: str) -> str:
    return outer if outer == inner or not inner else f"{outer} {inner}".strip()


def is_meta(level: Level) -> bool:
    """Whether most labels of a level are metrics, shots, languages or ways to run."""
    return (
        level.share(lambda t: is_metric(t) or is_shots(t) or is_language(t) or is_variant(t)) > 0.5  # noqa: PLR2004  # most
        or level.kind is Kind.METRIC
    )


def is_protocol(level: Level) -> bool:
    """Whether most labels of a level are metrics or shots."""
    return level.share(lambda t: is_metric(t) or is_shots(t)) > 0.5  # noqa: PLR2004  # most


def are_settings(table: Table, level: Level, others: Sequence[Level]) -> bool:
    """Whether the labels of a column come again below each of those in the column before it.

    `base` and `tuned` below each of two sizes are no models by themselves.
    """
    if level.axis is Axis.COLUMNS or level.place < 0 or level.kind is Kind.MODEL:
        return False
    outer = [o for o in others if o.axis is Axis.ROWS and 0 <= o.place < level.place]
    if not outer:
        return False
    below: dict[str, set[str]] = defaultdict(set)
    head = ""
    for row in range(len(table.body)):
        own = label_of(table, outer[-1], row, 0)
        head = own or head
        label = label_of(table, level, row, 0)
        if own and not label:
            # A model has a name in every row.
            return True
        below[label].add(head)
    shared = sum(len(heads) > 1 for heads in below.values())
    return shared * 2 >= len(below) > 0


def model_share(level: Level) -> float:
    """The share of labels that look like models."""
    return level.share(is_model)
