"""A verdict as one table: a row a finding and benchmark, for a spreadsheet."""

from collections.abc import Iterator

from weighin.reports.shared.spreadsheet import table
from weighin.reports.verdict.heading.head import overrides_words
from weighin.rules.interface import Verdict

_COLUMNS = (
    "verdict",
    "model",
    "benchmark",
    "score",
    "rule",
    "level",
    "outcome",
    "facet",
    "statement",
    "expected",
    "found",
    "fix",
    "required_at",
    "where",
    "changed",
)


def findings_csv(verdict: Verdict) -> str:
    """Every finding, also what is met; one about the row as a whole has an empty benchmark.

    The last column says what was stated by others than the file (`--set`).
    """
    return table(_COLUMNS, _rows(verdict))


def _rows(verdict: Verdict) -> Iterator[tuple[str, ...]]:
    changed = overrides_words(verdict.head.overrides) if verdict.head.overrides else ""
    for judged in verdict.findings:
        finding = judged.finding
        for benchmark in finding.benchmarks or ("",):
            score = verdict.scores.get(benchmark)
            yield (
                verdict.outcome.value,
                verdict.model,
                benchmark,
                "" if score is None else repr(score.value),
                judged.rule,
                judged.level.value,
                finding.outcome.value,
                "" if finding.facet is None else finding.facet.value,
                finding.statement,
                finding.expected,
                finding.found,
                finding.fix,
                judged.required_at,
                "; ".join(dict.fromkeys(origin.file for origin in finding.where)),
                changed,
            )
