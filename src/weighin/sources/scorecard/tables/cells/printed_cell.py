"""A cell of a table as people print it: a number, its footnote marks, or that there is none."""

import re
from dataclasses import dataclass
from functools import lru_cache

_PLAIN = r"[0-9]{1,12}(?:\.[0-9]{0,30})?"
_NUMBER = re.compile(
    r"(?P<sign>[-\u2212\u2013])?(?P<number>[0-9]{1,3}(?:,[0-9]{3}){1,3}(?:\.[0-9]{0,30})?"
    rf"|{_PLAIN}|\.[0-9]{{1,30}})\s*(?:(?P<percent>%)\s*)?"
)
_INTERVAL = re.compile(rf"\(?(\+{_PLAIN})\s*/\s*[-\u2212]({_PLAIN})\)?\s*")
_MARK = re.compile(
    r"(?:\[\^(?P<named>[^\]\s]{1,20})\]|<sup>(?P<html>[^<>]{1,80})</sup>"
    r"|(?P<raised>[¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]{1,3})|(?P<sign>\*{1,4}|[†‡§¶#]{1,4})"
    r"|(?P<note>\([^()]{1,200}\)|\[[^\[\]]{1,200}\]|±\s*[0-9.]{1,20}\s*%?))[\s,]*"
)
_LAST_MARK = re.compile(
    r"(?:\[(?:\^[^\]\s]{1,20}|[0-9]{1,3})\]|<sup>[^<>]{1,20}</sup>|[¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]{1,3}|\*{1,4}"
    r"|[†‡§¶]{1,4})\Z"
)
_POWER = re.compile(r"[^\W\d_](?:[\u00b2\u00b3]|<sup>[23]</sup>)")
"""A letter alone is squared, and carries no footnote: the names are `R\u00b2` and `S\u00b3`."""
_RAISED_WORD = re.compile(r"\s?<su[pb]>\s?([A-Z]{2,6}|[A-Za-z]{3,20})\s?</su[pb]>")
"""Part of a name, as `EN` beside `MMB` is: footnotes are marked by one letter or sign."""
_WITHIN = re.compile(r"\[\^([^\]\s]{1,20})\](?=\s|$)")
_RAISED = str.maketrans("¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ", "1230456789abcd")
_TAG = re.compile(r"</?(?:b|strong|i|em|u|span|p|font)\b[^<>]{0,80}>", re.IGNORECASE)
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.{1,200}?)(?<=\S)\1")
_WRAPPED = ("*", "_")
_LONGEST = 500
_LONGEST_SHOWN = 60
_MOST_KEPT = 65_536
"""Every pass over a table asks for the labels of all of its rows: more than it may have numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCell:
    """A number as it is printed in a cell.

    Attributes:
        number: Its digits and point, trailing zeros kept; commas between thousands taken out. A
            hyphen before them where it is below zero.
        is_percentage: Whether a percent sign follows.
        interval: Half-widths that follow it, upper first; `None` if there are none.
        marks: Keys of footnotes.
        notes: What follows it in parentheses, and what follows a plus-minus sign.
    """

    number: str
    is_percentage: bool = False
    interval: tuple[str, str] | None = None
    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def has_sign(self) -> bool:
        """Whether a sign before its digits says that it is below zero."""
        return self.number.startswith("-")


def printed_cell(text: str) -> PrintedCell | None:
    """What a cell says; `None` if it says that there is no number, with a sign or in words.

    Raises:
        ValueError: It is neither.
    """
    bare = plain_text(text)
    if not any(character.isdecimal() for character in bare):
        return None
    found = _NUMBER.match(bare)
    if found is None:
        raise ValueError(_unreadable(bare))
    rest = bare[found.end() :]
    interval = _INTERVAL.match(rest)
    if interval is not None:
        rest = rest[interval.end() :]
    marks: list[str] = []
    notes: list[str] = []
    while rest:
        mark = _MARK.match(rest)
        if mark is None:
            raise ValueError(_unreadable(bare))
        (notes if mark["note"] else marks).append(_key(mark))
        rest = rest[mark.end() :]
    return PrintedCell(
        number=("-" if found["sign"] else "") + found["number"].replace(",", ""),
        is_percentage=found["percent"] is not None,
        interval=None if interval is None else (interval[1], f"-{interval[2]}"),
        marks=tuple(marks),
        notes=tuple(notes),
    )


def label_and_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """A label without the footnote marks at its end, and these."""
    return _label_and_marks(text[:_LONGEST])


# The same labels are asked about for every number in their row.
@lru_cache(maxsize=_MOST_KEPT)
def _label_and_marks(text: str) -> tuple[str, tuple[str, ...]]:
    label = _RAISED_WORD.sub(r" \1", plain_text(text))
    marks: list[str] = []
    while (found := _LAST_MARK.search(label)) is not None and found.start():
        if _POWER.fullmatch(label) is not None:
            break
        mark = _MARK.match(found[0])
        marks.insert(0, found[0] if mark is None else _key(mark))
        label = label[: found.start()].rstrip()
    for within in _WITHIN.finditer(label):
        marks.insert(0, within[1])
    return _WITHIN.sub("", label), tuple(marks)


def footnote_key(text: str) -> str | None:
    """The key that a footnote mark stands for; `None` if a text is no mark."""
    found = _MARK.fullmatch(text.strip())
    return None if found is None or found["note"] else _key(found)


def plain_text(text: str) -> str:
    """A text without emphasis, tags and odd spaces."""
    return _plain_text(text[:_LONGEST])


@lru_cache(maxsize=_MOST_KEPT)
def _plain_text(text: str) -> str:
    bare = _EMPHASIS.sub(r"\2", " ".join(_TAG.sub("", text).split()))
    bare = bare.replace("\\*", "*")
    for sign in _WRAPPED:
        while len(bare) > 2 * len(sign) and bare.startswith(sign) and bare.endswith(sign):
            bare = bare[len(sign) : -len(sign)].strip()
    return bare


def _key(mark: re.Match[str]) -> str:
    if note := mark["note"]:
        return " ".join(note.strip("()[]").split())
    return str(mark["named"] or mark["html"] or mark["raised"] or mark["sign"]).translate(_RAISED)


def _unreadable(text: str) -> str:
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
    return (
        f"expected a number such as 57.2 or 57.2%, with a point and no plus before it, or - for "
        f"none, found {shown!r}"
    )
