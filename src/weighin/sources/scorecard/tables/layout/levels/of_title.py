"""The benchmark that the title of a table names, where none of its labels does."""

import re
from collections.abc import Iterator, Sequence

from weighin.evidence.benchmarks import plain_name
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown

_BEHIND = re.compile(r"\s?[(\[\uff08][^()\[\]]{1,60}[)\]\uff09]\s*$")
_OF_RESULTS = re.compile(
    r"^(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}\.? )?"
    r"(?:(?:main |full |our )?(?:results|performance|scores|evaluation) (?:on|for|of) )?"
    r"|(?: (?:benchmarks?|results?|scores?|leaderboard|performance|evaluation)){1,2}$"
    r"|\s?(?:\u8bc4\u6d4b\u7ed3\u679c|\u8bc4\u6d4b|\u7ed3\u679c|\u6d4b\u8bd5\u7ed3\u679c|\u306e\u7d50\u679c)$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.:;\u3002](?:\s|$)")
_SIGNS = " ,;:.()[]*_`'\"\u2018\u2019\u201c\u201d"
_PROPER = re.compile(r"[A-Z\u0370-\u03ff].{0,40}[A-Z0-9]|[a-z]{1,3}[A-Z].*")
"""Benchmarks have capitals or digits within their names, as ordinary words have not."""
_MOST_WORDS = 4


def named_by_title(table: Table, is_known: IsKnown) -> str:
    """The benchmark that the title names: all of it, or all but words of results; else empty."""
    return _named_by(table.title, is_known)


def named_around(table: Table, is_known: IsKnown) -> str:
    """The benchmark of metrics that nothing in their table names: by its caption or its page.

    The outermost heading of a page on a benchmark is its name.
    """
    page = table.grid.within[0] if table.grid.within else ""
    return _in_caption(table, is_known) or _named_by(page, is_known)


def _named_by(heading: str, is_known: IsKnown) -> str:
    for text in (heading, _OF_RESULTS.sub("", _BEHIND.sub("", heading)).strip(" :-")):
        if text and is_known(text):
            return text
    return ""


def _in_caption(table: Table, is_known: IsKnown) -> str:
    """The one benchmark that the first sentence of a title names; empty if none or several.

    Where sections of the table name some, it is none of the whole.
    """
    if any(map(is_known, set(table.sections))):
        return ""
    first = _SENTENCE.split(table.title, maxsplit=1)[0]
    found = list(known_in(first.split(), is_known))
    outer = table.grid.within[0].strip(_SIGNS) if table.grid.within else ""
    if not found and is_known(outer):
        # A page that is called after a benchmark is on it.
        return outer
    return found[0] if len({plain_name(name) for name in found}) == 1 else ""


def known_in(words: Sequence[str], is_known: IsKnown) -> Iterator[str]:
    """The longest runs of words that name benchmarks."""
    place = 0
    while place < len(words):
        for end in range(min(place + _MOST_WORDS, len(words)), place, -1):
            text = " ".join(words[place:end]).strip(_SIGNS)
            if _PROPER.match(text) is not None and is_known(text):
                yield text
                place = end
                break
        else:
            place += 1
