"""The rows of a matrix as they stand in a file: many that are alike are told in one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from weighin.reports.page.model import OUTCOME_OF, Cell, CellState, Matrix, MatrixRow
from weighin.reports.shared.wording import DISPUTED, MARKS
from weighin.rules.interface import Outcome

MOST_ROWS: Final = 60

_FEW: Final = 12
"""Rows that each have a line of their own, alike or not."""
_ALIKE: Final = 3
"""Rows that are told in one, at least."""
_LEGEND: Final = {
    CellState.DIFFERENT: "different",
    CellState.DISPUTED: "two things disagree",
    CellState.UNKNOWN: "not known",
    CellState.SAME: "as on the other benchmarks",
    CellState.NOT_APPLICABLE: "does not apply",
}
_PROBLEMS: Final = frozenset({CellState.DIFFERENT, CellState.DISPUTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One line.

    Attributes:
        names: Whose line it is; at least one.
        cells: One a column.
    """

    names: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def has_problem(self) -> bool:
        """Whether something differs or is disputed."""
        return any(cell.state in _PROBLEMS for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixView:
    """A matrix as it is shown.

    Attributes:
        facets: Titles of the columns, those first in which something differs.
        norms: What was observed where it is the same, one a column.
        rows: The lines, those first in which something differs where not all have one.
        cut: Rows that are left out.
        legend: The marks of the cells with what they say, the worst first.
    """

    facets: tuple[str, ...]
    norms: tuple[str, ...]
    rows: tuple[RowView, ...]
    cut: int
    legend: tuple[tuple[str, str], ...]


def matrix_view(matrix: Matrix) -> MatrixView:
    """A matrix as it is shown."""
    order = _order(matrix)
    rows = _rows(matrix.rows, order)
    shown = rows[:MOST_ROWS]
    norms = matrix.norms or ("",) * len(matrix.facets)
    return MatrixView(
        facets=tuple(matrix.facets[n] for n in order),
        norms=tuple(norms[n] for n in order),
        rows=shown,
        cut=sum(len(row.names) for row in rows[MOST_ROWS:]),
        legend=_legend(shown),
    )


def _order(matrix: Matrix) -> tuple[int, ...]:
    rank = dict.fromkeys(range(len(matrix.facets)), 2)
    for row in matrix.rows:
        for number, cell in enumerate(row.cells):
            state = 0 if cell.state in _PROBLEMS else 1 if cell.has_value else 2
            rank[number] = min(rank[number], state)
    return tuple(sorted(rank, key=rank.__getitem__))


def _rows(rows: Iterable[MatrixRow], order: tuple[int, ...]) -> tuple[RowView, ...]:
    single = tuple(
        RowView(names=(row.name,), cells=tuple(row.cells[n] for n in order)) for row in rows
    )
    if len(single) <= _FEW:
        return single
    alike: dict[tuple[object, ...], list[RowView]] = {}
    for row in single:
        alike.setdefault(tuple(map(_seen, row.cells)), []).append(row)
    merged: list[RowView] = []
    for group in alike.values():
        if len(group) < _ALIKE:
            merged += group
        else:
            names = tuple(row.names[0] for row in group)
            merged.append(RowView(names=names, cells=group[0].cells))
    return tuple(sorted(merged, key=lambda row: not row.has_problem))


def _seen(cell: Cell) -> tuple[object, ...]:
    """What of a cell can be seen."""
    return (
        cell.state,
        cell.grade,
        cell.is_waived,
        cell.is_alone,
        cell.summary if cell.has_value else "",
    )


def _legend(rows: Iterable[RowView]) -> tuple[tuple[str, str], ...]:
    cells = [cell for row in rows for cell in row.cells]
    states = {cell.state for cell in cells if not cell.is_waived and not cell.is_alone}
    told = [(_mark(state), words) for state, words in _LEGEND.items() if state in states]
    if any(cell.is_alone for cell in cells):
        told.append((MARKS[Outcome.NOT_APPLICABLE], "alone: nothing to compare it with"))
    if any(cell.is_waived for cell in cells):
        told.append((MARKS[Outcome.WAIVED], "somebody accepts it"))
    return tuple(told)


def _mark(state: CellState) -> str:
    return DISPUTED if state is CellState.DISPUTED else MARKS[OUTCOME_OF[state]]
