"""Tables whose title says that nobody measured their numbers: plans, targets, made-up examples."""

# ruff: noqa: E501  # tables of words
import re
from collections.abc import Sequence

from weighin.sources.scorecard.tables.claims.found import Found

_RESULTS = r"(?:performances?|metrics?|benchmarks?|scores?|results?|numbers?|values?|figures?|accurac\w+|evaluations?|capabilit\w+|data|table|kpis?)"
_TITLED = re.compile(
    rf"\b(?:estimated|projected|planned|hypothetical|illustrative|fictional|fictitious|made[- ]?up|mock(?:ed)?|dummy|placeholder|imaginary|speculative(?! (?:decod|sampl|infer|execut))|anticipated)\b(?:[\w\s-]{{0,30}}\b{_RESULTS}\b)?"
    rf"|\b(?:target(?:ed)?|simulated|synthetic|example|sample|expected target|goal) {_RESULTS}\b(?! set)"
    rf"|\b{_RESULTS} (?:targets?|goals?|estimates?|projections?|forecasts?|roadmap)\b"
    r"|\bgesch\u00e4tzte?\w{0,2}\b|\bprognos\w+|\bzielwerte?\b|\bestim(?:\u00e9e?s?|ad[oa]s?|ation)\b|\bobje(?:ctifs|tivos) de\b"
    r"|\u9884\u4f30|\u9884\u8ba1|\u9884\u671f(?:\u6027\u80fd|\u7ed3\u679c|\u6307\u6807|\u6210\u7ee9|\u5206\u6570|\u6548\u679c)|\u76ee\u6807(?:\u6027\u80fd|\u7ed3\u679c|\u6307\u6807|\u6210\u7ee9|\u5206\u6570|\u503c)|\u793a\u4f8b\u6570\u636e|\u6a21\u62df\u6570\u636e|\u5047\u8bbe\u6570\u636e"
    r"|\u63a8\u5b9a\u5024|\u76ee\u6a19\u5024|\u4e88\u6e2c\u5024|\uc608\uc0c1 (?:\uc131\ub2a5|\uc810\uc218|\uacb0\uacfc)|\ubaa9\ud45c (?:\uc131\ub2a5|\uc810\uc218|\uce58)|\u043e\u0446\u0435\u043d\u043e\u0447\u043d\u044b\u0435|\u043f\u0440\u043e\u0433\u043d\u043e\u0437\w*|\u0446\u0435\u043b\u0435\u0432\u044b\u0435",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.;\u3002](?:\s|$)|, where\b")
"""What a caption says further on is of some numbers, or of how others were measured."""
_SAID = re.compile(
    rf"\b(?:these|all|the|following|our)?\s?{_RESULTS} (?:below |above |here |shown |in (?:this|the) tables? )?(?:are|is) (?:only |purely |all |currently )?"
    r"(?:placeholders?|illustrative|hypothetical|estimates?|estimated|projected|projections|made[- ]up|fictional|simulated|not real|dummy|targets?|goals|examples? only|for illustration)\b"
    r"|\bfor illustrat(?:ion|ive) (?:purposes? )?only\b|\u4ec5\u4f9b\u793a\u4f8b|\u4ec5\u4e3a\u793a\u4f8b|\u6570\u636e\u4e3a(?:\u6a21\u62df|\u5047\u8bbe|\u9884\u4f30|\u793a\u4f8b)",
    re.IGNORECASE,
)
_NO_TITLES = re.compile(
    r"\b(?:estimated|simulated|planned) (?:time|cost|memory|vram|gpu|reading|users?|agents?)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:current(?:ly)?|actual|measured|achieved|observed|baseline|today|reported|published|verified|ist|aktuell|actuel\w*|actual\w*|medid[oa]s?)\b"
    r"|\u5f53\u524d|\u5b9e\u6d4b|\u5b9e\u9645|\u73fe\u5728|\u73fe\u72b6|\uc2e4\uce21|\ud604\uc7ac|\u0442\u0435\u043a\u0443\u0449\w*",
    re.IGNORECASE,
)


def word_of_estimates(title: str, within: Sequence[str], beside: str) -> str:
    """The word by which a page says that the numbers of a table were not measured; else empty."""
    for heading in (_SENTENCE.split(title, maxsplit=1)[0], *reversed(within)):
        found = _TITLED.search(heading)
        if found is not None and _NO_TITLES.search(heading) is None:
            return found[0].strip()
    found = _SAID.search(beside)
    return "" if found is None else found[0].strip()


def is_measured(number: Found) -> bool:
    """Whether the labels of a number say that it was measured all the same: `Current`."""
    labels = (number.artifact, number.metric, number.section, number.label, *number.settings)
    return any(_MEASURED.search(label) is not None for label in labels)
