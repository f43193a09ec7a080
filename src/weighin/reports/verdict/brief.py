"""The first look at a verdict: what contradicts, what is missing by cause, and how much more."""

import re
from collections.abc import Sequence
from typing import Final

from weighin.reports.page.brief import Brief, Point, Points
from weighin.reports.page.model import tally
from weighin.reports.shared.foreign_text import clipped
from weighin.reports.shared.wording import counted, facet_name, listed, metric_words, score_words
from weighin.reports.verdict.wording import told_counts
from weighin.rules.interface import Level, Outcome, Verdict
from weighin.rules.judging.causes import Told, accepted_of

DOES_NOT_PROVE: Final = (
    "this does not prove that a benchmark measures anything, nor clean data, nor an honest host"
)

_COMMIT: Final = re.compile(r"(?<=@)[0-9a-f]{40}\b")
_SHOWN_COMMIT: Final = 12
_SHOWN_FACETS: Final = 4
_SHOWN_RULES: Final = 4
_SHOWN_BENCHMARKS: Final = 2
_LONGEST: Final = 25
_LONGEST_OF_MET: Final = 10
_LONGEST_NAME: Final = 40
_LONGEST_VALUE: Final = 160


def brief_of(verdict: Verdict, causes: Sequence[Told]) -> Brief:
    """The first look at a verdict, and at what keeps it from being met."""
    told = [cause for cause in causes if cause.level is Level.ERROR]
    warnings = [cause for cause in causes if cause.level is not Level.ERROR]
    contradictions = [cause for cause in told if cause.is_contradiction]
    missing = [cause for cause in told if not cause.is_contradiction]
    by_weighin = sum(cause.is_mended_by_weighin for cause in missing)
    return Brief(
        figures=_scores(verdict),
        parts=(
            Points(
                title="Contradicts",
                noun="contradiction",
                points=tuple(_contradicts(cause) for cause in contradictions),
            ),
            Points(
                title="Missing",
                noun="cause",
                points=tuple(_is_missing(cause, verdict) for cause in missing),
                closing=_weighin_way(by_weighin, len(missing)),
            ),
            Points(
                title="Waived",
                noun="waived finding",
                points=tuple(map(_contradicts, accepted_of(verdict))),
            ),
            Points(
                title="Does not move the verdict",
                noun="warning",
                points=tuple(_warning(cause) for cause in warnings if cause.is_contradiction),
                is_aside=True,
            ),
        ),
        tally=_tally(verdict),
        closing=DOES_NOT_PROVE,
        longest=_LONGEST_OF_MET if verdict.outcome is Outcome.MET else _LONGEST,
    )


def _contradicts(cause: Told) -> Point:
    first = cause.findings[0].finding
    rules = f"by {listed(cause.rules, _SHOWN_RULES)}"
    values = "; ".join(
        f"{label} {clipped(_short(value), _LONGEST_VALUE)}"
        for label, value in (("found", first.found), ("expected", first.expected))
        if value and value not in cause.statement
    )
    # In a long statement the end, where the effect stands, is what is cut.
    effect, statement = cause.effect, cause.statement
    if effect:
        statement = statement.replace(f"; {effect}", "")
    words = _short(statement)
    if first.facet and values and len(words) > _LONGEST_VALUE:
        # Names of benchmarks stand first in such a statement, and nobody would see the values.
        words, values = f"{facet_name(first.facet)}: {values}", ""
    is_disputed = cause.outcome is Outcome.UNDECIDED
    if is_disputed:
        # What settles it is what a person needs most.
        below = (effect, *cause.ways, rules, values)
    elif cause.accepted:
        below = (cause.accepted, rules, effect, values)
    else:
        below = (effect, values, "; ".join((rules, *cause.ways)))
    return Point(cause.outcome, words, tuple(filter(None, below)), is_disputed)


def _short(words: str) -> str:
    """Words with commits by their first digits: two of them in full fill more than a line."""
    return _COMMIT.sub(lambda found: found.group()[:_SHOWN_COMMIT], words)


def _warning(cause: Told) -> Point:
    return Point(cause.outcome, f"{cause.statement} ({listed(cause.rules, _SHOWN_RULES)})")


def _is_missing(cause: Told, verdict: Verdict) -> Point:
    facets = listed(map(facet_name, cause.facets), _SHOWN_FACETS)
    words = f"{cause.statement}: {facets}" if facets and cause.kind else cause.statement
    if cause.kind and cause.benchmarks and not set(verdict.scores) <= set(cause.benchmarks):
        words += f" (on {_extent(cause.benchmarks, verdict)})"
    rules = "" if facets else f"for {listed(cause.rules, _SHOWN_RULES)}"
    below = (_ways(cause.ways), rules)
    return Point(Outcome.UNDECIDED, words, tuple(filter(None, below)))


def _ways(ways: tuple[str, ...]) -> str:
    return "; ".join(ways)


def _extent(benchmarks: tuple[str, ...], verdict: Verdict) -> str:
    if len(benchmarks) <= _SHOWN_BENCHMARKS:
        return ", ".join(clipped(task, _LONGEST_NAME) for task in benchmarks)
    return f"{len(benchmarks)} of {counted(len(verdict.scores), 'benchmark')}"


def _weighin_way(number: int, of: int) -> str:
    if not number:
        return ""
    what = f"{number} of these {of}" if number < of else "it" if of == 1 else "all of this"
    return f"or score it with `weighin run`, which records {what}"


def _scores(verdict: Verdict) -> tuple[str, ...]:
    return tuple(
        f"{clipped(task, _LONGEST_NAME)} {metric_words(score)} {score_words(score)}"
        for task, score in verdict.scores.items()
        if score is not None
    )


def _tally(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.PARTIAL:
        return "nothing is judged of a part; --full for what was seen"
    return f"findings: {tally(*told_counts(verdict))}; --full for all"
