"""A label as words: without signs, pictures and marks."""

import re
from functools import lru_cache

_ARROWS = re.compile(
    r"\(?\s?(?:[↑↓⬆⬇➚➘▲▼→←↗↘]|\$?\\(?:up|down|left|right|Up|Down|ne|se)arrow\b\s?\$?)\s?\)?"
)
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u2190-\u21ff]")
_SMALL = re.compile(r"</?su[bp]>")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_NOT_WORDS = re.compile(r"[^\w%@+$²]+")


@lru_cache(maxsize=8192)
def shown_label(text: str) -> str:
    """A label without arrows and pictures, which say which way is better, or nothing."""
    bare = _PICTURES.sub("", _ARROWS.sub(" ", _SMALL.sub(" ", text)))
    bare = " ".join(bare.split()).strip(" ,;:")
    return bare or " ".join(text.split())


@lru_cache(maxsize=8192)
def name_words(text: str) -> str:
    """The words of a label in lower case, one space between them."""
    bare = _CAMEL.sub(" ", _SMALL.sub(" ", shown_label(text)))
    return " ".join(_NOT_WORDS.sub(" ", bare.casefold().replace("_", " ")).split())
