"""Foreign text inside GitHub-flavoured Markdown, shown literally."""

import re
from typing import Final

from weighin.reports.shared.foreign_text import visible

# Written as character references these never act (CommonMark 6.2). A backslash would not do for
# `|`, which splits table cells before anything else is read.
_ACTIVE: Final = re.compile(
    r"[\\`*\[\]<>|~&$]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # `_` inside a word is no emphasis
    r"|^[#+=-]|^\d+[.)]"  # what would start a heading, a list (its first digit is enough) or a rule
)
# GitHub makes links of names, issues, addresses and emoji codes after the Markdown is rendered;
# an empty comment inside them leaves nothing to recognise.
_BREAK: Final = "<!-- -->"
_RECOGNISED: Final = re.compile(
    r"(?<=@)(?=\w)"  # @name, name@host
    r"|(?<=#)(?=\w)"  # #12
    r"|(?<=\b[gG][hH]-)(?=\d)"  # GH-12
    r"|(?<=:)(?=//)"  # https://
    r"|(?<=\b[wW]{3})(?=\.)"  # www.
    r"|(?<=:)(?=[\w+-]+:)"  # :tada:
)
_PLAIN_IN_CODE: Final = re.compile(r"[^\s`|\\](?:[^`|\\]*[^\s`|\\])?")


def as_prose(text: str) -> str:
    """Text that renders as exactly these characters: no markup, HTML, link or mention."""
    shown = visible(text)
    places = {match.start() for match in _RECOGNISED.finditer(shown)}
    active = {match.start() for match in _ACTIVE.finditer(shown)}
    written: list[str] = []
    for index, character in enumerate(shown):
        if index in places:
            written.append(_BREAK)
        written.append(f"&#{ord(character)};" if index in active else character)
    return "".join(written)


def as_code(text: str) -> str:
    """Text as inline code, also inside a table; empty text stays empty."""
    if not text:
        return ""
    shown = visible(text)
    return f"`{shown}`" if _PLAIN_IN_CODE.fullmatch(shown) else f"<code>{as_prose(text)}</code>"
