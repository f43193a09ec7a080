"""The first look at a verdict: what contradicts, what is missing by cause, and how much more."""

from typing import Final

from weighin.reports.page.brief import Brief, Point, Points
from weighin.reports.shared.foreign_text import clipped
from weighin.reports.shared.wording import counted, facet_name, listed, metric_words, score_words
from weighin.reports.verdict.wording import weakest_evidence
from weighin.rules.interface import FINDING_OUTCOMES, Level, Outcome, Verdict
from weighin.rules.judging.causes import Told, causes_of

DOES_NOT_PROVE: Final = (
    "this does not prove that a benchmark measures anything, that training data was clean, or that "
    "whoever ran it was honest"
)

_SHOWN_FACETS: Final = 4
_SHOWN_RULES: Final = 4
_LONGEST: Final = 25
_LONGEST_OF_MET: Final = 10
_LONGEST_NAME: Final = 40
_LONGEST_VALUE: Final = 160


def brief_of(verdict: Verdict) -> Brief:
    """The first look at a verdict."""
    causes = causes_of(verdict)
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
                closing=_weighin_way(verdict, by_weighin, len(missing)),
            ),
            Points(
                title="Does not move the verdict",
                noun="warning",
                points=tuple(_warning(cause) for cause in warnings if cause.is_contradiction),
            ),
        ),
        tally=_tally(verdict),
        closing=f"weakest evidence: {weakest_evidence(verdict)}; {DOES_NOT_PROVE}",
        longest=_LONGEST_OF_MET if verdict.outcome is Outcome.MET else _LONGEST,
    )


def _contradicts(cause: Told) -> Point:
    first = cause.findings[0].finding
    rules = f"by {listed(cause.rules, _SHOWN_RULES)}"
    way = f"{rules}; {cause.ways[0]}" if cause.ways else rules
    values = [
        f"{label} {clipped(value, _LONGEST_VALUE)}"
        for label, value in (("found", first.found), ("expected", first.expected))
        if value and value not in cause.statement
    ]
    is_told = cause.effect in cause.statement
    below = ("; ".join(values), "" if is_told else cause.effect, way)
    is_disputed = cause.outcome is Outcome.UNDECIDED
    return Point(cause.outcome, cause.statement, tuple(filter(None, below)), is_disputed)


def _warning(cause: Told) -> Point:
    return Point(cause.outcome, f"{cause.statement} ({listed(cause.rules, _SHOWN_RULES)})")


def _is_missing(cause: Told, verdict: Verdict) -> Point:
    facets = listed(map(facet_name, cause.facets), _SHOWN_FACETS)
    words = f"{cause.statement}: {facets}" if facets and cause.kind else cause.statement
    if cause.kind and cause.benchmarks:
        words += f" ({_extent(cause.benchmarks, verdict)})"
    rules = () if facets else (f"for {listed(cause.rules, _SHOWN_RULES)}",)
    return Point(Outcome.UNDECIDED, words, (*cause.ways[:1], *rules, *cause.ways[1:]))


def _extent(benchmarks: tuple[str, ...], verdict: Verdict) -> str:
    if len(benchmarks) == 1:
        return clipped(benchmarks[0], _LONGEST_NAME)
    if set(verdict.scores) <= set(benchmarks):
        return f"all {len(verdict.scores)} benchmarks"
    return f"{len(benchmarks)} of {counted(len(verdict.scores), 'benchmark')}"


def _weighin_way(verdict: Verdict, number: int, of: int) -> str:
    if not number:
        return ""
    what = "this" if number == of == 1 else f"{number} of these {of}" if number < of else "all this"
    return f"or score it with `weighin run {verdict.requirements_file}`, which records {what}"


def _scores(verdict: Verdict) -> tuple[str, ...]:
    return tuple(
        f"{clipped(task, _LONGEST_NAME)} {metric_words(score)} {score_words(score)}"
        for task, score in verdict.scores.items()
        if score is not None
    )


def _tally(verdict: Verdict) -> str:
    of = {
        outcome: {j.rule for j in verdict.findings if j.finding.outcome is outcome}
        for outcome in FINDING_OUTCOMES
    }
    others = of[Outcome.VIOLATED] | of[Outcome.UNDECIDED] | of[Outcome.WAIVED]
    met = of[Outcome.MET] - others
    rest = of[Outcome.NOT_APPLICABLE] - others - met
    told = [f"{counted(len(met), 'rule')} met"]
    if of[Outcome.WAIVED]:
        told.append(f"{len(of[Outcome.WAIVED])} waived")
    told.append(f"{len(rest)} not applicable")
    return f"{', '.join(told)}; --full for all"
