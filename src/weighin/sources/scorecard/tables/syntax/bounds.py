"""What is refused before a parser sees it."""

import re
from collections.abc import Sequence

from weighin.errors import EvidenceError
from weighin.sources.scorecard.tables.grid import MOST_TABLES, require_cells

MOST_TAGS = 400_000
DEEPEST_TAGS = 200
MOST_ATTRIBUTES, LONGEST_TAG = 2_000, 4_000
MOST_LATEX_CHARACTERS = 1_000_000
MOST_LINES = 200_000
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""What ends a line for Python."""
LONGEST_ROW = 400_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
# As browsers cut a tag: a quoted value may hold what would end it.
_VALUE = re.compile(r"=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)")
_LONG_TAG = re.compile(rf"<[a-zA-Z](?:[^\s=>/]++|[\s/]++|{_VALUE.pattern}|=)*+")
_NEVER_CLOSED = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
     "wbr", "p", "li", "td", "th", "tr", "thead", "tbody", "tfoot", "option", "dt", "dd")
)  # fmt: skip


def require_flat_html(text: str, shown: str) -> None:
    """Refuse HTML with too many tags, tags too deep in each other or with too many attributes.

    Its parser looks at all attributes of a tag for each.

    Raises:
        EvidenceError: It is so.
    """
    if text.count("<") > MOST_TAGS:
        raise EvidenceError(f"{shown}: expected at most {MOST_TAGS} tags in HTML, found more")
    for found in _LONG_TAG.finditer(text):
        if found.end() - found.start() > LONGEST_TAG and _attributes(found[0]) > MOST_ATTRIBUTES:
            line = text.count("\n", 0, found.start()) + 1
            raise EvidenceError(
                f"{shown}:{line}: expected at most {MOST_ATTRIBUTES} attributes in a tag, found "
                "more; paste the table alone"
            )
    depth = 0
    for found in _TAG.finditer(text):
        if found[2].lower() in _NEVER_CLOSED:
            continue
        depth = max(depth - 1, 0) if found[1] else depth + 1
        if depth > DEEPEST_TAGS:
            line = text.count("\n", 0, found.start()) + 1
            raise EvidenceError(
                f"{shown}:{line}: expected tags at most {DEEPEST_TAGS} deep in each other, found "
                "more; paste the table alone"
            )


def _attributes(tag: str) -> int:
    # Between two stands a space, or the value of the first ends it.
    return len(re.findall(r"[\s/]++|=", _VALUE.sub("=", tag))) // 2


def require_short_latex(text: str, shown: str) -> None:
    """Refuse LaTeX that is too long.

    Raises:
        EvidenceError: It is.
    """
    if len(text) > MOST_LATEX_CHARACTERS:
        raise EvidenceError(
            f"{shown}: expected at most {MOST_LATEX_CHARACTERS} characters of tables in LaTeX, "
            f"found {len(text)}; paste the tables alone"
        )
    require_cells(text.count("&"), shown)


def require_tables(count: int, shown: str) -> None:
    """Refuse texts with more tables than a person reads.

    Raises:
        EvidenceError: There are so many.
    """
    if count > MOST_TABLES:
        raise EvidenceError(
            f"{shown}: expected at most {MOST_TABLES} tables, found more; check a part"
        )


def require_short_rows(lines: Sequence[str], shown: str) -> None:
    """Refuse rows of tables in Markdown that are longer or of more cells than any person made.

    Raises:
        EvidenceError: One is so long, or all together have so many cells.
    """
    require_cells(sum(max(line.count("|") - 1, 0) for line in lines), shown)
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_ROW and "|" in line:
            raise EvidenceError(
                f"{shown}:{number}: expected a row of at most {LONGEST_ROW} characters, found "
                f"{len(line)}; paste the tables alone"
            )


def require_lines(text: str, shown: str) -> None:
    """Refuse texts with too many lines.

    Raises:
        EvidenceError: It has.
    """
    if sum(map(text.count, _BREAKS)) - text.count("\r\n") > MOST_LINES:
        raise EvidenceError(f"{shown}: expected at most {MOST_LINES} lines, found more")
