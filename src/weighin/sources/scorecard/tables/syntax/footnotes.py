"""Footnotes below tables: lines that begin with a mark."""

import re
from collections.abc import Iterator

from weighin.sources.scorecard.tables.cells.printed_cell import footnote_key

_FOOTNOTE = re.compile(
    r"(?:[-*>] )?(\[\^[^\]\s]{1,20}\](?=:)|<sup>[^<>]{1,20}</sup>|[¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]{1,3}"
    r"|\\?\*{1,4}(?=\s?\S)|[†‡§¶]{1,4}):?\s?(\S.*)"
)


def footnotes(text: str) -> Iterator[tuple[str, str]]:
    """Key and text of the lines that begin with a mark, and are no row of a table."""
    for line in text.split("\n"):
        bare = line.strip()
        if "|" in bare or (found := _FOOTNOTE.fullmatch(bare)) is None:
            continue
        if (key := footnote_key(found[1].replace("\\", ""))) is not None:
            yield key, found[2].strip()
