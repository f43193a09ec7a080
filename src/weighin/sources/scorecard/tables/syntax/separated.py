"""Tables in CSV: comma, semicolon, tab or bar; a point or a comma before decimals."""

import csv
import re
from collections.abc import Iterator, Sequence

from weighin.errors import EvidenceError
from weighin.files.json.foreign import in_brief
from weighin.sources.scorecard.tables.grid import Cell, Grid, Pasted, squared
from weighin.sources.scorecard.tables.syntax.bounds import require_lines

DELIMITERS = (",", ";", "\t", "|")
_SAMPLED_LINES = 40
_NUMBER = re.compile(r"[\s\"'*_+\u2212$~<>≈-]{0,8}\.?[0-9]")
_NAMED = re.compile(r"sep=([,;\t|])\s{0,4}(?:\n|$)")
_REMARK = re.compile(r"\s{0,8}#(?:\s?[^\W\d_]|\s[0-9]{1,6} [^\W\d_])[^\n]*")
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^()\s]{1,1000}\)")
_RST_LINK = re.compile(r"`([^`<>]{1,200}) <[^`<>]{1,1000}>`_{1,2}")
_RST_MARK = re.compile(r"\s\[[0-9]{1,3}\]_$")
_WITH_DIGITS = re.compile(r"[0-9]")


def separated(text: str, shown: str) -> Pasted:
    """The tables in a CSV text, one after another with an empty line between them.

    Raises:
        EvidenceError: It is no CSV, or has too many lines.
    """
    require_lines(text, shown)
    text, delimiter = _without_remarks(text)
    remarks: tuple[str, ...] = ()
    try:
        rows = _rows(text, delimiter, is_strict=True)
    except csv.Error as error:
        # Quotes in the middle of a cell: spreadsheets read on where no cell goes over its line.
        leniently = _read_leniently(text, delimiter)
        if leniently is None:
            raise EvidenceError(
                f"{shown}: expected a table in CSV, found {in_brief(error)}"
            ) from error
        rows = leniently
        remarks = ("a quote stands in the middle of a cell; it is read as spreadsheets do",)
    return Pasted(syntax="CSV", grids=tuple(_grids(rows, shown)), footnotes={}, remarks=remarks)


def _without_remarks(text: str) -> tuple[str, str]:
    """The text without its lines of comments, and the delimiter that it names or has."""
    named = _NAMED.match(text)
    lines = text.split("\n")
    is_remark = [_REMARK.match(line) is not None for line in lines]
    _keep_header(lines, is_remark)
    if named is not None:
        is_remark[0] = True
    bare = "\n".join("" if remark else line for remark, line in zip(is_remark, lines, strict=True))
    return bare, named[1] if named is not None else delimiter_of(bare)


def _keep_header(lines: list[str], is_remark: list[bool]) -> None:
    """Take a last remark for the header where it has as many cells as the numbers below it."""
    first = next((n for n, line in enumerate(lines) if line.strip() and not is_remark[n]), 0)
    if not first or not is_remark[first - 1]:
        return
    delimiter = delimiter_of("\n".join(lines[first : first + _SAMPLED_LINES]))
    cells, names = lines[first].split(delimiter), lines[first - 1].split(delimiter)
    is_above = len(cells) == len(names) > 1 and any(map(_NUMBER.match, cells))
    if is_above and not any(map(_NUMBER.match, names[1:])):
        is_remark[first - 1] = False
        lines[first - 1] = lines[first - 1].replace("#", "", 1)


def _rows(text: str, delimiter: str, *, is_strict: bool) -> list[list[Cell]]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=is_strict)
    rows: list[list[Cell]] = []
    before = 0
    for cells in reader:
        rows.append(
            [
                Cell(text=_without_address(cell), line=before + 1, column=number)
                for number, cell in enumerate(cells or [""], start=1)
            ]
        )
        before = reader.line_num
    return rows


def _without_address(cell: str) -> str:
    """A cell on one line; a link in Markdown or reStructuredText, and a mark there, as its text."""
    text = " ".join(cell.split())
    if text.endswith((")", "`_", "]_")):
        text = _RST_LINK.sub(r"\1", _RST_MARK.sub("", _LINK.sub(r"\1", text))) or text
    return text


def _read_leniently(text: str, delimiter: str) -> list[list[Cell]] | None:
    """The rows as spreadsheets read them; `None` where a cell goes over its line, or has no end."""
    try:
        rows = _rows(text, delimiter, is_strict=False)
    except csv.Error:
        return None
    last = len(text.splitlines())
    is_a_row_a_line = [row[0].line for row in rows] == list(range(1, last + 1))
    return rows if is_a_row_a_line and not _is_open(text) else None


def _is_open(text: str) -> bool:
    """Whether a quote opens in the last line that is not closed there."""
    return text.rstrip().rpartition("\n")[2].count('"') % 2 == 1


def delimiter_of(text: str) -> str:
    """What stands between the cells of a text: what most lines have as often as each other."""
    lines = [line for line in text.splitlines()[:_SAMPLED_LINES] if line.strip()]
    return max(DELIMITERS, key=lambda sign: _agreement(lines, sign))


def is_separated(text: str) -> bool:
    """Whether most lines of a text have as many of one delimiter."""
    lines = [line for line in text.splitlines()[:_SAMPLED_LINES] if line.strip()]
    sign = delimiter_of(text)
    best, _ = _agreement(lines, sign)
    # Remarks with semicolons behind an aligned table separate none of its numbers.
    is_of_numbers = any(_NUMBER.match(part) for line in lines for part in line.split(sign)[1:])
    return len(lines) > 1 and best * 2 > len(lines) and is_of_numbers


def _agreement(lines: Sequence[str], sign: str) -> tuple[int, int]:
    """Lines with as many delimiters as the header, and how many these are."""
    counts = [_outside_quotes(line, sign) for line in lines]
    header = next((count for count in counts if count), 0)
    return (0, 0) if not header else (counts.count(header), header)


def _outside_quotes(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


def _grids(rows: list[list[Cell]], shown: str) -> Iterator[Grid]:
    for block in _blocks(rows):
        title, first = "", 0
        # Lines above the header with one text: what the table is about.
        while len(block) - first > 2 and sum(bool(cell.text) for cell in block[first]) == 1:  # noqa: PLR2004  # a header, a row
            title = next(cell.text for cell in block[first] if cell.text)
            first += 1
        grid = squared(block[first:], shown, header_rows=1, title=title)
        if grid is not None:
            yield grid


def _blocks(rows: list[list[Cell]]) -> Iterator[list[list[Cell]]]:
    block: list[list[Cell]] = []
    is_after_gap = False
    for row in rows:
        if not any(cell.text for cell in row):
            is_after_gap = True
            continue
        is_header = not any(_WITH_DIGITS.match(cell.text) for cell in row)
        if is_after_gap and is_header and len(block) > 1:
            yield block
            block = []
        is_after_gap = False
        block.append(row)
    yield block
