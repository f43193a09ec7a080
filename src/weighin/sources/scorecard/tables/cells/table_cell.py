"""A cell of somebody's table: its number, that there is none, or why it is passed over."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from weighin.sources.scorecard.tables.cells.printed_cell import (
    PrintedCell,
    plain_text,
    printed_cell,
)
from weighin.sources.scorecard.tables.layout.no_scores import content_kind

_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d]")
_BETTER = re.compile(r"^[↑↓⬆⬇▲▼△▽]\s?|\s?[↑↓⬆⬇▲▼△▽]$")
_CHANGE = re.compile(
    r"(?:\s?[(\[]?\s?(?:[Δ∆δ]\s?=?\s?[+\-−]?|[↑↓⬆⬇▲▼△▽])|(?:\s|\s?[(\[])\s?[+\-−])\s?(?:[0-9]{1,4}(?:\.[0-9]{1,6})?|\.[0-9]{1,6})\s?(?:%|pp|p\.p\.|ppts?|pts?\.?|points?|x)?\s?[)\]]?$"
)
_LOWERED = re.compile(r"<sub>\s?[(\[]?([^<>()\[\]]{0,60})[)\]]?\s?</sub>")
_RAISED_CHANGE = re.compile(r"<sup>\s?([+\-−↑↓±][^<>]{1,40})</sup>")
_COUNT = re.compile(r"([0-9][0-9,]{0,8})\s?/\s?([0-9][0-9,]{0,8})")
_COUNT_FIRST = re.compile(
    r"(?P<k>[0-9][0-9,]{0,8})\s?/\s?(?P<n>[0-9][0-9,]{0,8})\s?[(\[=]\s?(?P<rest>[0-9.]{1,12}\s?%?)\s?[)\]]?(?P<tail>.{0,60})"
)
_SPELLED = re.compile(r"\s?(?:\+\s?/\s?-|\+-|\\pm)\s?(?=[0-9.])")
_ORNAMENT = re.compile(
    r"<sup>\s?[^\w<>+\-−±↑↓]{0,3}\s?</sup>|(?<=[0-9%)*])\s?[•∘◦⋆\u2217⋄◇⊙⊕◊○●□■◆]{1,3}$"
)
"""A sign of nobody's meaning, for example a raised spade whose picture was taken out."""
_MARKS = re.compile(r"\[\^[^\]\s]{1,20}\]|<sup>[^<>]{0,40}</sup>|[¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]")
_APPROXIMATE = re.compile(
    r"(?:~|≈|<|>|≤|≥|about|ca\.?|approx\.?)\s?[0-9.]{1,12}\s?%?", re.IGNORECASE
)
_SIGNED = re.compile(r"[+\-−–][0-9]{1,6}(?:\.[0-9]{0,30})?\s?%?")
_SEVERAL = re.compile(r"[0-9.]{1,12}\s?%?\s?(?:/|→|->|\||;|,|–|~|to|vs\.?|-)\s?[0-9.]{1,12}.{0,80}")
_NONE = re.compile(
    r"(?:n\.?/?a\.?|none|tbd|oom|nan|null|not .{1,80}|err(?:or)?|fail(?:ed)?|-{1,4}|[–—/?✗x])",
    re.IGNORECASE,
)
_NOT_MEASURED = re.compile(
    r"tgt\.?|targets?|goal|est\.?|estimated?|expected|projected|predicted|planned|approx\.?|assumed|tbc"
    r"|extrapolated|interpolated|hypothetical|placeholder",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"[0-9]{0,3}\.?\s?(?:[\[(<{]\s?)?(?:\?{1,4}|x{2,4}|X{2,4}|_{2,6}|#{2,4}|\.{3}|…|tbd|tba|todo|fill\b.{0,40}|pending)(?:\s?[\])>}])?\s?%?",
    re.IGNORECASE,
)
"""What stands where a number is to come: `0.[??]`, `8X.X` and `[FILL]`."""
_LONGEST_SHOWN = 60
_MOST_KEPT = 8192
"""Large tables repeat most of their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """What a cell holds.

    Attributes:
        number: Its number; `None` if there is none, or it was passed over.
        why: Why it is passed over; empty if it is not.
        solved: Number of documents that were solved, where the cell states them.
        documents: Of how many.
    """

    number: PrintedCell | None = None
    why: str = ""
    solved: int | None = None
    documents: int | None = None


@lru_cache(maxsize=_MOST_KEPT)
def table_cell(text: str) -> TableCell:
    """What a cell of a table holds."""
    bare = _without_pictures(plain_text(text))
    without_marks = _MARKS.sub("", bare).strip()
    if not any(character.isdecimal() for character in without_marks):
        return TableCell()
    if _PLACEHOLDER.fullmatch(without_marks):
        return TableCell(why=f"{without_marks} is a placeholder, and no number")
    if _NONE.fullmatch(re.sub(r"\s?[(\[].{0,80}[)\]]$", "", without_marks)):
        return TableCell()
    if bare.startswith("~~"):
        return TableCell(why=f"{without_marks} is struck out")
    if (counted := _COUNT_FIRST.fullmatch(bare)) is not None:
        return _counted(counted)
    if (alone := _COUNT.fullmatch(without_marks)) is not None:
        return TableCell(
            why=f"{without_marks} may be a count or two scores; write a percentage",
            solved=_count(alone[1]),
            documents=_count(alone[2]),
        )
    for read in (printed_cell, _with_change):
        try:
            return _with_count(_measured(read(bare)))
        except _NotMeasuredError as error:
            return TableCell(why=f"{without_marks} is no result ({error})")
        except ValueError:
            continue
    return TableCell(why=_why(without_marks))


def _without_pictures(text: str) -> str:
    bare = _SPELLED.sub(" ± ", _PICTURES.sub("", text)).strip()
    bare = _ORNAMENT.sub("", _BETTER.sub("", bare).strip()).strip()
    return _RAISED_CHANGE.sub(r" (\1)", _LOWERED.sub(r" (\1)", bare)).replace("()", "").strip()


def _counted(found: re.Match[str]) -> TableCell:
    """What `63/500 (12.6%)` holds."""
    try:
        cell = printed_cell(f"{found['rest']}{found['tail']}")
    except ValueError:
        return TableCell(why=_why(found[0]))
    return TableCell(number=cell, solved=_count(found["k"]), documents=_count(found["n"]) or None)


def _measured(cell: PrintedCell | None) -> PrintedCell | None:
    """A number, unless a word behind it says that nobody measured it."""
    if cell is not None and (word := next(filter(_NOT_MEASURED.fullmatch, cell.notes), None)):
        raise _NotMeasuredError(word)
    return cell


class _NotMeasuredError(ValueError):
    """A number that is a target or an estimate."""


def _with_count(cell: PrintedCell | None) -> TableCell:
    """A number with the count that stands in parentheses after it."""
    if cell is None:
        return TableCell()
    for note in cell.notes:
        if (found := _COUNT.fullmatch(note)) is not None:
            rest = tuple(other for other in cell.notes if other != note)
            return TableCell(
                number=replace(cell, notes=rest),
                solved=_count(found[1]),
                documents=_count(found[2]) or None,
            )
    return TableCell(number=cell)


def _with_change(text: str) -> PrintedCell | None:
    """A number before the change that follows it, such as `57.2 ↑1.3` or `57.2 +1.3`."""
    change = _CHANGE.search(text)
    if change is None or not change.start():
        raise ValueError(text)
    cell = printed_cell(text[: change.start()])
    if cell is None:
        raise ValueError(text)
    return replace(cell, notes=(*cell.notes, change[0].strip("()[] ")))


def _count(written: str) -> int:
    return int(written.replace(",", ""))


def why_signed(text: str) -> str:
    """Why a number below zero is passed over where no metric admits one."""
    return f"{_shown(text)} is a difference or has a sign"


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _why(text: str) -> str:
    shown = _shown(text)
    if _SIGNED.fullmatch(text):
        return why_signed(text)
    if _APPROXIMATE.fullmatch(text):
        return f"{shown} is no exact number"
    if (kind := content_kind(text)) is not None:
        return f"{shown} is no score ({kind})"
    if _SEVERAL.fullmatch(text):
        return f"{shown} holds more than one number; name each above it, for example EM / F1"
    return f"{shown!r} is not understood as one number"
