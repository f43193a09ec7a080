"""Which rows of a table are its header, and which head others."""

from collections.abc import Callable
from itertools import pairwise

from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.grid import Cell
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.no_scores import (
    is_size,
    looks_like_score,
    no_score,
    says_nothing,
)
from weighin.sources.scorecard.tables.layout.words import (
    is_language,
    is_metric,
    is_model,
    is_shots,
    is_variant,
    named_kind,
)

IsKnown = Callable[[str], bool]

MOST_HEADER_ROWS = 4


def section_text(row: tuple[Cell, ...]) -> str:
    """The one text of a row that heads others; empty if the row is none of these."""
    texts = {cell.text for cell in row if cell.text}
    written = sum(bool(cell.text) for cell in row)
    if len(texts) == 1 and row[0].text and written > 2 and written >= len(row) - 1:  # noqa: PLR2004  # two may be alike
        # A cell that spans all columns, written out in each of them.
        return "" if looks_like_score(row[0].text) else label_and_marks(row[0].text)[0]
    own = [cell for cell in row if cell.text and not cell.is_continued]
    if len(row) < 2 or len(texts) != 1 or len(own) != 1 or looks_like_score(own[0].text):  # noqa: PLR2004  # one cell is no row
        return ""
    filled = sum(bool(cell.text) for cell in row)
    is_first = bool(row[0].text)
    if not is_first and filled < len(row) - 1:
        # A text in the middle of a header stands above some columns alone.
        return own[0].text if own[0].is_bold and filled == 1 else ""
    return label_and_marks(own[0].text)[0] if is_first else ""


def count_of_header(rows: list[tuple[Cell, ...]], said: int, is_known: IsKnown) -> int:
    """How many rows the header has; 0 if the first row holds scores already."""
    count = 0
    for row in rows[: max(said, 1)]:
        if _has_scores(row):
            break
        count += 1
    if not count:
        return 0
    while count < min(len(rows) - 1, MOST_HEADER_ROWS) and (
        _divides_spans(rows[count], rows[count - 1])
        or heads_spans(rows[count], rows[count + 1])
        or (
            not _has_scores(rows[count])
            and (
                _continues_header(rows[count], rows[count - 1], is_known)
                or (section_text(rows[count]) and _is_second_header(rows, count, is_known))
            )
        )
    ):
        count += 1
    return count


def _divides_spans(row: tuple[Cell, ...], above: tuple[Cell, ...]) -> bool:
    """Whether a row has the same texts below each of several cells that span columns.

    Lengths of 128 and 256 below each benchmark are no scores.
    """
    below: dict[str, list[str]] = {}
    head = ""
    is_spanned = any(cell.is_continued for cell in above)
    for cell, over in zip(row[1:], above[1:], strict=True):
        head = over.text if over.text or is_spanned else head
        if cell.text or head:
            below.setdefault(head, []).append(cell.text)
    spans = [tuple(texts) for texts in below.values() if len(texts) > 1]
    return not row[0].text and len(spans) > 1 and len(set(spans)) == 1 and all(spans[0])


def heads_spans(row: tuple[Cell, ...], below: tuple[Cell, ...]) -> bool:
    """Whether each number of a row stands above several columns, which the next row names.

    Proportions above the names of sets are no scores.
    """
    own = [
        (cell, after.is_continued and after.text == cell.text)
        for cell, after in pairwise(row[1:])
        if not cell.is_continued
    ]
    numbers = [is_wide for cell, is_wide in own if looks_like_score(cell.text)]
    names = [cell.text for cell in below[1:]]
    return (
        bool(numbers)
        and all(numbers)
        and (not row[-1].text or row[-1].is_continued)
        and all(names)
        and not any(map(looks_like_score, names))
    )


def _is_below_groups(row: tuple[Cell, ...], above: tuple[Cell, ...]) -> bool:
    """Whether a row without scores tells columns apart to which the one above gives one name."""
    heads = [cell.text for cell in above[1:]]
    pairs = [(head, cell.text) for head, cell in zip(heads, row[1:], strict=True) if head]
    return (
        len(set(heads)) < len(heads)
        and all(own for _, own in pairs)
        and len(set(pairs)) == len(pairs)
        and any(a == b for a, b in pairwise(heads))
    )


def _is_second_header(rows: list[tuple[Cell, ...]], count: int, is_known: IsKnown) -> bool:
    return (
        count + 2 < len(rows)
        and not _has_scores(rows[count + 1])
        and _continues_header(rows[count + 1], rows[count], is_known)
    )


def _has_scores(row: tuple[Cell, ...]) -> bool:
    return any(looks_like_score(cell.text) for cell in row[1:]) and not all(
        _is_small_header(cell.text) for cell in row[1:] if cell.text
    )


def _is_small_header(text: str) -> bool:
    """Whether a text that begins with a number heads a column all the same: `5-shot`, `0`."""
    return not looks_like_score(text) or is_shots(text) or is_metric(text)


def _names_roles(row: tuple[Cell, ...], texts: list[str]) -> bool:
    """Whether a row begins as a header does, above names that are none of sizes: `Benchmark`."""
    named = [named_kind(cell.text) for cell in row[:2] if cell.text]
    roles = {Kind.MODEL, Kind.BENCHMARK, Kind.METRIC}
    is_first = bool(named) and (named[0] in roles or named[0] is Kind.GROUP)
    names = [text for text in texts if named_kind(text) not in roles]
    return is_first and bool(roles & set(named)) and sum(map(is_model, names)) * 2 > len(names)


def _continues_header(row: tuple[Cell, ...], above: tuple[Cell, ...], is_known: IsKnown) -> bool:
    """Whether a row without scores belongs to the header above it."""
    if section_text(row):
        return False
    texts = [cell.text for cell in row[1:] if cell.text]
    if not texts or all(says_nothing(text) for text in texts):
        return False
    if _names_roles(row, texts):
        return True
    if any(no_score(cell.text) and not is_variant(cell.text) for cell in row[:2]) and not any(
        is_known(text)
        or (is_model(text) and not is_size(text))
        or is_metric(text)
        or is_shots(text)
        for text in texts
    ):
        return False
    if _is_below_groups(row, above):
        return True
    if row[0].is_continued or (not row[0].text and len(texts) > 1):
        return True
    if all(cell.is_header for cell in row):
        return True
    if named_kind(row[0].text) in {Kind.MODEL, Kind.BENCHMARK, Kind.METRIC, Kind.SHOTS}:
        return True
    if not any(cell.text for cell in above[:1]) or above[0].text == row[0].text:
        return sum(map(is_model, texts)) * 2 > len(texts) or any(map(is_known, texts))
    small = sum(is_metric(t) or is_shots(t) or is_variant(t) or is_language(t) for t in texts)
    return small == len(texts) and not is_model(row[0].text)
