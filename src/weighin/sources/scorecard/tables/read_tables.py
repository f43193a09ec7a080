"""Tables as they were understood, and what of them was passed over, in words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.fates import CellFate, fates
from weighin.sources.scorecard.tables.claims.found import Found, PassedOver
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.understood import Layout
from weighin.sources.scorecard.tables.told_unit import ASKED, Told, asked_beside


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTable:
    """A table as it was understood.

    Attributes:
        table: It.
        title: Its caption, or the heading above it; empty if there is none.
        within: The headings above that, from the outer to the inner.
        line: Its first line.
        layout: What its labels are; a text says why that cannot be told.
        numbers: Its numbers with their units.
        passed_over: What was not read.
    """

    table: Table
    title: str
    within: tuple[str, ...] = ()
    line: int
    layout: Layout | str
    numbers: tuple[tuple[Found, Told], ...] = ()
    passed_over: tuple[PassedOver, ...] = ()

    def fates(self) -> Iterator[CellFate]:
        """What became of each cell of its body in which a number stands."""
        read = {number.source for number, _ in self.numbers}
        return fates(self.table, self.layout, read, self.passed_over)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTables:
    """All tables of a file as they were understood.

    Attributes:
        shown: How the file is named.
        syntax: How it is written.
        remarks: What one must know of how it was read.
        tables: Those that hold or may hold scores.
        footnotes: Text by mark.
        sha256: Of its bytes.
    """

    shown: str
    syntax: str
    remarks: tuple[str, ...]
    tables: tuple[ReadTable, ...]
    footnotes: Mapping[str, str]
    sha256: str


def passed_over(read: ReadTables) -> tuple[str, ...]:
    """What of tables was not read, in words, each with its line; causes that repeat are joined."""
    answer: list[str] = list(read.remarks)
    asked = False
    for table in read.tables:
        if isinstance(table.layout, str):
            title = f" ({table.title})" if table.title else ""
            answer.append(f"line {table.line}: table{title}: {table.layout}")
        joined: dict[tuple[str, str, str], list[PassedOver]] = defaultdict(list)
        for over in table.passed_over:
            joined[over.what, over.name, over.why].append(over)
        answer.extend(_told(key, places) for key, places in joined.items())
        answer.extend(_unsure(table))
        for label, numbers in _without_unit(table).items():
            first = numbers[0]
            is_alone = all(told.unit is None for _, told in table.numbers)
            way = "" if asked else f": {ASKED if is_alone else asked_beside(label)}"
            asked = True
            answer.append(
                f"{pointer(first)}: {len(numbers)} of {label}, the first {first.cell.number}{way}"
            )
    return tuple(answer)


def _unsure(table: ReadTable) -> Iterator[str]:
    """Numbers whose unit is told by their form alone; shares are joined by benchmark."""
    shares: dict[str, list[Found]] = defaultdict(list)
    percent: dict[str, list[Found]] = defaultdict(list)
    for number, told in table.numbers:
        if told.is_sure:
            continue
        if told.unit is Unit.SHARE:
            shares[number.label].append(number)
            continue
        if not any(t.is_sure and t.unit is Unit.PERCENT for _, t in table.numbers):
            percent[number.label].append(number)
            continue
        yield (
            f"{pointer(number)}: {number.cell.number} on {number.label} is read as the percentage "
            "that its neighbours are, but looks like a share; nothing is held against it"
        )
    for label, numbers in percent.items():
        yield (
            f"{pointer(numbers[0])}: {len(numbers)} of {label} are read as percentages, for those "
            "in other tables here are; nothing is held against them (--unit says it)"
        )
    for label, numbers in shares.items():
        yield (
            f"{pointer(numbers[0])}: {len(numbers)} of {label} are read as shares by their form "
            "alone; nothing is held against them (--unit says it)"
        )


def _told(key: tuple[str, str, str], places: Sequence[PassedOver]) -> str:
    """What was passed over for one cause, at the first of its places."""
    (what, name, why), first = key, places[0]
    cell = f", cell {first.column}" if what == "cell" else ""
    more = f", and {len(places) - 1} more" if len(places) > 1 else ""
    shown = f" {name!r}" if name and what != "cell" else ""
    return f"line {first.line}{cell}{more}: {what}{shown}: {why}"


def _without_unit(table: ReadTable) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = defaultdict(list)
    for number, told in table.numbers:
        if told.unit is None:
            found[number.label].append(number)
    return found


def pointer(number: Found) -> str:
    """Where a number stands, for example `line 4, cell 3`."""
    return f"line {number.source.line}, cell {number.source.column}"
