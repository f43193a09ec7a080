"""Benchmark by facet: whether each row of a scorecard agrees with the norm, and how we know.

A report has no opinion of its own: `different` and `unknown` are read from the findings of the
`same-<facet>` rules, which name the benchmarks that leave the norm or that cannot be placed. A
benchmark is `same` if such a finding says so; or if findings name others and not it, and its
records bear that out. Whatever no rule spoke about is `unknown`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from weighin.evidence.records import Observation, Record, Score
from weighin.identity.facets import Agreement, Facet, Grade, agreement
from weighin.reports.page.model import Cell, CellState
from weighin.rules.interface import Finding, Outcome, Verdict
from weighin.rules.shared.per_record import bearing

_WITH_VALUE: Final = frozenset({CellState.DIFFERENT, CellState.DISPUTED})
_PROBLEMS: Final = frozenset({Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.WAIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkRow:
    """One benchmark.

    Attributes:
        task: Its name.
        score: The score that is claimed; `None` if there is none.
        documents_scored: Documents that have a score; `None` if unknown.
        documents_total: Documents of the benchmark; `None` if unknown.
        cells: One a facet, in the order of the table's facets.
    """

    task: str
    score: Score | None
    documents_scored: int | None
    documents_total: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetTable:
    """Every benchmark by every facet that is required or was judged.

    Attributes:
        facets: The columns.
        rows: The required benchmarks in their order.
        others: Benchmarks that evidence or rules name and nobody requires.
    """

    facets: tuple[Facet, ...]
    rows: tuple[BenchmarkRow, ...]
    others: tuple[str, ...]


def facet_table(verdict: Verdict) -> FacetTable:
    """The table of a verdict."""
    findings_of = _findings_by_facet(verdict)
    facets = tuple(f for f in Facet if f in verdict.weakest_grade or f in findings_of)
    records_of = _records_by_task(verdict.records)
    named = _tasks(verdict, findings_of)
    tasks = tuple(verdict.scores) or named
    columns = {
        facet: _column(findings_of.get(facet, ()), tasks, facet, records_of) for facet in facets
    }
    rows = tuple(
        _row(
            task,
            verdict.scores.get(task),
            records_of.get(task, ()),
            tuple(columns[facet][task] for facet in facets),
        )
        for task in tasks
    )
    required = frozenset(tasks)
    others = tuple(task for task in named if task not in required)
    return FacetTable(facets=facets, rows=rows, others=others)


def _findings_by_facet(verdict: Verdict) -> Mapping[Facet, tuple[Finding, ...]]:
    """What the `same-<facet>` rules found, by facet; not that a facet need not be the same."""
    facet_of = {f"same-{facet.replace('_', '-')}": facet for facet in Facet}
    found: dict[Facet, tuple[Finding, ...]] = {}
    for judged in verdict.findings:
        facet, finding = facet_of.get(judged.rule), judged.finding
        # A finding of such a rule without a facet is about the rule, for example that it failed:
        # then it vouches for nothing. Others are about a waiver, and no answer on the facet.
        is_about_facet = finding.facet is facet or (
            finding.facet is None and finding.outcome is Outcome.UNDECIDED
        )
        if facet and is_about_facet and finding.outcome is not Outcome.NOT_APPLICABLE:
            found[facet] = (*found.get(facet, ()), finding)
    return found


def _records_by_task(records: Iterable[Record]) -> Mapping[str, tuple[Record, ...]]:
    by_task: dict[str, tuple[Record, ...]] = {}
    for record in records:
        task = record.asked.task
        by_task[task] = (*by_task.get(task, ()), record)
    return by_task


def _tasks(verdict: Verdict, findings_of: Mapping[Facet, tuple[Finding, ...]]) -> tuple[str, ...]:
    ordered = dict.fromkeys(verdict.scores)
    ordered.update(dict.fromkeys(record.asked.task for record in verdict.records))
    named = (t for found in findings_of.values() for f in found for t in f.benchmarks)
    ordered.update(dict.fromkeys(named))
    return tuple(ordered)


def _row(
    task: str, score: Score | None, records: tuple[Record, ...], cells: tuple[Cell, ...]
) -> BenchmarkRow:
    # Of several attempts, the one that holds the claimed score tells how many documents it had.
    holder = next((r for r in records if score in r.scores), records[-1] if records else None)
    scored = holder.asked.documents_scored if holder else None
    if scored is None and score is not None:
        scored = score.documents
    return BenchmarkRow(
        task=task,
        score=score,
        documents_scored=scored,
        documents_total=holder.asked.documents_total if holder else None,
        cells=cells,
    )


def _column(
    findings: Iterable[Finding],
    tasks: tuple[str, ...],
    facet: Facet,
    records_of: Mapping[str, tuple[Record, ...]],
) -> Mapping[str, Cell]:
    outcomes: dict[str, set[Outcome]] = {task: set() for task in tasks}
    disputed: set[str] = set()
    for finding in findings:
        for task in finding.benchmarks or tasks:
            outcomes.get(task, set()).add(finding.outcome)
            if finding.contradicts and finding.outcome is Outcome.UNDECIDED:
                disputed.add(task)
    observed: dict[str, tuple[Observation, ...]] = {}
    for task in tasks:
        records = records_of.get(task, ())
        relevant = bearing(records, facet)
        observed[task] = tuple(record.observation(facet) for record in relevant or records)
        if records and not relevant and not outcomes[task]:
            outcomes[task].add(Outcome.NOT_APPLICABLE)
    states = _states(outcomes, observed, disputed)
    is_set = {any(o.identifiers for o in observed[task]) for task in tasks if observed[task]}
    is_mixed = len(is_set) > 1
    same = [task for task in tasks if states[task] is CellState.SAME]
    is_alone = len(same) == 1 and len([task for task in tasks if observed[task]]) == 1
    return {
        task: Cell(
            state=states[task],
            grade=weakest(observation.grade for observation in observed[task]),
            summary=" / ".join(dict.fromkeys(o.summary for o in observed[task])) or "no record",
            is_waived=Outcome.WAIVED in outcomes[task],
            is_alone=is_alone and task in same,
            has_value=states[task] in _WITH_VALUE
            or (is_mixed and states[task] is CellState.UNKNOWN and bool(observed[task])),
        )
        for task in tasks
    }


def weakest(grades: Iterable[Grade]) -> Grade:
    """The worst of the grades; `absent` if there are none."""
    order = tuple(Grade)
    return max(grades, key=order.index, default=Grade.ABSENT)


def _states(
    outcomes: Mapping[str, set[Outcome]],
    observed: Mapping[str, tuple[Observation, ...]],
    disputed: Collection[str],
) -> Mapping[str, CellState]:
    is_disputed = any(said & _PROBLEMS for said in outcomes.values())
    norm = tuple(t for t, said in outcomes.items() if observed[t] and said <= {Outcome.MET})
    states: dict[str, CellState] = {}
    for task, said in outcomes.items():
        if Outcome.VIOLATED in said:
            states[task] = CellState.DIFFERENT
        elif task in disputed:
            states[task] = CellState.DISPUTED
        elif Outcome.UNDECIDED in said:
            states[task] = CellState.UNKNOWN
        elif Outcome.WAIVED in said:
            # The finding no longer says what the waiver covers; were it `same`, none were needed.
            answers = {_compared(observed[task], observed[other]) for other in norm}
            is_different = Agreement.DIFFERENT in answers
            states[task] = CellState.DIFFERENT if is_different else CellState.UNKNOWN
        elif Outcome.MET in said:
            states[task] = CellState.SAME
        elif said:
            states[task] = CellState.NOT_APPLICABLE
        elif not is_disputed:
            states[task] = CellState.UNKNOWN
    is_split = not _WITH_VALUE.isdisjoint(states.values())
    for task in outcomes.keys() - states.keys():
        others = tuple(other for other in norm if other != task)
        is_same = task in norm and (
            _compared(observed[task], observed[others[0]]) is Agreement.SAME if others else is_split
        )
        states[task] = CellState.SAME if is_same else CellState.UNKNOWN
    return states


def _compared(left: tuple[Observation, ...], right: tuple[Observation, ...]) -> Agreement:
    """The worst agreement of any two observations; which grade counts, the rules have judged."""
    answers = {agreement(a.identifiers, b.identifiers, Grade.NAMED) for a in left for b in right}
    for answer in (Agreement.DIFFERENT, Agreement.UNKNOWN):
        if answer in answers:
            return answer
    return Agreement.SAME if answers else Agreement.UNKNOWN
