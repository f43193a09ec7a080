"""A verdict told: the answer, benchmark by facet, and every finding with its evidence."""

from collections.abc import Iterable, Sequence
from typing import Final

from weighin.reports.page.model import (
    Acceptance,
    Cell,
    CellState,
    Column,
    Fact,
    Findings,
    Group,
    Items,
    Lines,
    Matrix,
    MatrixRow,
    Page,
    Part,
    Phrase,
    Section,
    Statement,
    Weight,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.wording import counted, facet_name, metric_words, place, score_words
from weighin.reports.verdict.brief import brief_of
from weighin.reports.verdict.explained.guide import guide_of
from weighin.reports.verdict.facet_table import BenchmarkRow, FacetTable, facet_table
from weighin.reports.verdict.heading.head import head_sentences
from weighin.reports.verdict.wording import (
    DOES_NOT_PROVE,
    FindingGroup,
    documents_words,
    extent,
    finding_groups,
    headline,
    is_aside,
    names_every,
    told_counts,
    weakest_evidence,
    weakest_grade,
)
from weighin.rules.interface import Head, JudgedFinding, Outcome, Verdict
from weighin.rules.judging.causes import causes_of

_SHOWN_TENSORS: Final = 6
_SHOWN_PLACES: Final = 3
_SHOWN_IGNORED: Final = 30
_SHOWN_DIGEST: Final = 12
_SHOWN_OTHERS: Final = 4
_IS_FINE: Final = (Outcome.MET, Outcome.NOT_APPLICABLE)


def verdict_page(
    verdict: Verdict, command: tuple[str, ...] = (), results: tuple[str, str] = ("", "")
) -> Page:
    """All of a verdict; what is met is folded.

    Args:
        verdict: What is told.
        command: What came to it, with its arguments, for who checks it again.
        results: Where evidence was looked for, and the variable that named it, if one did.
    """
    evidence, table = weakest_evidence(verdict), facet_table(verdict)
    causes = causes_of(verdict)
    told, warnings = told_counts(verdict)
    return Page(
        title=(name(verdict.model),),
        outcome=verdict.outcome,
        extent=extent(verdict),
        reservation=_reservation(verdict.head),
        evidence=(weakest_grade(verdict), evidence),
        sentences=tuple(
            map(foreign, (headline(verdict), *_looked_at(*results), *head_sentences(verdict)))
        ),
        source=(
            name(verdict.requirements_file),
            ours(" · profile "),
            name(verdict.profile),
            ours(" · with --set, sha256 " if verdict.head.overrides else " · sha256 "),
            name(verdict.requirements_sha256[:_SHOWN_DIGEST]),
        ),
        brief=brief_of(verdict, causes),
        sections=(
            Section(blocks=(_matrix(table), *_others(table))),
            *_findings(
                finding_groups(verdict.findings), is_part=verdict.outcome is Outcome.PARTIAL
            ),
            Section(
                title=(ours("Given, and not judged"),),
                blocks=(
                    Lines(
                        tuple((foreign(words),) for words in verdict.ignored),
                        shown=_SHOWN_IGNORED,
                        weight=Weight("unjudged item", 5),
                    ),
                ),
                is_aside=True,
            ),
        ),
        counts=told,
        warnings=warnings,
        closing=f"weakest evidence: {evidence}; {DOES_NOT_PROVE}",
        guide=guide_of(verdict, table, causes, command),
    )


def _looked_at(place: str, variable: str) -> tuple[str, ...]:
    """Where evidence was looked for because of a variable, which nobody sees."""
    return (f"the evidence is that of {place}, which {variable} names",) if variable else ()


def _reservation(head: Head) -> str:
    """Why the outcome is not that of the file by its profile, in a word or two."""
    reasons = (("with --set", head.overrides), ("asks less", head.asks_less))
    return ", ".join(words for words, what in reasons if what)


def _others(table: FacetTable) -> tuple[Lines, ...]:
    """One line on the benchmarks that nobody requires."""
    if not table.others:
        return ()
    number = counted(len(table.others), "benchmark")
    names = Items(tuple(map(name, table.others)), _SHOWN_OTHERS)
    return (Lines(((ours(f"{number} in the evidence that nobody requires: "), names),)),)


def _matrix(table: FacetTable) -> Matrix:
    return Matrix(
        title="benchmark",
        columns=(
            Column("metric"),
            Column("score", is_number=True),
            Column("documents", is_number=True),
        ),
        facets=tuple(map(facet_name, table.facets)),
        rows=tuple(map(_row, table.rows)),
        weight=Weight("benchmark", 3),
        norms=tuple(_norm([row.cells[n] for row in table.rows]) for n in range(len(table.facets))),
    )


def _norm(cells: Sequence[Cell]) -> str:
    """What was observed where a facet is the same; empty where nothing is held against it."""
    values = dict.fromkeys(cell.summary for cell in cells if cell.state is CellState.SAME)
    return next(iter(values)) if len(values) == 1 and any(c.has_value for c in cells) else ""


def _row(row: BenchmarkRow) -> MatrixRow:
    metric, score, documents = metric_words(row.score), score_words(row.score), documents_words(row)
    return MatrixRow(
        name=row.task,
        values=(
            name(metric),
            ours(score, None if row.score else Outcome.UNDECIDED),
            ours(documents),
        ),
        words=f"{f'{metric} {score}'.strip()} · {documents} documents",
        cells=row.cells,
    )


def _findings(groups: Iterable[FindingGroup], *, is_part: bool) -> tuple[Section, ...]:
    asides = [group for group in groups if is_aside(group)]
    others = [group for group in groups if not is_aside(group)]
    of = {outcome: [group for group in others if group.outcome is outcome] for outcome in Outcome}
    fine = [group for group in others if group.outcome in _IS_FINE]
    number = sum(len(group.findings) for group in fine)
    decides = "Seen in the part, and not decisive" if is_part else "What decides"
    met = "of the part alone" if is_part else f"{number} met or not applicable"
    return (
        Section(
            title=(ours(decides),),
            blocks=(
                _block(of[Outcome.VIOLATED], Weight("violated finding", 0), "Violated"),
                _block(
                    [group for group in of[Outcome.UNDECIDED] if group.is_disputed],
                    Weight("disputed finding", 0),
                    "Undecided, because two things disagree",
                ),
                _block(
                    [group for group in of[Outcome.UNDECIDED] if not group.is_disputed],
                    Weight("undecided finding", 1),
                    "Undecided, because evidence is missing",
                ),
            ),
        ),
        Section(
            title=(ours("Warnings and notes, which do not move the verdict"),),
            blocks=(_block(asides, Weight("warning", 4)),),
            is_aside=True,
        ),
        Section(
            title=(ours("Waived"),),
            blocks=(_block(of[Outcome.WAIVED], Weight("waived finding", 2)),),
        ),
        Section(
            title=(ours("Met in the part" if is_part else "Met"),),
            blocks=(
                _block(fine, Weight("met finding", 6), "of the part alone" if is_part else met),
            ),
            is_aside=True,
            is_folded=True,
        ),
    )


def _block(groups: Iterable[FindingGroup], weight: Weight, title: str = "") -> Findings:
    return Findings(groups=tuple(map(_group, groups)), title=title, weight=weight)


def _group(group: FindingGroup) -> Group:
    return Group(
        rule=group.rule,
        outcome=group.outcome,
        level=group.level,
        is_disputed=group.is_disputed,
        statements=tuple(map(_statement, group.findings)),
    )


def _statement(judged: JudgedFinding) -> Statement:
    finding, waiver = judged.finding, judged.waiver
    is_named = names_every(finding.statement, finding.benchmarks)
    facts = (
        Fact(ours("on"), () if is_named else _names(finding.benchmarks, None), Part.SCOPE),
        Fact(ours("expected"), (foreign(finding.expected),), Part.EVIDENCE),
        Fact(ours("found"), (foreign(finding.found),), Part.EVIDENCE),
        Fact(ours("tensors"), _names(finding.tensors, _SHOWN_TENSORS), Part.EVIDENCE),
        Fact(ours("where"), _names(map(place, finding.where), _SHOWN_PLACES), Part.EVIDENCE),
        Fact(ours("fix"), (foreign(finding.fix),), Part.FIX),
        Fact(ours("required at"), (name(judged.required_at),), Part.SCOPE),
    )
    accepted = None
    if waiver is not None:
        accepted = Acceptance(waiver.owner, waiver.reason, waiver.expires.isoformat())
    return Statement(foreign(finding.statement), facts, accepted)


def _names(names: Iterable[str], shown: int | None) -> Phrase:
    return (Items(tuple(map(name, names)), shown),)
