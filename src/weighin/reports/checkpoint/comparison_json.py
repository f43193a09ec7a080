"""A comparison of two checkpoints as one JSON document."""

from weighin.identity.comparison.report import ComparisonReport
from weighin.reports.shared.json_text import json_text


def render(report: ComparisonReport) -> str:
    """The comparison as a JSON document in ASCII, with a line break at the end."""
    return json_text(report)
