"""What a cell holds that is no score, by its form."""

# ruff: noqa: E501  # one pattern a line
import re
from collections.abc import Sequence
from functools import lru_cache

_SIZE = re.compile(
    r"[~<>≈]?\s?\$?\d{1,6}(?:[.,]\d{1,3})?\s?(?:[kKmMbBtT]|[KMGT]i?B|[kKmMbB]? ?tok(?:ens)?(?:/s)?|ms|s|h|x|×|GB|bpw|bits?|W|°C"
    r"|billion|million|[BM] ?params?)(?:\s?[x×/-]\s?[AE]?\d{1,6}(?:\.\d{1,3})?\s?[kKmMbB]?)?"
    r"|\d{1,3}x\d{1,4}(?:\.\d)?[BM]|\d(?:\.\d{1,3})?[eE×][+-]?\d{1,3}|\d(?:\.\d{1,3})?\s?[x×·]\s?10.{1,14}"
)
_DATE = re.compile(
    r"\d{4}[-/]\d{1,2}(?:[-/]\d{1,2})?(?:[T ].{1,20})?|(?:19|20)\d\d\.\d{1,2}\.\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|(?:\d{1,2} )?(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?,? ?(?:\d{1,2},? )?'?\d{2,4}"
    r"|(?:19|20)\d\d ?q[1-4]|q[1-4] (?:19|20)\d\d",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"√|true|false|yes|no|✓|✗|✔|✘|x|✅|❌|open|closed|proprietary|public|private", re.IGNORECASE
)
_PRICE = re.compile(r"[0-9][0-9.,]{0,12} ?[€£¥$](?:\s?/.{1,40})?(?: .{1,40})?")
_SHA = re.compile(r"[0-9a-f]{7,64}")
_SCORE = re.compile(
    r"[*_~`(\[↑↓⬆⬇▲▼+\-−–±$<>≈ ]{0,6}"
    r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{0,6}\.\d{1,30}|\d{1,6}\.?+)\s?+%?+"
    r"(?:$|\s?[Δ∆].{0,40}$|\s?(?!-[A-Za-z])[^\w\s.].{0,80}$|[¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ].{0,60}$)"
)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEVER_SCORES = frozenset(("dates", "sizes", "cost or speed"))
_DOTS = frozenset(".…⋮⋯")
_NOTHING = frozenset(
    ("", "-", "–", "—", "/", "n/a", "na", "none", "x", "✗", "tbd", "?", "--", "---")
)


def is_size(text: str) -> bool:
    """Whether a text is a size, a price, a speed or a power of ten."""
    return _SIZE.fullmatch(text) is not None


@lru_cache(maxsize=8192)
def content_kind(text: str) -> str | None:
    """What a cell holds that is no score, by its form; `None` where it has none of these."""
    bare = text.strip()
    for kind, pattern in (("dates", _DATE), ("yes or no", _FLAG), ("sizes", _SIZE)):
        if pattern.fullmatch(bare):
            return kind
    if bare.startswith(("http://", "https://", "hf.co/", "arxiv.org")):
        return "links"
    if bare.startswith(("$", "€", "£", "¥")) or _PRICE.fullmatch(bare):
        return "cost or speed"
    if _SHA.fullmatch(bare) and not bare.isdecimal():
        return "ids"
    return None


@lru_cache(maxsize=8192)
def looks_like_score(text: str) -> bool:
    """Whether a cell may hold a score: it begins with a number that is no year and no size."""
    bare = _EMOJI.sub("", text).strip("*_` ()")
    return (
        _SCORE.match(bare) is not None
        and not _YEAR.fullmatch(bare)
        and content_kind(bare) not in _NEVER_SCORES
    )


def is_left_out(text: str) -> bool:
    """Whether a cell says that others stand in its place which are not shown."""
    return bool(text) and set(text) <= _DOTS and text != "."


def says_nothing(text: str) -> bool:
    """Whether a cell says that there is no number."""
    return text.strip("*_` ").casefold() in _NOTHING


def have_parts(cells: Sequence[str]) -> bool:
    """Whether most cells are numbers with decimals or percentages, as no count and no link has."""
    parts = sum("." in cell or "%" in cell for cell in cells if looks_like_score(cell))
    return parts * 2 > len(cells)
