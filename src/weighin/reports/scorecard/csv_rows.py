"""A report on a scorecard as one table: a row a finding."""

from collections.abc import Iterator

from weighin.reports.shared.spreadsheet import table
from weighin.rules.scorecard.interface import ScorecardReport

_COLUMNS = (
    "word",
    "check",
    "model",
    "benchmark",
    "printed",
    "unit",
    "place",
    "numbers",
    "statement",
    "arithmetic",
    "fix",
    "disclosed",
)


def findings_csv(report: ScorecardReport) -> str:
    """Every finding of a report with the first of its numbers, and how many there are."""
    return table(_COLUMNS, _rows(report))


def _rows(report: ScorecardReport) -> Iterator[tuple[str, ...]]:
    for check, finding in report.findings:
        first = finding.numbers[0] if finding.numbers else None
        said = ("", "", "", "", "")
        if first is not None:
            place = first.pointer or first.source.place
            said = (first.artifact, first.benchmark, first.printed, first.unit.value, place)
        count = str(len(finding.numbers))
        disclosed = "; ".join(finding.disclosed)
        told = (finding.statement, finding.arithmetic, finding.fix, disclosed)
        yield (finding.word.value, check, *said, count, *told)
