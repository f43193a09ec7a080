"""Tables pasted from a PDF or a page that has set each cell on a line of its own."""

from collections.abc import Sequence

from weighin.sources.scorecard.tables.grid import Cell, Grid, squared
from weighin.sources.scorecard.tables.layout.no_scores import looks_like_score, says_nothing

_FEWEST_LINES = 6
_MOST_COLUMNS = 30
_MOST_ABOVE = 3

Written = tuple[int, str]


def one_a_line(block: Sequence[Written], shown: str, title: str) -> Grid | None:
    """The table of lines that are one cell each; `None` where they do not come out even.

    A header of as many words as each row has cells comes first; then rows of a name and numbers.
    """
    texts = [line.strip() for _, line in block]
    if texts[0].startswith("* - "):
        # As reStructuredText writes the rows of a table as lists.
        texts = [text.removeprefix("* ").removeprefix("- ").strip() for text in texts]
    if len(texts) < _FEWEST_LINES or any("  " in text or "|" in text for text in texts):
        return None
    is_number = [looks_like_score(text) or says_nothing(text) for text in texts]
    for above in range(_MOST_ABOVE):
        first = next((n for n, value in enumerate(is_number) if value and n > above), 0)
        # The name of the first row stands between the header and the first number.
        width = first - 1 - above
        if not 2 <= width <= _MOST_COLUMNS or (len(texts) - above) % width:  # noqa: PLR2004  # two columns
            continue
        rows = [range(start, start + width) for start in range(above, len(texts), width)]
        if len(rows) > 1 and all(
            not is_number[row[0]] and all(is_number[place] for place in row[1:]) for row in rows[1:]
        ):
            title = " ".join(texts[:above]) or title
            cells = [
                [
                    Cell(text=texts[place], line=block[place][0], column=number)
                    for number, place in enumerate(row, start=1)
                ]
                for row in rows
            ]
            return squared(cells, shown, header_rows=1, title=title)
    return None
