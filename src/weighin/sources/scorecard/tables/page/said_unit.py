"""In what the numbers of a table count where its caption or the text beside it says so."""

# ruff: noqa: E501  # tables of words
import re
from collections import defaultdict
from collections.abc import Sequence

from weighin.evidence.benchmarks import ScoreKind
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.claims.said_around import OF_SHARES
from weighin.sources.scorecard.tables.layout.words import is_unbounded_metric

_PERCENT = re.compile(
    r"[(\[\uff08]\s?(?:[^()\[\]\n]{1,20}[,;/] ?)?(?:in |en |\u5355\u4f4d[:\uff1a]?\s?)?(?:%|pct|percent)\s?[)\]\uff09]"
    r"|\b(?:in|as|are|values|numbers|scores|accurac\w+) (?:a )?(?:%|per ?cents?\b|percentages?\b)(?! points?)"
    r"|\b(?:in|als) prozent\b|\ben pour ?cent\w*|\ben porcentaje|\bin percentuale|\bw procentach|\u0432 \u043f\u0440\u043e\u0446\u0435\u043d\u0442\u0430\u0445"
    r"|\u767e\u5206\u6bd4|\u767e\u5206\u7387|\u30d1\u30fc\u30bb\u30f3\u30c8|\ubc31\ubd84\uc728|\u5747\u4e3a\s?%|\u5355\u4f4d[:\uff1a]\s?%",
    re.IGNORECASE,
)
_SHARES = re.compile(
    r"\bas (?:fractions|proportions)\b|\bbetween 0 and 1\b|\bfrom 0(?:\.0)? to 1(?:\.0)?\b"
    r"|[(\[]0\s?[-\u2013,]\s?1[)\]](?! range of)|\b0[-\u2013]1 scale\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"perplexit|\bppl\b|latenc|throughput|\bloss\b|tokens?|\bspeed|\bcosts?\b|memory|\belo\b|rating|\bbleu\b|rouge"
    r"|\bwer\b|\bcer\b|\bfid\b|seconds|\brank|improvement|\bgains?\b|difference|drop|\u901f\u5ea6|\u56f0\u60d1\u5ea6|\u663e\u5b58|\u8bc4\u5206",
    re.IGNORECASE,
)
_MOST_PERCENT = 100


def take_said_unit(found: Sequence[Found], title: str, beside: str) -> None:
    """Give numbers whose unit no cell and no heading tells that of their caption.

    Args:
        found: The numbers of a table.
        title: What heads it.
        beside: What is said directly above and below it.
    """
    said = f"{title}\n{beside}"
    is_percent = _PERCENT.search(said) is not None
    of_shares = OF_SHARES.search(said) is not None and _OTHERS.search(said) is None
    if _SHARES.search(said) is not None and not is_percent:
        _take(found, Unit.SHARE, 1)
    elif is_percent or of_shares:
        _take(found, Unit.PERCENT, _MOST_PERCENT)


def _take(found: Sequence[Found], unit: Unit, most: int) -> None:
    by_label: dict[str, list[Found]] = defaultdict(list)
    for number in found:
        if number.unit is None and not _is_unbounded(number):
            by_label[number.label].append(number)
    for numbers in by_label.values():
        values = [float(number.cell.number) for number in numbers]
        # Below one, percentages and shares look alike.
        if max(values) > most or (unit is Unit.PERCENT and max(values) <= 1):
            continue
        above = [n for n, value in zip(numbers, values, strict=True) if value > 1]
        usual = max(map(_decimals, above), default=0)
        for number, value in zip(numbers, values, strict=True):
            if unit is Unit.SHARE or value > 1 or _decimals(number) <= usual:
                number.unit = unit


def _is_unbounded(number: Found) -> bool:
    known = number.whole
    is_so = known is not None and known.score is ScoreKind.UNBOUNDED
    return is_so or is_unbounded_metric(number.metric) or is_unbounded_metric(number.label)


def _decimals(number: Found) -> int:
    return len(number.cell.number.partition(".")[2])
