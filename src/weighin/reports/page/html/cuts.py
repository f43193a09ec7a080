"""How much of each list stands in an HTML file, so that it stays small whatever it tells."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from weighin.reports.page.model import (
    CellState,
    Findings,
    Items,
    Matrix,
    MatrixRow,
    Page,
    Phrase,
    Run,
    Section,
    Statement,
)

MOST_CELLS: Final = 2000
MOST_ROWS: Final = 200
MOST_FILES: Final = 60

_CHARACTERS_OF_STATEMENTS: Final = 120_000
_MARKUP_OF_STATEMENT: Final = 160
_MARKUP_OF_FACT: Final = 40
_LONGEST: Final = 2000
_PROBLEMS: Final = frozenset({CellState.DIFFERENT, CellState.DISPUTED})

_Piece = TypeVar("_Piece")


class Cuts:
    """What is left out of a page, decided before it is written: the lightest blocks first."""

    def __init__(self, page: Page) -> None:
        self._shown: dict[int, int] = {}
        left = _CHARACTERS_OF_STATEMENTS
        blocks = list(_findings(page.sections))
        for block in sorted(blocks, key=lambda b: b.weight.order if b.weight else -1):
            for group in block.groups:
                fitting = 0
                for statement in group.statements:
                    left -= _size(statement)
                    if left < 0:
                        break
                    fitting += 1
                self._shown[id(group)] = fitting

    def statements(self, group: object, statements: Sequence[Statement]) -> Sequence[Statement]:
        """The statements of a group that stand in the file."""
        return statements[: self._shown.get(id(group), len(statements))]

    def rows(self, matrix: Matrix) -> tuple[MatrixRow, ...]:
        """The rows of a matrix that stand in the file: those with a problem before the others."""
        most = max(1, MOST_CELLS // max(1, len(matrix.facets)))
        if len(matrix.rows) <= most:
            return matrix.rows
        ranked = sorted(range(len(matrix.rows)), key=lambda n: not _has_problem(matrix.rows[n]))
        return tuple(matrix.rows[n] for n in sorted(ranked[:most]))

    def first(self, pieces: Sequence[_Piece], most: int = MOST_ROWS) -> Sequence[_Piece]:
        """The first pieces of a list."""
        return pieces[:most]

    def facets(self, matrix: Matrix) -> tuple[int, ...]:
        """The columns of a matrix, those first in which something differs."""
        rank = dict.fromkeys(range(len(matrix.facets)), 2)
        for row in matrix.rows:
            for number, cell in enumerate(row.cells):
                state = 0 if cell.state in _PROBLEMS else 1 if cell.has_value else 2
                rank[number] = min(rank[number], state)
        return tuple(sorted(rank, key=rank.__getitem__))


def _has_problem(row: MatrixRow) -> bool:
    return any(cell.state in _PROBLEMS for cell in row.cells)


def _findings(sections: Sequence[Section]) -> Iterator[Findings]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Findings))
        yield from _findings(section.parts)


def _size(statement: Statement) -> int:
    """About how many characters a statement takes."""
    size = _MARKUP_OF_STATEMENT + min(_LONGEST, len(statement.sentence.text))
    return size + sum(_MARKUP_OF_FACT + _length(fact.words) for fact in statement.facts)


def _length(phrase: Phrase) -> int:
    length = 0
    for piece in phrase:
        if isinstance(piece, Run):
            length += min(_LONGEST, len(piece.text))
        elif isinstance(piece, Items):
            length += sum(min(_LONGEST, len(run.text)) + 24 for run in piece.runs)
        else:
            length += 200
    return length
