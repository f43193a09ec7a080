"""Scales of judges, which end at ten or below, where words name them."""

import re

_RANGE = re.compile(
    r"(?:[(\[]|\b(?:from|between|range|on an?|scale)\s?(?:of )?[:\[(]?)"
    r" ?[01] ?(?:to|and|[-\u2013,]) ?(10|[4-9])\b(?!%)"
    r"|\bout of (10|[4-9])\b|(?<![\d.])(10|5)\s?\u5206\u5236",
    re.IGNORECASE,
)
_OF_LABEL = re.compile(r"/ ?(10|[4-9])\b(?! ?/)|\u6ee1\u5206 ?(10|5)\b")
_JUDGED = re.compile(
    r"\b(?:coherence|coherency|helpfulness|fluency|relevance|naturalness|engag\w{4,8}|mos|likert"
    r"|align-?bench[\w.]{0,6}|mt-?bench[\w-]{0,6}"
    r"|(?:judge|gpt-?4\w?|llm|human|quality)[ _-](?:score|rating|eval)s?)\b",
    re.IGNORECASE,
)
_MOST_OF_JUDGES = 10


def scale_in(text: str) -> int:
    """The most on a scale of judges that a text names; 0 if it names none."""
    found = _RANGE.search(text)
    return 0 if found is None else int(next(filter(None, found.groups())))


def scale_of(label: str) -> int:
    """The most on the scale by which judges give what a label names; 0 if nothing says one."""
    if named := scale_in(label):
        return named
    found = _OF_LABEL.search(label)
    if found is not None:
        return int(found[1] or found[2])
    return _MOST_OF_JUDGES if _JUDGED.search(label) else 0
