"""The tables in a text as lm-eval prints them, row by row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADINGS = frozenset({"tasks", "task", "groups"})
_NEEDED = ("version", "metric", "value")
_RULE = re.compile(r"[-: ]*")
_NESTED = re.compile(r"( {0,32})- *(\S.*)")
_COMMENTED = re.compile(r"[ \t]{0,16}(?:#|//) {0,4}(?=\|)")
"""Before the rows of a table in the comments of a program."""
_LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRow:
    """A row: one metric of one task or group.

    Attributes:
        line: Its line in the text, from 1.
        task: As printed, without the marks that put it below a group.
        above: The groups that it is printed below, the outermost first.
        version: Version of the task; empty if none is printed.
        filter: Name of the filter; empty if the table has no such column.
        shots: Number of shots; empty if none is printed.
        metric: For example `acc`.
        value: As printed.
        stderr: As printed; empty if none is.
        is_group: Whether it stands in the table of groups.
    """

    line: int
    task: str
    above: tuple[str, ...]
    version: str
    filter: str
    shots: str
    metric: str
    value: str
    stderr: str
    is_group: bool


def header_of(line: str) -> dict[str, int] | None:
    """The columns of the heading of such a table by their names; `None` of another line."""
    if "|" not in line or len(line) > _LONGEST_LINE:
        return None
    names = [cell.strip().casefold() for cell in _cells(line)]
    found = {name: place for place, name in enumerate(names) if name}
    is_one = bool(names) and names[0] in _HEADINGS and all(name in found for name in _NEEDED)
    return found if is_one else None


def printed_rows(lines: list[str], passed_over: list[str]) -> Iterator[PrintedRow]:
    """The rows of all tables in a text.

    Args:
        lines: The lines of the text.
        passed_over: Sentences on lines within a table that are no rows are added to it.
    """
    columns: dict[str, int] | None = None
    task = _Task()
    for number, written in enumerate(lines, start=1):
        line = _COMMENTED.sub("", written, count=1) if "|" in written else written
        if (found := header_of(line)) is not None:
            columns, task = found, _Task()
            continue
        if columns is None:
            continue
        if not line.strip().startswith("|") or len(line) > _LONGEST_LINE:
            columns = None
            continue
        cells = _cells(line)
        if all(_RULE.fullmatch(cell) for cell in cells):
            continue
        row = _row(number, cells, columns, task)
        if row is None:
            passed_over.append(f"line {number}: no task, metric and value; passed over")
        else:
            yield row


def _cells(line: str) -> list[str]:
    return line.strip().removeprefix("|").removesuffix("|").split("|")


@dataclass(slots=True)
class _Task:
    """What the rows before said: only the first row of a task names it.

    Attributes:
        names: The task, and the groups above it, the outermost first, with the depth of each.
        version: Its version.
    """

    names: tuple[tuple[int, str], ...] = ()
    version: str = ""

    def take(self, cell: str, version: str) -> None:
        nested = _NESTED.fullmatch(cell.rstrip())
        depth = len(nested[1]) + 1 if nested else 0
        name = (nested[2] if nested else cell).strip()
        self.names = (*(one for one in self.names if one[0] < depth), (depth, name))
        self.version = version


def _row(number: int, cells: list[str], columns: dict[str, int], task: _Task) -> PrintedRow | None:
    def said(name: str) -> str:
        place = columns.get(name)
        return "" if place is None or place >= len(cells) else cells[place].strip()

    heading = next(name for name in columns if columns[name] == 0)
    if cells[0].strip():
        task.take(cells[0], said("version"))
    if not task.names or not said("metric") or not said("value"):
        return None
    (*above, (_, name)) = task.names
    return PrintedRow(
        line=number,
        task=name,
        above=tuple(group for _, group in above),
        version=task.version,
        filter=said("filter"),
        shots=said("n-shot"),
        metric=said("metric"),
        value=said("value"),
        stderr=said("stderr"),
        is_group=heading == "groups",
    )
