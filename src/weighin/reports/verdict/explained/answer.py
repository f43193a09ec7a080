"""What came out of a verdict, in sentences for who knows no rule."""

from collections.abc import Iterator, Sequence
from typing import Final

from weighin.identity.facets import Facet, Grade
from weighin.reports.page.model import CellState, Gist, ours
from weighin.reports.shared.foreign_text import clipped
from weighin.reports.shared.wording import (
    GRADES_MEAN,
    capitalised,
    counted,
    facet_name,
    listed,
)
from weighin.reports.verdict.facet_table import FacetTable
from weighin.reports.verdict.wording import weakest_grade
from weighin.rules.interface import JudgedFinding, Level, Outcome, Verdict
from weighin.rules.judging.causes import Told, accepted_of

_ANSWERS: Final = {
    Outcome.VIOLATED: "No.",
    Outcome.UNDECIDED: "It cannot be told from this evidence.",
    Outcome.PARTIAL: "Not judged: only a part was done.",
    Outcome.NOT_APPLICABLE: "Nothing was judged.",
}
_OF_USE: Final = frozenset(
    {
        Facet.SYSTEM_PROMPT,
        Facet.ENGINE,
        Facet.DECODING,
        Facet.TEST_TIME_COMPUTE,
        Facet.HARNESS_FILES,
    }
)
"""Facets of how a model was used; in the others it is another model."""
_OF_IDENTITY: Final = frozenset(
    {
        "checkpoint-is-declared",
        "released-is-scored",
        "one-artifact-per-name",
        "loaded-is-on-disk",
        "weights-unchanged-during-run",
    }
)
"""Rules that say the same of a model as a whole."""
_SHOWN_NAMES: Final = 3
_SHOWN_REASONS: Final = 2
_LONGEST_REASON: Final = 140
_SHOWN_FACETS: Final = 4
_LONGEST_NAME: Final = 60


def gist_of(verdict: Verdict, table: FacetTable, causes: Sequence[Told]) -> Gist:
    """What is asked of all verdicts, and what came out of this one.

    Args:
        verdict: The verdict.
        table: Its benchmarks by facet.
        causes: What keeps it from being met.
    """
    return Gist(
        question=_question(verdict),
        answer=ours(_answer(verdict), verdict.outcome),
        why=tuple(_why(verdict, table, causes)),
    )


def _question(verdict: Verdict) -> str:
    number = len(verdict.scores)
    if number == 1:
        asked = f"Does the one score of {verdict.model} belong to the model that is declared"
    else:
        scores = f"all {number} scores" if number else "the scores"
        asked = f"Do {scores} of {verdict.model} belong to one and the same model"
    return f"{asked}, obtained as the requirements file asks?"


def _answer(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.WAIVED:
        is_violated = any(cause.was_violated for cause in accepted_of(verdict))
        told = "No" if is_violated else "It cannot be told from this evidence"
        return f"{told}, and somebody accepts that."
    if verdict.outcome is not Outcome.MET:
        return _ANSWERS[verdict.outcome]
    if not verdict.scores:
        return "Nothing was judged: no benchmark is required."
    passed = _let_pass(verdict)
    if any(judged.finding.outcome is Outcome.VIOLATED for judged in passed):
        return "No, and the requirements file lets that pass."
    return f"{'; '.join(('Yes, as far as this evidence goes', *_but(verdict, passed)))}."


def _let_pass(verdict: Verdict) -> tuple[JudgedFinding, ...]:
    """What is not shown of the identity of the model, of which the file only warns."""
    problems = {Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.WAIVED}
    return tuple(
        judged
        for judged in verdict.findings
        if judged.level is not Level.ERROR
        and judged.finding.outcome in problems
        and _is_of_identity(judged)
    )


def _is_of_identity(judged: JudgedFinding) -> bool:
    facet = judged.finding.facet
    return judged.rule in _OF_IDENTITY or (facet is not None and facet not in _OF_USE)


def _but(verdict: Verdict, passed: Sequence[JudgedFinding]) -> Iterator[str]:
    """What a yes must not be told without."""
    if weakest_grade(verdict) is not Grade.MEASURED:
        yield "not all of it is measured"
    if verdict.head.asks_less:
        yield "the requirements file asks less than its profile"
    elif any(judged.is_weakened for judged in verdict.findings):
        yield "the requirements file asks less of a rule than the rule does"
    if passed:
        yield "it lets open questions pass"
    if aside := len(verdict.head.set_aside):
        yield f"{counted(aside, 'record')} {'is' if aside == 1 else 'are'} set aside"


def _why(verdict: Verdict, table: FacetTable, causes: Sequence[Told]) -> Iterator[str]:
    decisive = [cause for cause in causes if cause.level is Level.ERROR]
    contradictions = [cause for cause in decisive if cause.is_contradiction]
    missing = [cause for cause in decisive if not cause.is_contradiction]
    if verdict.head.others and not verdict.records:
        yield f"{capitalised(verdict.head.others)}."
    match verdict.outcome:
        case Outcome.VIOLATED:
            yield from _contradict(contradictions, verdict, table)
        case Outcome.UNDECIDED:
            if contradictions:
                number = counted(len(contradictions), "contradiction")
                yield f"It holds {number} that nothing in it settles."
            elif verdict.records:
                yield "Nothing in it speaks against that, but too little speaks for it."
            yield from (_lack(cause, verdict) for cause in missing[:_SHOWN_REASONS])
            if rest := len(missing[_SHOWN_REASONS:]):
                yield f"{counted(rest, 'more cause')} below."
        case Outcome.WAIVED:
            yield from _accepted(accepted_of(verdict), verdict, table)
        case Outcome.MET if verdict.scores:
            yield from _holds(verdict, table, causes)


def _contradict(found: Sequence[Told], verdict: Verdict, table: FacetTable) -> Iterator[str]:
    yield from (_contradiction(cause, verdict, table) for cause in found[:_SHOWN_REASONS])
    if rest := len(found[_SHOWN_REASONS:]):
        yield f"{counted(rest, 'more contradiction')} below."


def _accepted(accepted: Sequence[Told], verdict: Verdict, table: FacetTable) -> Iterator[str]:
    for cause in accepted[:_SHOWN_REASONS]:
        yield _contradiction(cause, verdict, table)
        yield f"{_ended(clipped(cause.accepted, _LONGEST_REASON))}"
    if rest := len(accepted[_SHOWN_REASONS:]):
        yield f"{counted(rest, 'more waived finding')} below."


def _holds(verdict: Verdict, table: FacetTable, causes: Sequence[Told]) -> Iterator[str]:
    if _let_pass(verdict):
        warned = [
            cause
            for cause in causes
            if cause.level is not Level.ERROR and any(map(_is_of_identity, cause.findings))
        ]
        yield from _contradict([c for c in warned if c.is_contradiction], verdict, table)
        yield from (_lack(c, verdict) for c in warned[:_SHOWN_REASONS] if not c.is_contradiction)
    elif same := _same_everywhere(table):
        yield f"On every benchmark the same by this evidence: {listed(same, _SHOWN_FACETS)}."
    grade = weakest_grade(verdict)
    if grade is not Grade.MEASURED:
        yield f"The weakest of it is {grade}: {GRADES_MEAN[grade]}."


def _same_everywhere(table: FacetTable) -> list[str]:
    columns = zip(*(row.cells for row in table.rows), strict=True)
    return [
        facet_name(facet)
        for facet, cells in zip(table.facets, columns, strict=False)
        if len(table.rows) > 1
        and all(cell.state is CellState.SAME and not cell.is_waived for cell in cells)
    ]


def _plain(cause: Told) -> str:
    """What is behind it, without the list that a long statement ends with."""
    statement = cause.statement
    if len(statement) <= _LONGEST_REASON:
        return statement
    end = max(statement.rfind(sign, 0, _LONGEST_REASON) for sign in (": ", "; "))
    return statement[:end] if end > 0 else clipped(statement, _LONGEST_REASON)


def _ended(words: str) -> str:
    """Words of somebody, with one full stop."""
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _lack(cause: Told, verdict: Verdict) -> str:
    """What is missing, and where, unless it is missing everywhere."""
    names = [task for task in cause.benchmarks if task in verdict.scores]
    if cause.kind is None:
        # It may begin with a name.
        return f"{_plain(cause)}."
    if not names or len(names) == len(verdict.scores):
        return f"{capitalised(_plain(cause))}."
    where = listed((clipped(task, _LONGEST_NAME) for task in names), _SHOWN_NAMES)
    return f"On {where}, {_plain(cause)}."


def _contradiction(cause: Told, verdict: Verdict, table: FacetTable) -> str:
    """A contradiction for who knows no rule: where, in which part of the model, what came of it."""
    odd = [task for task in cause.benchmarks if task in verdict.scores]
    others = _others(cause, odd, table)
    if not cause.was_violated or not odd or not others:
        # It may begin with a name.
        return f"{_plain(cause)}."
    facets = listed(map(facet_name, cause.facets), _SHOWN_NAMES)
    names = listed((clipped(task, _LONGEST_NAME) for task in odd), _SHOWN_NAMES)
    verb = "was" if len(odd) == 1 else "were"
    effect = f" It {clipped(cause.effect, _LONGEST_REASON)}." if cause.effect else ""
    return f"{names} {verb} not scored with the same {facets} as {others}.{effect}"


def _others(cause: Told, odd: Sequence[str], table: FacetTable) -> str:
    """Those that are known to be the same among themselves; empty if none are, or none told so."""
    if not cause.facets or not {f"same-{f.replace('_', '-')}" for f in cause.facets} & {
        *cause.rules
    }:
        return ""
    places = [table.facets.index(facet) for facet in cause.facets if facet in table.facets]
    rest = [row for row in table.rows if row.task not in odd]
    same = [
        row.task
        for row in rest
        if all(row.cells[n].state is CellState.SAME and not row.cells[n].is_waived for n in places)
    ]
    if not same or len(same) < len(rest):
        return listed((clipped(task, _LONGEST_NAME) for task in same), _SHOWN_NAMES)
    return "the other one" if len(same) == 1 else f"the other {len(same)}"
