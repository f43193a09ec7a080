"""What the words around a table say of the metric of all its numbers, and of their scale."""

# ruff: noqa: E501  # names of metrics in many languages
import re
from collections.abc import Sequence

from weighin.evidence.benchmarks import ScoreKind
from weighin.sources.scorecard.tables.claims.found import Found, SaidAround
from weighin.sources.scorecard.tables.claims.said import as_another_measure
from weighin.sources.scorecard.tables.claims.scales import scale_in
from weighin.sources.scorecard.tables.layout.words import is_metric, is_unbounded_metric

OF_SHARES = re.compile(
    r"\baccurac(?:y|ies)\b|\bexact[ -]match\b|\bpass@(?:1|k|\d+)\b|\b(?:pass|success|solve|win|resolved?) rates?\b"
    r"|\brecall\b|\bprecision\b|\bgenauigkeit\b|\bpr\u00e9cision\b|\bprecisi\u00f3n\b|\u51c6\u786e\u7387|\u6b63\u786e\u7387|\u6210\u529f\u7387|\u901a\u8fc7\u7387"
    r"|\u6b63\u89e3\u7387|\u6b63\u7b54\u7387|\uc815\ud655\ub3c4|\uc815\ub2f5\ub960|\b\u0442\u043e\u0447\u043d\u043e\u0441\u0442\u044c",
    re.IGNORECASE,
)
"""Names of metrics that cannot exceed all."""
_UNBOUNDED = re.compile(
    r"\b(?:perplexit(?:y|ies)|ppl|nll|negative log[- ]likelihoods?|bits per byte|bpb|fid"
    r"|(?:test|validation|val|train(?:ing)?|cross[- ]entropy|lm|language modell?ing) loss(?:es)?"
    r"|(?:word|character) error rates?|wer|cer)\b|\u56f0\u60d1\u5ea6",
    re.IGNORECASE,
)


def said_around(title: str, beside: str, corners: Sequence[str] = ()) -> SaidAround:
    """What the words around a table say of its numbers.

    Args:
        title: Its caption or heading, which with the corners alone says that numbers have no
            largest value.
        beside: What stands directly above and below it.
        corners: Headings of its labels, such as `Task (acc)`.
    """
    named = "\n".join((title, *corners))
    is_scored = OF_SHARES.search(f"{named}\n{beside}") is not None
    unbounded = _UNBOUNDED.search(named)
    return SaidAround(
        is_scored=is_scored,
        metric="" if unbounded is None or OF_SHARES.search(named) else unbounded[0],
        scale=scale_in(f"{title}\n{beside}"),
    )


def take_in(found: Sequence[Found], said: SaidAround) -> None:
    """Note with each number what the words around its table say of it.

    A number whose own labels name a metric is left as it is; where a label names the metric of a
    caption, that is not the metric of the others.
    """
    is_of_some = any(is_unbounded_metric(n.label) or is_unbounded_metric(n.metric) for n in found)
    for number in found:
        is_own = bool(number.metric) or is_metric(number.label) or number.cell.is_percentage
        known = number.whole
        is_free = known is None or known.score is not ScoreKind.UNBOUNDED
        if is_own or not is_free or is_unbounded_metric(number.label):
            continue
        number.around = said
        if said.metric and not is_of_some:
            number.metric = said.metric
            as_another_measure(number)
