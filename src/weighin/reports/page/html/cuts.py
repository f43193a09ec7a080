"""How much of each list stands in an HTML file, so that it stays small whatever it tells."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from weighin.reports.page.html.ink import LONGEST
from weighin.reports.page.model import (
    Findings,
    Items,
    Matrix,
    Page,
    Phrase,
    Run,
    Section,
    Statement,
)

MOST_ROWS: Final = 200
"""Of a table, a list or names in a row."""

_CHARACTERS_OF_STATEMENTS: Final = 110_000
_MARKUP_OF_STATEMENT: Final = 160
_MARKUP_OF_FACT: Final = 40
_MARKUP_OF_NAME: Final = 26
_CITATION: Final = 160

_Piece = TypeVar("_Piece")


class Cuts:
    """What is left out of a page, decided before it is written: the lightest blocks first."""

    def __init__(self, page: Page) -> None:
        blocks = [*page.lead, *(block for s in page.sections for block in s.blocks)]
        self.has_matrix = any(isinstance(block, Matrix) and block.rows for block in blocks)
        self._shown: dict[int, int] = {}
        left = _CHARACTERS_OF_STATEMENTS
        findings = _findings(page.sections)
        for block in sorted(findings, key=lambda b: b.weight.order if b.weight else -1):
            for group in block.groups:
                fitting = 0
                for statement in group.statements:
                    size = _size(statement)
                    if size > left:
                        break
                    left -= size
                    fitting += 1
                self._shown[id(group)] = fitting

    def statements(self, group: object, statements: Sequence[Statement]) -> Sequence[Statement]:
        """The statements of a group that stand in the file."""
        return statements[: self._shown.get(id(group), len(statements))]

    def first(self, pieces: Sequence[_Piece], most: int = MOST_ROWS) -> Sequence[_Piece]:
        """The first pieces of a list."""
        return pieces[:most]


def _findings(sections: Sequence[Section]) -> Iterator[Findings]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Findings))
        yield from _findings(section.parts)


def _size(statement: Statement) -> int:
    """About how many characters a statement takes."""
    size = _MARKUP_OF_STATEMENT + min(LONGEST, len(statement.sentence.text))
    size += sum(
        _MARKUP_OF_FACT + min(LONGEST, len(run.text))
        for run in (*statement.beside, *statement.in_short)
    )
    return size + sum(_MARKUP_OF_FACT + _length(fact.words) for fact in statement.facts)


def _length(phrase: Phrase) -> int:
    length = 0
    for piece in phrase:
        if isinstance(piece, Run):
            length += min(LONGEST, len(piece.text))
        elif isinstance(piece, Items):
            told = piece.runs[:MOST_ROWS]
            length += sum(min(LONGEST, len(run.text)) + _MARKUP_OF_NAME for run in told)
        else:
            length += _CITATION * len(piece.places)
    return length
