"""Tables as they were understood, and what of them was passed over, in words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.unclear import ASKED, Told, asked_beside
from weighin.sources.scorecard.tables.claims.fates import CellFate, fates
from weighin.sources.scorecard.tables.claims.found import Found, PassedOver
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.understood import Layout


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
    answer: list[str] = [*read.remarks, *_not_understood(read.tables)]
    asked = False
    is_in_percent = any(
        told.is_sure and told.unit is Unit.PERCENT
        for table in read.tables
        for _, told in table.numbers
    )
    columns: dict[tuple[str, str, str], list[PassedOver]] = defaultdict(list)
    for table in read.tables:
        for over in table.passed_over:
            if over.what == "column":
                columns[over.what, over.name, over.why].append(over)
    for table in read.tables:
        joined: dict[tuple[str, str, str], list[PassedOver]] = defaultdict(list)
        for over in table.passed_over:
            key = (over.what, over.name, over.why)
            if over.what == "column":
                joined[key] = columns.pop(key, joined[key])
                continue
            # Cells are alike whose cause is the same but for what stands in them.
            of_cells = ("cell", "", over.why.replace(over.name, "\0", 1) if over.name else over.why)
            joined[of_cells if over.what == "cell" else key].append(over)
        answer.extend(_told(places) for places in joined.values() if places)
        answer.extend(_unsure(table, _PERCENT if is_in_percent else _BY_FORM))
        for label, numbers in _without_unit(table).items():
            first = numbers[0]
            is_alone = all(told.unit is None for _, told in table.numbers)
            way = "" if asked else f": {ASKED if is_alone else asked_beside(label)}"
            asked = True
            answer.append(
                f"{pointer(first)}: {len(numbers)} of {label}, the first {first.cell.number}{way}"
            )
    return tuple(answer)


def _not_understood(tables: Sequence[ReadTable]) -> Iterator[str]:
    """Tables that are not understood; those for one cause are told together, each by its name."""
    causes: dict[str, list[ReadTable]] = defaultdict(list)
    for table in tables:
        if isinstance(table.layout, str):
            causes[table.layout].append(table)
    for why, found in causes.items():
        if len(found) < _FEWEST_JOINED:
            for table in found:
                title = f" ({table.title})" if table.title else ""
                yield f"line {table.line}: table{title}: {why}"
            continue
        named = "; ".join(
            f"line {table.line}" + (f" ({table.title[:_LONGEST_NAME]})" if table.title else "")
            for table in found
        )
        yield f"{len(found)} tables: {named}: {why}"


def _unsure(table: ReadTable, why_percent: str) -> Iterator[str]:
    """Numbers whose unit is told by their form alone, joined by cause."""
    alike: dict[str, list[Found]] = defaultdict(list)
    for number, told in table.numbers:
        if told.is_sure:
            continue
        if told.is_by_form and told.unit is not Unit.SHARE:
            alike[_BY_FORM if told.unit is Unit.PERCENT else _OTHERS].append(number)
        elif told.unit is Unit.SHARE:
            alike[_SHARES].append(number)
        elif any(t.is_sure and t.unit is Unit.PERCENT for _, t in table.numbers):
            yield (
                f"{pointer(number)}: {number.cell.number} on {number.label} is read as the "
                f"percentage that its neighbours are, but looks like {_looks(number)}; nothing is "
                "held against it"
            )
        else:
            alike[why_percent].append(number)
    for why, numbers in alike.items():
        labels = list(dict.fromkeys(number.label for number in numbers))
        more = f" and {len(labels) - _MOST_LABELS} more" if len(labels) > _MOST_LABELS else ""
        of = f"{', '.join(labels[:_MOST_LABELS])}{more}"
        yield f"{pointer(numbers[0])}: {len(numbers)} of {of} are read as {why}"


def _looks(number: Found) -> str:
    return "a share" if float(number.cell.number) <= 1 else "none"


_SHARES = "shares by their form alone; nothing is held against them (--unit says it)"
_BY_FORM = "percentages by their form alone; nothing is held against them (--unit says it)"
_OTHERS = "numbers in a unit of their own, for nothing tells it (--unit says it)"
_PERCENT = (
    "percentages, for those in other tables here are; nothing is held against them (--unit says it)"
)
_BY_FORM = "percentages by their form alone; nothing is held against them (--unit says it)"
_MOST_LABELS = 3
_FEWEST_JOINED = 3
_MOST_OTHERS = 4
_LONGEST_NAME = 60


def _told(places: Sequence[PassedOver]) -> str:
    """What was passed over for one cause, at the first of its places."""
    first = places[0]
    cell = f", cell {first.column}" if first.what == "cell" else ""
    more = f", and {len(places) - 1} more" if len(places) > 1 else ""
    shown = f" {first.name!r}" if first.name and first.what != "cell" else ""
    others = list(
        dict.fromkeys(p.name for p in places if p.what == "cell" and p.name != first.name)
    )
    beyond = ", …" if len(others) > _MOST_OTHERS else ""
    also = f" (also {', '.join(others[:_MOST_OTHERS])}{beyond})" if others else ""
    return f"line {first.line}{cell}{more}: {first.what}{shown}: {first.why}{also}"


def _without_unit(table: ReadTable) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = defaultdict(list)
    for number, told in table.numbers:
        if told.unit is None:
            found[number.label].append(number)
    return found


def pointer(number: Found) -> str:
    """Where a number stands, for example `line 4, cell 3`."""
    return f"line {number.source.line}, cell {number.source.column}"
