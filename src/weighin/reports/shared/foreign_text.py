"""Foreign text made safe to show: names and sentences that come from logs and model folders."""

import re
import unicodedata
from typing import Final

# Control, format (bidirectional overrides, zero width), surrogate, line and paragraph separator.
_OBEYED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NOT_IN_XML: Final = frozenset({"\ufffe", "\uffff"})
# What the machines that run CI obey in a log: `::command::` where a line begins with it, which a
# wrapped line may do at any place, and `##[command]`, `##vso[`, `##teamcity[` wherever they stand.
_COMMAND: Final = re.compile(r":(?=:+[^\s:])|#(?=#\w*\[)")
_COLONS: Final = "::"
_SIGNS: Final = "##"
_LINE_OF_COMMAND: Final = re.compile(r"^([^\S\n]*):(?=:+[^\s:])|#(?=#\w*\[)", re.MULTILINE)
_IN_ASCII: Final = str.maketrans(
    {"…": "...", "±": "+/-", "·": "-", "–": "-", "—": "-", "×": "x", "→": "->", "≥": ">="}
)


def visible(text: str) -> str:
    r"""Text in which what a terminal, browser or XML parser would obey is spelled out.

    Escape sequences, line breaks, bidirectional overrides, zero-width characters and lone
    surrogates become `\x1b`, `\n`, `\u202e`, `\ud800`; what a runner of CI would obey becomes
    `\x3a:warning::`, `\x23#[group]`. Everything else is left as it is.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(_spelled(character) for character in text)
    return without_commands(text)


def without_commands(text: str) -> str:
    r"""Text in which what a runner of CI would obey is spelled out; lines stay lines.

    The `::` of `std::vector` stays: it begins no line unless one is broken there, and no second
    one ends a command.
    """
    last = text.rfind(_COLONS)
    if last < 0 and _SIGNS not in text:
        return text
    return _COMMAND.sub(lambda found: _spelled_out(text, found, last), text)


def _spelled_out(text: str, found: re.Match[str], last: int) -> str:
    start, sign = found.start(), found.group()
    is_in_name = sign == ":" and start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_")
    if is_in_name and last <= start:
        return sign
    return f"\\x{ord(sign):02x}"


def unobeyed(text: str) -> str:
    r"""Text of many lines in which none commands a runner of CI, wherever they were broken."""
    if _COLONS not in text and _SIGNS not in text:
        return text  # each command begins with two of one of them
    return _LINE_OF_COMMAND.sub(
        lambda found: f"{found.group(1)}\\x3a" if found.group().endswith(":") else "\\x23", text
    )


def _spelled(character: str) -> str:
    if unicodedata.category(character) in _OBEYED_CATEGORIES or character in _NOT_IN_XML:
        return character.encode("unicode_escape").decode("ascii")
    return character


def in_ascii(text: str) -> str:
    r"""Text for a stream that carries ASCII only: `…` becomes `...`, other characters `\u00e9`."""
    return text.translate(_IN_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def well_formed(text: str) -> str:
    r"""Text without lone surrogates, which no encoding carries; they become `\ud800`."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def clipped(text: str, longest: int) -> str:
    """The first `longest` characters of a text, and how many more it has."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text) - longest} more characters)"
