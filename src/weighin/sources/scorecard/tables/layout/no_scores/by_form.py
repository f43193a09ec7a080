"""What a cell holds that is no score, by its form."""

# ruff: noqa: E501  # one pattern a line
import re
from collections.abc import Sequence
from functools import lru_cache

from weighin.sources.scorecard.tables.layout.names import MOST_KEPT

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
    r"(?:\d{1,3}(?:[,\u00a0\u202f\u2009 ]\d{3}){1,3}|\d{0,6}\.\d{1,30}|\d{1,6}\.?+)\s?+%?+"
    r"(?:$|\s?[Δ∆].{0,40}$|\s?(?!-[A-Za-z]|[\u00b7\u22c5\u00d7*]\s?[A-Za-z])[^\w\s.].{0,80}$|[¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ].{0,60}$)"
)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEVER_SCORES = frozenset(("dates", "sizes", "cost or speed"))
_DOTS = frozenset(".…⋮⋯")
_NOTHING = frozenset(
    ("", "-", "–", "—", "/", "n/a", "na", "none", "x", "✗", "tbd", "?", "--", "---")
)

_HOW_MANY = re.compile(
    r"(?:#|no\.|number of|num\.?|total|n) ?(?:of )?(?:test )?(?:samples?|questions?|examples?|problems?"
    r"|items|instances|documents|tasks|qs|queries|cases)"
    r"|(?:test|sample|dataset|data) (?:set )?sizes?|samples|questions|examples|instances|support"
    r"|\u6837\u672c\u6570|\u9898\u76ee\u6570|\u9898\u6570|\u6d4b\u8bd5\u6570\u91cf|\u554f\u984c\u6570|\u4ef6\u6570"
    r"|\ubb38\ud56d \uc218|anzahl.{0,20}",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(
    r"(?:not|no|un)[ -]?(?:yet )?(?:reported|reports?|available|published|disclosed|tested|evaluated|measured|run|released|provided|given|stated|listed"
    r"|applicable|supported|comparable|specified|known|scored|benchmarked|results?|data|scores?|numbers?|values?|figures?|entry)(?: .{1,40})?"
    r"|unreported|unknown|undisclosed|unpublished|untested|unavailable|missing|pending|n\.?/?[artd]\.?|nr|nan|null|oom|skipped|tba|tbc|coming soon|in progress"
    r"|.{1,40}, no (?:numbers?|results?|scores?|values?)"
    r"|\u672a(?:\u62a5\u544a|\u516c\u5e03|\u6d4b\u8bd5|\u6d4b|\u63d0\u4f9b|\u8bc4\u6d4b|\u516c\u958b|\u6e2c\u5b9a|\u77e5)|\u65e0(?:\u6570\u636e)?|\u7121|\u6682\u65e0|\u6682\u7f3a|\u306a\u3057|\u4e0d\u660e|\u5f85\u6d4b|\ubbf8\uacf5\uac1c|\uc5c6\uc74c|k\.a\.|keine angabe|n\.? ?d\.?|non disponible|no disponible|\u043d/\u0434|\u043d\u0435\u0442 \u0434\u0430\u043d\u043d\u044b\u0445"
)
"""What people write where there is no number."""


def is_size(text: str) -> bool:
    """Whether a text is a size, a price, a speed or a power of ten."""
    return _SIZE.fullmatch(text) is not None


@lru_cache(maxsize=MOST_KEPT)
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


@lru_cache(maxsize=MOST_KEPT)
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


@lru_cache(maxsize=MOST_KEPT)
def says_nothing(text: str) -> bool:
    """Whether a cell says that there is no number."""
    bare = text.strip("*_`() ").casefold()
    return bare in _NOTHING or _IN_WORDS.fullmatch(bare) is not None


def have_parts(cells: Sequence[str]) -> bool:
    """Whether most cells are numbers with decimals or percentages, as no count and no link has."""
    parts = sum("." in cell or "%" in cell for cell in cells if looks_like_score(cell))
    return parts * 2 > len(cells)


def says_how_many(label: str) -> bool:
    """Whether the label of a row says how many documents each benchmark has."""
    return _HOW_MANY.fullmatch(label.strip()) is not None
