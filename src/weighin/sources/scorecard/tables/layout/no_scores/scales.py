"""Metrics of speech, translation, retrieval, vision and forecasts, by the scale that they have.

None of them is a share of documents, and some have no largest value.
"""

# ruff: noqa: E501  # tables of words: a field a line
import re
from functools import lru_cache

from weighin.sources.scorecard.tables.layout.names import MOST_KEPT, shown_label

_BOUNDED = (
    r"sacre ?bleu|bleu(?:[ -]?[1-4])?|chr-?f(?:\+\+|[ -]?[23])?|x?comet(?:kiwi)?(?:[ -]?(?:22|da|qe|kiwi|xl|xxl|20)){0,2}|bleurt(?:-20)?"
    r"|rouge(?:[ -]?(?:[12l]|lsum))?|meteor|bert ?score(?:[ -]f1)?|spice|anls\*?|teds(?:[ -]s(?:truct)?)?|cdm"
    r"|n?dcg|mrr|map|hits?|hit[ -]?rate|recall|precision"
    r"|m?ap(?:50|75)?|ap[sml]|m?iou|dice|pq|mota|hota|idf1"
    r"|au-?roc|au-?prc?|eer|brier(?: score)?|[amt]?ece"
)
"""From nothing to all, printed as 0 to 1 or as 0 to 100."""
_UNBOUNDED = (
    r"cider(?:-d)?|f[iv]d|kid|inception score|lpips|psnr|niqe|brisque|[csn]?mos|dns ?mos|ut ?mos|pesq|si-?snri?|si-?sdri?|mcd"
    r"|(?:w|c|m|t|p|s|d)er|cpwer|edit ?dist(?:ance)?|levenshtein"
    r"|r?mse|mae|s?mape|wmape|mase|nrmse|crps|wql|epe|abs ?rel|nll|bpb|bpc|ppl|perplexity"
    r"|(?:avg\.? |mean |episode |total |cumulative )?rewards?"
)
_AT = r"(?:\s?@\s?(?:k|n|\d{1,4}|\[?0?\.\d{1,2}(?::0?\.\d{1,2})?\]?))?"
_BEHIND = r"(?:[ _-](?:score|mean|avg|all|overall))?(?:\s?[(\[]?(?:%|pct|in %)[)\]]?)?"
_PARENTHESES = re.compile(r"[(\[\uff08]([^()\[\]\uff08\uff09]{2,24})[)\]\uff09]\s{0,4}$")
_OF_BOUNDED = re.compile(rf"(?:.{{0,60}}[ _/:|-])?({_BOUNDED}){_AT}{_BEHIND}", re.IGNORECASE)
_OF_UNBOUNDED = re.compile(rf"(?:.{{0,60}}[ _/:|-])?({_UNBOUNDED}){_AT}{_BEHIND}", re.IGNORECASE)
_ALONE = re.compile(
    rf"(?:(?:avg\.?|average|mean|overall|test|dev|val|b|u)[ _-])?(?:{_BOUNDED}|{_UNBOUNDED}){_AT}{_BEHIND}",
    re.IGNORECASE,
)
_SHORT = 4
"""Longer names are no words of everyday."""


@lru_cache(maxsize=MOST_KEPT)
def is_of_scale(label: str) -> bool:
    """Whether a label names one of these metrics and nothing else."""
    found = _ALONE.fullmatch(_bare(label))
    return found is not None and _is_spelt(_bare(label))


@lru_cache(maxsize=MOST_KEPT)
def ends_in_bounded(label: str) -> bool:
    """Whether the last that a label names is a metric that ends at 1 or at 100."""
    return _ends_in(_OF_BOUNDED, label)


@lru_cache(maxsize=MOST_KEPT)
def ends_in_unbounded(label: str) -> bool:
    """Whether the last that a label names is a metric without a largest value."""
    return _ends_in(_OF_UNBOUNDED, label)


def _ends_in(pattern: re.Pattern[str], label: str) -> bool:
    bare = _bare(label)
    behind = _PARENTHESES.search(bare)
    for text in (bare, *(() if behind is None else (behind[1], bare[: behind.start()].rstrip()))):
        found = pattern.fullmatch(text)
        if found is not None and _is_spelt(found[1]):
            return True
    return False


def _bare(label: str) -> str:
    bare = shown_label(label).strip()
    return bare[1:-1] if bare[:1] in {"(", "["} and bare[-1:] in {")", "]"} else bare


def _is_spelt(name: str) -> bool:
    """Whether a name is written as abbreviations are: not `Map`, `Der` or `Hits`."""
    letters = "".join(character for character in name if character.isalpha())
    return len(letters) > _SHORT or not letters.istitle() or letters in {"Brier", "Dice"}
