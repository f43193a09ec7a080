"""Foreign text inside GitHub-flavoured Markdown, shown literally, and readable in the source."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from weighin.reports.shared.foreign_text import visible

# What acts inside a line (CommonMark 0.31, 6; GFM 0.29, 6.5). No reference definition and no
# footnote is ever written, so that brackets act before a `(` alone.
_INSIDE: Final = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)"
    r"|`"
    r"|(?<!\s)\*|\*(?!\s)"
    r"|(?<!\s)~|~(?=~|$)"  # what can close a strikethrough
    r"|\](?=\()|\[(?=\^)"
    r"|<(?=[A-Za-z/!?]|$)"
    r"|&(?=#?\w+;)"
    r"|(?<=[\s#])#$"  # what closes a heading
)
# What acts where a paragraph, a list item, a quote or a heading begins.
_AT_START: Final = re.compile(
    r"(?=[\[>])|(?=#{1,6}(\s|$))|(?=[+-](\s|$))|(?=-[-\s]+$)|\d{1,9}(?=[.)](\s|$))",
    re.ASCII,
)
_UNDERSCORES: Final = re.compile(r"_+")
_IN_ALTERNATIVE: Final = re.compile(r"[\[\]]|^\^")
_PIPE: Final = re.compile(r"\|")
# GitHub looks for mathematics in what Markdown has become: there is no escape, and this is how it
# documents to write a dollar sign. What cannot close a formula is left alone: `$0.19`.
_CLOSES_FORMULA: Final = re.compile(r"(?<!\s)\$(?!\d)")
_DOLLAR: Final = "<span>$</span>"
# GitHub makes links of names, issues, addresses and emoji codes after the Markdown is rendered,
# unless they are code.
_RECOGNISED: Final = re.compile(
    r"@[\w.-]"  # @name, name@host
    r"|#\d"  # #12
    r"|\b[gG][hH]-\d"  # GH-12
    r"|\w://"
    r"|(?<![^\W_])[wW]{3}\."
    r"|:(?!\d+:)[\w+-]+:|:(100|1234):"  # :tada:, and no time such as 22:36:07
)
_WORD: Final = re.compile(r"\S+")
_OPENING: Final = "(\"'"
_CLOSING: Final = ".,;!?)\"'"
_CODE: Final = re.compile(r"(?<![^\s(])`(?! )[^`]+(?<! )`(?=[.,;:!?)]*(\s|$))")
_FENCES: Final = re.compile(r"`+")
_CUT: Final = re.compile(r"(?<=\\)(?=\|)")
# Leaves nothing to recognise where two pieces meet.
_BETWEEN: Final = "<!-- -->"


def as_prose(text: str, *, in_cell: bool = False) -> str:
    """Text that renders as exactly these characters: no markup, HTML, link or mention.

    A word of which GitHub would make a link or a picture becomes code, and what stands between
    two backticks stays the code that it is meant to be.

    Args:
        text: What is said, in one line; white space around it is left out.
        in_cell: Whether it stands in a table.
    """
    shown = visible(text).strip()
    marks = _backslashes(shown, _PIPE) if in_cell else _backslashes(shown) | _at_start(shown)
    marks |= {found.start(): _DOLLAR for found in _CLOSES_FORMULA.finditer(shown)}
    told: list[str] = []
    place = 0
    for start, end, content in _codes(shown):
        told.append(_marked(shown, place, start, marks))
        told.append(as_code(content, in_cell=in_cell))
        place = end
    told.append(_marked(shown, place, len(shown), marks))
    return "".join(told)


def as_alternative(text: str) -> str:
    """Text that stands for a picture, between the brackets of `![…](…)`."""
    shown = visible(text).strip()
    return _marked(shown, 0, len(shown), _backslashes(shown, _IN_ALTERNATIVE))


def as_code(text: str, *, in_cell: bool = False) -> str:
    """Text as inline code; empty text stays empty.

    Args:
        text: A name, a path, a value.
        in_cell: Whether it stands in a table.
    """
    if not text:
        return ""
    shown = visible(text)
    if not in_cell:
        return _fenced(shown)
    # In a table `\|` is a pipe, also in code; there is no way to write a backslash before it.
    pieces = (_fenced(piece).replace("|", "\\|") for piece in _CUT.split(shown))
    return _BETWEEN.join(pieces)


def in_html(text: str) -> str:
    """Text inside an HTML block, where Markdown does not act and GitHub still recognises names."""
    return _WORD.sub(_html_word, visible(text))


def joined(pieces: Iterable[str]) -> str:
    """Pieces of a line, one behind the other: code that follows on code stays apart from it."""
    told = ""
    for piece in pieces:
        told += f"{_BETWEEN}{piece}" if told.endswith("`") and piece.startswith("`") else piece
    return told


def _fenced(shown: str) -> str:
    lengths = {len(fence) for fence in _FENCES.findall(shown)}
    fence = "`" * next(n for n in range(1, len(lengths) + 2) if n not in lengths)
    touches_fence = shown.startswith("`") or shown.endswith("`")
    is_stripped = shown.startswith(" ") and shown.endswith(" ") and shown.strip(" ") != ""
    space = " " if touches_fence or is_stripped else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _backslashes(shown: str, *also: re.Pattern[str]) -> dict[int, str]:
    """What is written in the place of characters that would act."""
    places = {found.start() for active in (_INSIDE, *also) for found in active.finditer(shown)}
    for run in _UNDERSCORES.finditer(shown):
        around = shown[run.start() - 1 : run.start()], shown[run.end() : run.end() + 1]
        if not all(map(str.isalnum, around)):  # inside a word they are no emphasis
            places.update(range(*run.span()))
    return {place: f"\\{shown[place]}" for place in places}


def _at_start(shown: str) -> dict[int, str]:
    """The same, where the text begins a line."""
    found = _AT_START.match(shown)
    return {} if found is None else {found.end(): f"\\{shown[found.end()]}"}


def _marked(shown: str, start: int, end: int, marks: Mapping[int, str]) -> str:
    return "".join(marks.get(place, shown[place]) for place in range(start, end))


def _codes(shown: str) -> Iterator[tuple[int, int, str]]:
    """What is written as code: where it stands, and without its backticks."""
    place = 0
    for found in _CODE.finditer(shown):
        start, end = found.span()
        if shown[start - 1 : start] != "(" or not shown[start - 2 : start - 1].strip():
            yield from _recognised(shown, place, start)
            yield start, end, shown[start + 1 : end - 1]
            place = end
    yield from _recognised(shown, place, len(shown))


def _recognised(shown: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for found in _WORD.finditer(shown, start, end):
        word = found.group()
        if _RECOGNISED.search(word):
            first = found.start() + len(word) - len(word.lstrip(_OPENING))
            last = found.end() - len(word) + len(word.rstrip(_CLOSING))
            yield first, last, shown[first:last]


def _html_word(found: re.Match[str]) -> str:
    word = html.escape(found.group(), quote=False)
    return f"<code>{word}</code>" if _RECOGNISED.search(found.group()) else word
