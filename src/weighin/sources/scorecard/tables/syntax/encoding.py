"""The text of a file in the encoding that it has: UTF-8, UTF-16 or Latin-1."""

import re

from weighin.errors import EvidenceError

_MOST_NULLS = 0.3
_OF_TERMINALS = re.compile(r"\x1b(?:\[[0-9;?]{0,40}[A-Za-z]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\))")
"""Colours and links of a terminal."""


def text_of(content: bytes, shown: str) -> tuple[str, str]:
    """The text of a file, and a remark where its encoding is not UTF-8.

    Raises:
        EvidenceError: It is no text.
    """
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise EvidenceError(
            f"{shown}: expected text, found bytes that are no {encoding} ({error.reason}); save it "
            "as UTF-8"
        ) from error
    if "\0" in text:
        raise EvidenceError(f"{shown}: expected text, found bytes of another kind of file")
    text = _OF_TERMINALS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text, "" if encoding == "utf-8-sig" else f"read as {_NAMES[encoding]}"


_NAMES = {
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252, for it is no UTF-8",
    "latin-1": "Latin-1, for it is no UTF-8",
}


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = content[:4096]
    pairs = max(len(head) // 2, 1)
    if head[1::2].count(0) > _MOST_NULLS * pairs:
        return "utf-16-le"
    if head[::2].count(0) > _MOST_NULLS * pairs:
        return "utf-16-be"
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"
