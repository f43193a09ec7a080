"""Metrics whose numbers may lie below zero, and are no differences for that."""

# ruff: noqa: E501  # one pattern a line
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from weighin.sources.scorecard.tables.layout.names import name_words

_SIGNED = re.compile(
    r"(?:.{0,40} )?(?:spearman|pearson|kendall|matthews|rank(?:ed)?|point biserial|cross)?(?: ?s)?(?: ?(?:tau|rho|r|\u03c1|\u03c4))?(?: ?[bc])?(?: corr(?:elations?)?)(?: coeff?(?:icients?)?)?"
    r"|(?:.{0,40} )?(?:spearman|pearson|kendall)(?: s)?(?: (?:tau|rho|r|\u03c1|\u03c4|[bc])){0,2}(?: (?:mean|avg|all|test|dev|score))?"
    r"|(?:.{0,40} )?(?:corr|correlations?|srcc|plcc|krcc|pcc|scc|lcc|rho|\u03c1|\u03c4|tau|mcc|matthews|kappa|cohen s (?:kappa|d)|icc|ccc|npmi|pmi|c ?v|umass|silhouette(?: score)?|ari|adjusted rand(?: index)?"
    r"|r ?(?:2|\u00b2)|r ?squared|adj(?:usted)? r ?(?:2|\u00b2)|explained variance|nse|kge|bss|brier skill(?: score)?|skill score|bias|mbe|me|mean bias(?: error)?|mean error|signed error"
    r"|rewards?|returns?|avg r|avg rewards?|episode rewards?|cumulative rewards?|pnl|profit|roi|sharpe(?: ratio)?|sortino(?: ratio)?|calmar(?: ratio)?|treynor(?: ratio)?|information ratio|info ratio|alpha|max drawdown|drawdown|mdd|excess returns?"
    r"|log ?(?:likelihoods?|lik|prob(?:abilit(?:y|ies))?s?|p|pdf)|elbo|ll|test ll|mll|sentiment(?: score)?|valence|compound|nps|net score|si sdr|si ?snr|sdr|snr|lift score|utility|omniscience(?: index)?|[\u0394\u2206]g|energy score|vina(?: score)?|docking score|binding affinity|affinity"
    r"|nmb|z ?scores?|normali[sz]ed score|human normali[sz]ed(?: score)?|hns|comet(?:kiwi)?(?: ?(?:da|qe|22))?|prism|bartscore|bart score|bleurt)(?: (?:mean|avg|scores?|values?|all|test|dev|val))?"
    r"|.{0,20}(?:\u76f8\u5173(?:\u7cfb\u6570|\u6027)?|\u504f\u5dee|\u5956\u52b1|\u56de\u62a5|\u6536\u76ca\u7387?|\u590f\u666e(?:\u6bd4\u7387)?|\u5bf9\u6570\u4f3c\u7136|\u76f8\u95a2(?:\u4fc2\u6570)?|\u5831\u916c|\u30b7\u30e3\u30fc\u30d7\u30ec\u30b7\u30aa|\uc0c1\uad00(?:\uacc4\uc218)?|\ubcf4\uc0c1)"
    r"|korrelation|corr\u00e9lation|correlaci\u00f3n|correla\u00e7\u00e3o|correlazione|\u043a\u043e\u0440\u0440\u0435\u043b\u044f\u0446\u0438\u044f|\u043d\u0430\u0433\u0440\u0430\u0434\u0430|\u0441\u043c\u0435\u0449\u0435\u043d\u0438\u0435|verzerrung|belohnung|biais|sesgo|r\u00e9compense|recompensa"
)
_CLAUSE = re.compile(
    r"\s?[,.;:()\[\]|\u2013\u2014](?:\s|$)|[()\[\]]"
    r"| (?:with|of|on|for|in|to|between|per|by|from|under|at|as|is|are|and|across|against|using|over) "
)
_OF_CHANGES = re.compile(
    r"[\u0394\u2206\u03b4]|\b(?:change|differen|delta|gain|improve|drop|relative|compared|degrad|increas"
    r"|decreas|versus|vs\b|uplift|lift\b|over (?:the )?baseline)",
    re.IGNORECASE,
)
_LONGEST = 300
_PLUS = re.compile(r"[*_~`(\[$ ]{0,4}\+\s?[0-9.]")


def may_be_negative(label: str) -> bool:
    """Whether a heading names a metric whose numbers may lie below zero: a correlation, a reward."""
    return _SIGNED.fullmatch(name_words(label)) is not None


@lru_cache(maxsize=8192)
def names_signed(text: str) -> bool:
    """Whether a heading, a label or a caption speaks of such a metric, and of no changes."""
    some = text[:_LONGEST]
    if _OF_CHANGES.search(some) is not None:
        return False
    return may_be_negative(some) or any(map(may_be_negative, filter(None, _CLAUSE.split(some))))


def have_plus(cells: Iterable[str]) -> bool:
    """Whether one of some numbers bears a plus: who writes it writes what others differ by."""
    return any(_PLUS.match(cell) is not None for cell in cells)


def places_of_plus(
    rows: Sequence[Mapping[int, str]],
) -> tuple[frozenset[int], frozenset[int]]:
    """The numbers of the rows, and the places of the columns, with a number that bears a plus."""
    found = [
        (number, place)
        for number, row in enumerate(rows)
        for place, cell in row.items()
        if _PLUS.match(cell) is not None
    ]
    return frozenset(number for number, _ in found), frozenset(place for _, place in found)
