"""What differs between two verdicts."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pydantic import JsonValue, ValidationError

from weighin.errors import EvidenceError
from weighin.evidence.collected import ReadRecord, Recomputed
from weighin.evidence.differences.benchmark import benchmark_difference
from weighin.evidence.differences.difference import Difference, DifferenceReport
from weighin.evidence.differences.headline import first_line_of, headline
from weighin.evidence.differences.held.facets import Checkpoints
from weighin.evidence.differences.held.values import held_mappings, held_values
from weighin.evidence.differences.pairing import paired_benchmarks
from weighin.evidence.records import Observation, Record
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.identity.facets import Grade, Identifier, Kind
from weighin.reports.verdict.json_document import (
    VERDICT_FORMAT,
    BenchmarkEntry,
    VerdictDocument,
)
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
)

_NOTE: Final = (
    "a verdict holds scores and no documents: intervals are unpaired; hold the results folders "
    "against each other for more"
)


def between_verdicts(first: str, second: str) -> DifferenceReport:
    """What two verdicts say otherwise: the outcome, the rules, and each benchmark.

    Raises:
        EvidenceError: One is no verdict of this format.
    """
    ours, theirs = _verdict(first), _verdict(second)
    paired = paired_benchmarks(_records(ours, first), _records(theirs, second))
    benchmarks = tuple(
        benchmark_difference(mine, other, Checkpoints(), examples=0) for mine, other in paired.pairs
    )
    differences = tuple(d for d in _held(ours, theirs) if d is not None and d.is_different)
    told = [line for line in (differences and first_line_of(differences[:1]),) if line]
    return DifferenceReport(
        first=first,
        second=second,
        kind="verdicts",
        headline=" · ".join((*told, headline(benchmarks))),
        differences=differences,
        benchmarks=benchmarks,
        only_first=tuple(record.asked.task for record in paired.only_first),
        only_second=tuple(record.asked.task for record in paired.only_second),
        notes=(_NOTE,),
    )


def _verdict(given: str) -> VerdictDocument:
    content = read_foreign_file(Path(given), max_bytes=MAX_RESULTS_BYTES)
    try:
        return VerdictDocument.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "document"
        raise EvidenceError(
            f"{given}: expected a verdict of format {VERDICT_FORMAT}, found {place}: "
            f"{first['msg'].lower()}"
        ) from error


def _held(ours: VerdictDocument, theirs: VerdictDocument) -> Iterator[Difference | None]:
    yield held_values("outcome", ours.outcome, theirs.outcome)
    yield held_values("model", ours.model, theirs.model)
    yield held_values(
        "requirements", ours.requirements.sha256[:12], theirs.requirements.sha256[:12]
    )
    yield held_mappings("rules", _rules(ours), _rules(theirs), is_whole=True, noun="rule")


def _rules(verdict: VerdictDocument) -> Mapping[str, JsonValue]:
    """The worst outcome of each rule."""
    order = ("violated", "undecided", "waived", "partial", "met", "not-applicable")
    found: dict[str, JsonValue] = {}
    for finding in verdict.findings:
        before, outcome = found.get(finding.rule), str(finding.outcome)
        if before is None or order.index(outcome) < order.index(str(before)):
            found[finding.rule] = outcome
    return found


def _records(verdict: VerdictDocument, given: str) -> Iterator[ReadRecord]:
    for benchmark in verdict.benchmarks:
        yield ReadRecord(record=_record(verdict, benchmark, given), recompute=_nothing)


def _nothing() -> Recomputed:
    return Recomputed(values={}, documents={}, why_not={})


def _record(verdict: VerdictDocument, benchmark: BenchmarkEntry, given: str) -> Record:
    """What a verdict says of a benchmark, as a record says it."""
    score, task = benchmark.score, benchmark.task
    return foreign_record(
        verdict.model,
        foreign_question(
            task,
            documents_total=benchmark.documents_total,
            documents_scored=benchmark.documents_scored,
        ),
        foreign_run("", settings={}),
        file=given,
        observations=(
            Observation(
                facet=facet,
                identifiers=()
                if entry.grade is Grade.ABSENT
                else (Identifier(kind=Kind.CONTENT, value=entry.summary, grade=entry.grade),),
                summary=entry.summary,
            )
            for facet, entry in benchmark.facets.items()
        ),
        scores=()
        if score is None
        else (
            foreign_score(
                task,
                score.metric,
                score.value,
                filter_name=score.filter,
                stderr=score.stderr,
                documents=score.documents,
            ),
        ),
    )
