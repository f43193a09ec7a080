"""What the words around a table say of all its numbers: their metric, and in what they count."""

import re
from collections.abc import Sequence

from weighin.evidence.benchmarks import ScoreKind
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.counting.scales import scale_in, scale_of
from weighin.sources.scorecard.tables.claims.found import Found, SaidAround
from weighin.sources.scorecard.tables.claims.said import as_another_measure
from weighin.sources.scorecard.tables.layout.words import (
    is_metric,
    is_unbounded_metric,
    names_unbounded,
)

_SCORED = re.compile(
    r"\b(?:accurac(?:y|ies)|acc\.|pass@|exact[ -]match"
    r"|(?:success|solve|pass|win|resolve)[ -]?rates?"
    r"|f1(?: scores?)?|recall|precision|genauigkeit|exactitude|exactitud|acur[aá]cia|accuratezza"
    r"|dokładność|точност\w{1,2})\b"
    r"|[\u51c6\u6b63]\u786e\u7387|\u901a\u8fc7\u7387|\u80dc\u7387|\u6210\u529f\u7387|\u6b63\u89e3\u7387"
    r"|\u53ec\u56de\u7387|\uc815\ud655\ub3c4|\uc815\ub2f5\ub960",
    re.IGNORECASE,
)
_UNBOUNDED = re.compile(
    r"\b(?P<metric>perplexit(?:y|ies)|ppl|nll|negative log[- ]likelihoods?|bits per byte|bpb|fid"
    r"|(?:test|validation|val|train(?:ing)?|cross[- ]entropy|lm|language modell?ing) loss(?:es)?"
    r"|(?:word|character) error rates?|wer|cer)\b|(?P<chinese>\u56f0\u60d1\u5ea6)",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"(?:acc\w{0,8}\.?|scores?|rates?|results?|performance|em|f1|recall|precision|pass@\w{1,4}|match|values?"
    r"|numbers?|metrics?|[\u4e00-\u9fff]{2,8})\s?(?:[(\[\uff08]\s?(?:in )?[%\uff05]\s?[)\]\uff09])"
    r"|[(\[\uff08]\s?[^()\[\]\n]{1,20}[,;/] ?[%\uff05]\s?[)\]\uff09]"
    r"|\b(?:in|als) prozent\b|\ben pour ?cent|\ben porcentaje|\bw procentach|\bin percentuale"
    r"|\b(?:in|as) (?:%|percent(?:age)?s?\b(?! points?))|\bpercentages\b(?! points?)"
    r"|(?:[\u00d7x*]|times|multiplied by|scaled by) ?100\b|\u767e\u5206(?:\u6bd4|\u5236|\u6570)",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(?:[(\[]|\b(?:from|between|range|in|scale)\s?[:\[(]?)"
    r" ?0(?:\.0)? ?(?:to|and|[-\u2013,]) ?1(?:\.0)?(?![\d.%])"
    r"|\bas (?:fractions|proportions|shares)\b",
    re.IGNORECASE,
)
_THINGS = re.compile(r"[A-Z]?[a-z]+(?:[ _-][A-Z]?[a-z]+)*")
"""Ordinary words, which name no benchmark."""


def said_around(title: str, beside: str, corners: Sequence[str] = ()) -> SaidAround:
    """What the words around a table say of its numbers.

    Args:
        title: Its caption or heading, which alone says that numbers have no largest value.
        beside: What stands directly above and below it.
        corners: Headings of its labels, such as `Task (acc, %)`.
    """
    named = "\n".join((title, *corners))
    text = f"{named}\n{beside}"
    unbounded = _UNBOUNDED.search(named)
    is_percent, is_share = _PERCENT.search(text) is not None, _SHARE.search(text) is not None
    unit = {(True, False): Unit.PERCENT, (False, True): Unit.SHARE}.get((is_percent, is_share))
    is_other = unbounded is not None and not is_percent and _SCORED.search(named) is None
    return SaidAround(
        unit=unit,
        is_scored=_SCORED.search(text) is not None,
        metric=unbounded[0] if unbounded is not None and is_other else "",
        scale=scale_in(text) or scale_of(title),
    )


def take_in(found: Sequence[Found], said: SaidAround) -> None:
    """Note with each number what the words around its table say of it.

    A number whose own labels name a metric is left as it is; where a label names the metric of a
    caption, that is not the metric of the others.
    """
    is_of_some = any(names_unbounded(n.label) or is_unbounded_metric(n.metric) for n in found)
    parts = {n.label for n in found if "." in n.cell.number}
    for number in found:
        is_own = bool(number.metric) or is_metric(number.label) or number.cell.is_percentage
        if parts and number.label not in parts and _THINGS.fullmatch(number.label):
            # Whole numbers of things beside percentages, such as empty answers.
            continue
        known = number.whole
        is_free = known is None or known.score is not ScoreKind.UNBOUNDED
        if is_own or not is_free or names_unbounded(number.label):
            continue
        number.around = said
        if said.metric and not is_of_some:
            number.metric = said.metric
            as_another_measure(number)
