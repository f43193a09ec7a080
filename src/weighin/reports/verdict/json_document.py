"""A verdict as one JSON document with a published schema."""

from typing import Final, Literal

from weighin.evidence.records import Origin, Record, Score
from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Facet, Grade
from weighin.reports.page.model import CellState
from weighin.reports.shared.exit_code import exit_code
from weighin.reports.shared.json_text import json_text
from weighin.reports.verdict.facet_table import BenchmarkRow, FacetTable, facet_table
from weighin.reports.verdict.heading.head import head_sentences
from weighin.reports.verdict.wording import DOES_NOT_PROVE, counts, headline
from weighin.requirements.model import Waiver
from weighin.rules.cause import CauseKind
from weighin.rules.interface import JudgedFinding, Level, Outcome, Verdict
from weighin.rules.judging.causes import causes_of, is_contradiction

VERDICT_FORMAT: Final = "weighin.verdict/2"


class RequirementsSource(StrictModel):
    """The requirements that were judged: file as given, SHA-256 of its bytes, profile."""

    file: str
    sha256: str
    profile: str


class ScoreEntry(StrictModel):
    """The claimed score, in the metric's own unit; `null` where something is unknown."""

    metric: str
    filter: str
    value: float
    stderr: float | None
    documents: int | None


class FacetEntry(StrictModel):
    """One facet of one benchmark.

    Attributes:
        grade: The weakest grade among the records of the benchmark.
        summary: What was observed.
        state: What the rules found; `unknown` where no rule said anything, `disputed` where two
            things disagree without a decision.
        is_waived: Whether somebody accepts that it is not the same.
    """

    grade: Grade
    summary: str
    state: CellState
    is_waived: bool


class BenchmarkEntry(StrictModel):
    """One benchmark, its score, its documents, and every facet that is required or judged."""

    task: str
    score: ScoreEntry | None
    documents_scored: int | None
    documents_total: int | None
    facets: dict[Facet, FacetEntry]


class WaiverEntry(StrictModel):
    """Who accepts a finding, why, and the last day (ISO 8601) on which that holds."""

    rule: str
    benchmark: str | None
    owner: str
    reason: str
    expires: str


class FindingEntry(StrictModel):
    """One answer of one rule; empty text and empty lists where there is nothing to say.

    Attributes:
        contradicts: Whether two things in the evidence, or it and the requirements, disagree.
        effect: What the difference did to a score, as in the statement.
    """

    rule: str
    level: Level
    outcome: Outcome
    statement: str
    benchmarks: tuple[str, ...]
    facet: Facet | None
    expected: str
    found: str
    where: tuple[Origin, ...]
    fix: str
    tensors: tuple[str, ...]
    contradicts: bool
    effect: str
    required_at: str
    waiver: WaiverEntry | None


class CauseEntry(StrictModel):
    """What is behind some findings of level and outcome alike.

    Attributes:
        kind: Of which kind it is; `null` if it is one of its own.
        statement: What it is, in a sentence.
        is_contradiction: Whether something disagrees; else something is missing.
        level: The most that one of its findings counts.
        outcome: The worst outcome of its findings.
        rules: Ids of the rules that found it.
        facets: The facets that it touches.
        benchmarks: The benchmarks that it touches; empty if it is about the row.
        ways: What to do, in the harness that was used.
        is_recorded_by_weighin: Whether what is missing is recorded where weighin scores.
        findings: Places in `findings`, from 0.
    """

    kind: CauseKind | None
    statement: str
    is_contradiction: bool
    level: Level
    outcome: Outcome
    rules: tuple[str, ...]
    facets: tuple[Facet, ...]
    benchmarks: tuple[str, ...]
    ways: tuple[str, ...]
    is_recorded_by_weighin: bool
    findings: tuple[int, ...]


class RecordEntry(StrictModel):
    """A record that was judged; `attempt_id` is empty in logs of other harnesses."""

    task: str
    attempt_id: str
    checkpoint_id: str | None
    origin: Origin


class VerdictDocument(StrictModel):
    """The answer to the question whether one checkpoint was scored on every benchmark.

    Attributes:
        format: Always `weighin.verdict/2`.
        outcome: The worst outcome among the findings of level `error`.
        exit_code: 0 met or waived, 10 violated, 11 undecided, 12 partial.
        headline: The same as one sentence.
        head: What should be read before the findings, a sentence each.
        model: Name under which the scores are claimed.
        requirements: The requirements that were judged.
        weakest_grade: By facet: the weakest grade over all benchmarks.
        benchmarks: The required ones in their order.
        other_benchmarks: Those that evidence names and nobody requires.
        counts: Number of findings by outcome.
        causes: What is behind the findings that are violated or undecided, the worst first.
        findings: All of them, also those that are met, in the order of the catalogue.
        records: The records that were judged.
        ignored: Sentences on evidence that was given and not judged.
        does_not_prove: What no verdict of weighin shows.
    """

    format: Literal["weighin.verdict/2"]
    outcome: Outcome
    exit_code: int
    headline: str
    head: tuple[str, ...] = ()
    model: str
    requirements: RequirementsSource
    weakest_grade: dict[Facet, Grade]
    benchmarks: tuple[BenchmarkEntry, ...]
    other_benchmarks: tuple[str, ...]
    counts: dict[Outcome, int]
    causes: tuple[CauseEntry, ...]
    findings: tuple[FindingEntry, ...]
    records: tuple[RecordEntry, ...]
    ignored: tuple[str, ...]
    does_not_prove: str


def render(verdict: Verdict) -> str:
    """The verdict as a JSON document in ASCII, with a line break at the end.

    The order of keys and entries is that of the verdict.
    """
    return json_text(_document(verdict))


def _document(verdict: Verdict) -> VerdictDocument:
    table = facet_table(verdict)
    return VerdictDocument(
        format=VERDICT_FORMAT,
        outcome=verdict.outcome,
        exit_code=exit_code(verdict.outcome),
        headline=headline(verdict),
        head=head_sentences(verdict),
        model=verdict.model,
        requirements=RequirementsSource(
            file=verdict.requirements_file,
            sha256=verdict.requirements_sha256,
            profile=verdict.profile,
        ),
        weakest_grade={
            facet: Grade(verdict.weakest_grade[facet])
            for facet in Facet
            if facet in verdict.weakest_grade
        },
        benchmarks=_benchmarks(table),
        other_benchmarks=table.others,
        counts=counts(verdict),
        causes=_causes(verdict),
        findings=tuple(_finding(judged) for judged in verdict.findings),
        records=tuple(_record(record) for record in verdict.records),
        ignored=verdict.ignored,
        does_not_prove=DOES_NOT_PROVE,
    )


def _benchmarks(table: FacetTable) -> tuple[BenchmarkEntry, ...]:
    return tuple(_benchmark(row, table.facets) for row in table.rows)


def _benchmark(row: BenchmarkRow, facets: tuple[Facet, ...]) -> BenchmarkEntry:
    return BenchmarkEntry(
        task=row.task,
        score=_score(row.score),
        documents_scored=row.documents_scored,
        documents_total=row.documents_total,
        facets={
            facet: FacetEntry(
                grade=cell.grade,
                summary=cell.summary,
                state=cell.state,
                is_waived=cell.is_waived,
            )
            for facet, cell in zip(facets, row.cells, strict=True)
        },
    )


def _score(score: Score | None) -> ScoreEntry | None:
    if score is None:
        return None
    return ScoreEntry(
        metric=score.metric,
        filter=score.filter,
        value=score.value,
        stderr=score.stderr,
        documents=score.documents,
    )


def _causes(verdict: Verdict) -> tuple[CauseEntry, ...]:
    places = {id(judged): place for place, judged in enumerate(verdict.findings)}
    return tuple(
        CauseEntry(
            kind=cause.kind,
            statement=cause.statement,
            is_contradiction=cause.is_contradiction,
            level=cause.level,
            outcome=cause.outcome,
            rules=cause.rules,
            facets=cause.facets,
            benchmarks=cause.benchmarks,
            ways=cause.ways,
            is_recorded_by_weighin=cause.is_mended_by_weighin,
            findings=tuple(places[id(judged)] for judged in cause.findings),
        )
        for cause in causes_of(verdict)
    )


def _finding(judged: JudgedFinding) -> FindingEntry:
    finding = judged.finding
    return FindingEntry(
        rule=judged.rule,
        level=judged.level,
        outcome=finding.outcome,
        statement=finding.statement,
        benchmarks=finding.benchmarks,
        facet=finding.facet,
        expected=finding.expected,
        found=finding.found,
        where=finding.where,
        fix=finding.fix,
        tensors=finding.tensors,
        contradicts=is_contradiction(judged),
        effect=finding.effect,
        required_at=judged.required_at,
        waiver=None if judged.waiver is None else _waiver(judged.waiver),
    )


def _waiver(waiver: Waiver) -> WaiverEntry:
    return WaiverEntry(
        rule=waiver.rule,
        benchmark=waiver.benchmark,
        owner=waiver.owner,
        reason=waiver.reason,
        expires=waiver.expires.isoformat(),
    )


def _record(record: Record) -> RecordEntry:
    return RecordEntry(
        task=record.asked.task,
        attempt_id=record.run.attempt_id,
        checkpoint_id=record.checkpoint_id,
        origin=record.origin,
    )
