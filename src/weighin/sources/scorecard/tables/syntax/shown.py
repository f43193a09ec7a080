"""What of a page a browser shows, and what it shows in small type."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_NOT_SHOWN = re.compile(
    r"(?:^|;)\s{0,8}(?:display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden)"
)
_FOR_READERS = frozenset(
    ("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screenreader-only",
     "a11y-hidden", "sortkey", "d-none", "u-hidden", "hidden-visually")
)  # fmt: skip
"""Classes of text that is read aloud, or sorted by, and not shown."""
_OF_PAGE = frozenset(
    ("headerlink", "anchor-link", "row-headers-background", "column-headers-background",
     "row-header", "freezebar-cell", "mw-editsection")
)  # fmt: skip
"""Classes of what the page around a text shows: a link to it, the letters of columns."""
_SMALL = re.compile(
    r"(?:^|;)\s{0,8}font-size\s{0,4}:\s{0,4}(?:[1-8]?[0-9](?:\.[0-9]{1,4})?%|0?\.[1-9]\d{0,2}(?:r?em)?|(?:xx?-)?small(?:er)?)"
)
_NUMBER = re.compile(r"\s{0,8}\.?[0-9]")
_WITH_POINT = re.compile(r"\.[0-9]{1,20}$")


def is_hidden(element: "_Element") -> bool:
    """Whether an element is not shown."""
    style = (element.get("style") or "").casefold()
    classes = (element.get("class") or "").split()
    return (
        element.get("hidden") is not None
        or (bool(style) and _NOT_SHOWN.search(style) is not None)
        or not _FOR_READERS.isdisjoint(classes)
        or not _OF_PAGE.isdisjoint(classes)
    )


def is_smaller(element: "_Element", before: str) -> bool:
    """Whether an element is a number in small type directly behind another."""
    text = "".join(element.itertext())[:20]
    if not before[-1:].isdecimal() or _NUMBER.match(text) is None:
        return False
    if text.lstrip()[:1] == "." and _WITH_POINT.search(before) is None:
        # Its own decimals.
        return False
    style = (element.get("style") or "").casefold()
    return element.tag == "small" or _SMALL.search(style) is not None
