"""A report on a scorecard as one table: a row a finding and number, complete."""

import csv
import io
from collections.abc import Iterator

from weighin.reports.shared.spreadsheet import safe_cell
from weighin.rules.scorecard.interface import ScorecardReport

_COLUMNS = (
    "word",
    "check",
    "model",
    "benchmark",
    "printed",
    "unit",
    "place",
    "statement",
    "arithmetic",
    "fix",
)


def findings_csv(report: ScorecardReport) -> str:
    """Every finding of a report, once for each of its numbers."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([safe_cell(cell) for cell in row] for row in _rows(report))
    return stream.getvalue()


def _rows(report: ScorecardReport) -> Iterator[tuple[str, ...]]:
    for check, finding in report.findings:
        told = (finding.statement, finding.arithmetic, finding.fix)
        if not finding.numbers:
            yield (finding.word.value, check, "", "", "", "", "", *told)
        for n in finding.numbers:
            place = n.pointer or n.source.place
            said = (n.artifact, n.benchmark, n.printed, n.unit.value, place)
            yield (finding.word.value, check, *said, *told)
