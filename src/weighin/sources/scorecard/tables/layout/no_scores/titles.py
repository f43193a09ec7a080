"""Titles of tables all of whose numbers are no scores."""

# ruff: noqa: E501  # one pattern a line
import re

from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.no_scores.by_name import (
    AFTER_NOUN,
    ANYWHERE,
    BEHIND,
    no_score,
)

_NUMBERING = re.compile(
    r"^[#*_>\s]{0,8}(?:(?:Table|Tab\.|Figure|Fig\.|\u8868)\s?)?[0-9.]{0,6}[:.\uff1a)]?\s{0,3}",
    re.IGNORECASE,
)
_OF_TITLES = re.compile(
    r" (?:comparisons?|analysis|overview|breakdown|statistics|stats|summary|profile|measurements?)$"
)
_MEASURED_BY_TABLES = frozenset(("cost or speed", "memory"))
_ABOUT_SCORES = re.compile(
    r"accura|score|result|benchmark|eval|performance|quality|\u51c6\u786e|\u5f97\u5206",
    re.IGNORECASE,
)
_OF_FACTS = (
    ("settings of the run", re.compile(
        r"\bhyper-?\s?parameters?\b|\b(?:training|fine-?tuning|model|architecture|experiment\w*|implementation|decoding|generation|sampling|optimi[sz]\w+) (?:configurations?|hyper\w+|details|settings?|setups?|parameters)\b",
        re.IGNORECASE)),
    ("counts", re.compile(
        r"\b(?:data\s?sets?|corpus|corpora|data|benchmarks?|samples?|splits?) (?:statistics|composition|details|sizes?|distribution|splits?|breakdown|mixtures?)\b|\b(?:class|label|length|token|topic|category|language|domain) distributions?\b|\b(?:statistics|composition|distribution) of\b|^(?:the )?(?:number|count)s? of\b",
        re.IGNORECASE)),
)  # fmt: skip
_ABOUT_EFFECTS = re.compile(
    r"accura|scores?\b|result|evaluation|performance|quality|ablat|effect|impact|sensitiv|compar|across|robust|different|vary|varying|influence|\bon\b|win|\u51c6\u786e|\u5f97\u5206",
    re.IGNORECASE,
)
"""What settings or data make of scores is told in scores."""
_SENTENCE = re.compile(r"[.:;\u3002](?:\s|$)")


def no_score_of_title(title: str) -> str | None:
    """Of what kind all numbers of a table are whose caption or heading says so.

    It names a cost or a memory, settings of a run, or statistics of documents.
    """
    first = _SENTENCE.split(_NUMBERING.sub("", title), maxsplit=1)[0]
    for kind, pattern in _OF_FACTS:
        if pattern.search(first) is not None and _ABOUT_EFFECTS.search(first) is None:
            return kind
    bare = name_words(BEHIND.sub("", _NUMBERING.sub("", title).rstrip(": .")))
    bare = _OF_TITLES.sub("", AFTER_NOUN.sub("", bare))
    why = (no_score(bare) if bare else None) or _by_unit_within(title)
    return why if why in _MEASURED_BY_TABLES and not _ABOUT_SCORES.search(title) else None


def _by_unit_within(title: str) -> str | None:
    """What is measured in the unit that the parentheses of a title name: `(memory in GB)`."""
    found = BEHIND.search(title.rstrip(": ."))
    words = "" if found is None else name_words(found[0])
    return next((kind for kind, pattern in ANYWHERE if pattern.search(words)), None)
