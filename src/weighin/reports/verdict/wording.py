"""What is said of a verdict: its headline, its evidence, and findings that say the same in one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from weighin.identity.facets import Facet, Grade
from weighin.reports.shared.wording import counted, facet_name, listed
from weighin.reports.verdict.facet_table import BenchmarkRow, weakest
from weighin.rules.interface import (
    FINDING_OUTCOMES,
    JudgedFinding,
    Level,
    Outcome,
    Verdict,
)

DOES_NOT_PROVE: Final = (
    "this does not prove that a benchmark measures anything, that training data was clean, or "
    "that whoever controls the machine that ran the benchmarks is honest: that needs a signature "
    "by someone you trust, a replay by you, or both"
)

_SHOWN_RULES: Final = 5
_SHOWN_FACETS: Final = 3

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """Findings of one rule with one level and outcome; those that say the same are one.

    Attributes:
        rule: Id of the rule.
        level: Level in these requirements.
        outcome: The outcome.
        is_disputed: Whether they are undecided because two things disagree.
        findings: At least one.
    """

    rule: str
    level: Level
    outcome: Outcome
    is_disputed: bool
    findings: tuple[JudgedFinding, ...]


def headline(verdict: Verdict) -> str:
    """One sentence: what holds, what does not, what is not demonstrated."""
    violated = _rules(verdict, Outcome.VIOLATED)
    # A rule that does not hold on one benchmark is not told again for what is unknown of others.
    undecided = tuple(r for r in _rules(verdict, Outcome.UNDECIDED) if r not in violated)
    waived = _rules(verdict, Outcome.WAIVED)
    parts = [
        f"{words}: {listed(rules, longest)}"
        for words, rules, longest in (
            ("does not hold", violated, None),
            ("not demonstrated", undecided, _SHOWN_RULES),
            ("waived", waived, _SHOWN_RULES),
        )
        if rules
    ]
    match verdict.outcome:
        case Outcome.MET | Outcome.WAIVED:
            warnings = _rules(verdict, Outcome.VIOLATED, Level.WARNING)
            weakened = tuple(dict.fromkeys(f.rule for f in verdict.findings if f.is_weakened))
            holds = "every requirement holds"
            if waived:
                holds = "nothing outside the waivers is violated"
            elif warnings or weakened:
                holds = "every rule of level error holds"
            if weakened:
                parts.append(f"weakened by the requirements: {listed(weakened, _SHOWN_RULES)}")
            if warnings:
                parts.append(f"warnings: {listed(warnings, _SHOWN_RULES)}")
            return "; ".join((holds, *parts))
        case Outcome.PARTIAL:
            done = verdict.head.partial or "a part of what the file requires was done"
            return "; ".join((done, *parts))
        case Outcome.VIOLATED | Outcome.UNDECIDED | Outcome.NOT_APPLICABLE:
            return "; ".join(parts) or "nothing is demonstrated: no rule was met"


def _rules(verdict: Verdict, outcome: Outcome, level: Level = Level.ERROR) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            judged.rule
            for judged in verdict.findings
            if judged.level is level and judged.finding.outcome is outcome
        )
    )


def counts(verdict: Verdict) -> dict[Outcome, int]:
    """Number of findings by outcome, worst first; every outcome is there."""
    found = Counter(judged.finding.outcome for judged in verdict.findings)
    return {outcome: found[outcome] for outcome in FINDING_OUTCOMES}


def told_counts(verdict: Verdict) -> tuple[tuple[tuple[Outcome, int], ...], int]:
    """Number of findings by outcome, worst first, and of warnings; of a part nothing is counted."""
    if verdict.outcome is Outcome.PARTIAL:
        return (), 0
    is_problem = {Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.WAIVED}
    found: Counter[Outcome] = Counter()
    warnings = 0
    for judged in verdict.findings:
        outcome = judged.finding.outcome
        if judged.level is Level.ERROR or outcome not in is_problem:
            found[outcome] += 1
        else:
            warnings += judged.level is Level.WARNING
    return tuple((outcome, found[outcome]) for outcome in FINDING_OUTCOMES), warnings


def extent(verdict: Verdict) -> str:
    """How much was judged; of a part, how much was done."""
    benchmarks = counted(len(verdict.scores), "benchmark")
    if verdict.outcome is not Outcome.PARTIAL:
        return benchmarks
    done = {record.asked.task for record in verdict.records} & verdict.scores.keys()
    return f"{len(done)} of {benchmarks}, not judged"


def weakest_grade(verdict: Verdict) -> Grade:
    """The weakest grade over all facets and benchmarks; `absent` without any."""
    return weakest(Grade(grade) for grade in verdict.weakest_grade.values())


def weakest_evidence(verdict: Verdict) -> str:
    """The weakest grade over all facets and benchmarks, and the facets that have it."""
    grades = {facet: Grade(grade) for facet, grade in verdict.weakest_grade.items()}
    worst = weakest_grade(verdict)
    if set(grades.values()) <= {worst}:
        return worst.value
    names = [facet_name(facet) for facet in Facet if grades.get(facet) is worst]
    return f"{worst} ({listed(names, _SHOWN_FACETS)})"


def documents_words(row: BenchmarkRow) -> str:
    """How many of the documents have a score: `1318 of 1319`; `?` for what is unknown."""
    if row.documents_scored is None and row.documents_total is None:
        return "?"
    scored, total = (
        "?" if number is None else str(number)
        for number in (row.documents_scored, row.documents_total)
    )
    return f"{scored} of {total}"


def is_aside(group: FindingGroup) -> bool:
    """Whether a group moves no verdict and is still told: warnings, rules that are switched off."""
    if group.level is Level.ERROR:
        return False
    is_note = group.level is Level.NOTE and group.outcome is Outcome.NOT_APPLICABLE
    return is_note or group.outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}


def names_every(statement: str, benchmarks: Iterable[str]) -> bool:
    """Whether a statement names all of the benchmarks, as whole words."""
    return all(_is_named(name, statement) for name in benchmarks)


def _is_named(name: str, statement: str) -> bool:
    # No expression: there may be thousands of names, and each would be compiled.
    start = statement.find(name)
    while start >= 0:
        end = start + len(name)
        beside = statement[max(0, start - 1) : start] + statement[end : end + 1]
        if not any(character.isalnum() or character == "_" for character in beside):
            return True
        start = statement.find(name, start + 1)
    return False


def finding_groups(findings: Iterable[JudgedFinding]) -> tuple[FindingGroup, ...]:
    """Findings by rule, level and outcome, worst first, in the order of the catalogue.

    What is undecided because two things disagree stands before that of which evidence is missing.
    """
    grouped: dict[tuple[str, Level, Outcome, bool], list[JudgedFinding]] = {}
    for judged in findings:
        outcome = judged.finding.outcome
        is_disputed = judged.finding.contradicts and outcome is Outcome.UNDECIDED
        key = (judged.rule, judged.level, outcome, is_disputed)
        grouped.setdefault(key, []).append(judged)
    groups = [
        FindingGroup(
            rule=rule,
            level=level,
            outcome=outcome,
            is_disputed=is_disputed,
            findings=_merged(members),
        )
        for (rule, level, outcome, is_disputed), members in grouped.items()
    ]
    levels, outcomes = tuple(Level), tuple(Outcome)
    return tuple(
        sorted(
            groups,
            key=lambda g: (levels.index(g.level), outcomes.index(g.outcome), not g.is_disputed),
        )
    )


def _merged(members: list[JudgedFinding]) -> tuple[JudgedFinding, ...]:
    merged: dict[tuple[JudgedFinding, bool], JudgedFinding] = {}
    for judged in members:
        bare = replace(judged, finding=replace(judged.finding, benchmarks=(), where=()))
        is_about_row = not judged.finding.benchmarks
        key = (bare, is_about_row)
        earlier = merged.get(key)
        if earlier is None:
            merged[key] = judged
            continue
        finding = replace(
            earlier.finding,
            benchmarks=_united(earlier.finding.benchmarks, judged.finding.benchmarks),
            where=_united(earlier.finding.where, judged.finding.where),
        )
        merged[key] = replace(earlier, finding=finding)
    return tuple(merged.values())


def _united(first: tuple[_Item, ...], second: tuple[_Item, ...]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys((*first, *second)))
