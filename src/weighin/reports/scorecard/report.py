"""A report on a scorecard in every format."""

from collections.abc import Sequence

from weighin.reports.page.model import Figure
from weighin.reports.report import Report, document_report
from weighin.rules.scorecard.interface import ScorecardReport


def scorecard_report(found: ScorecardReport, figures: Sequence[Figure] = ()) -> Report:
    """A report on a scorecard in every format.

    Args:
        found: What is told.
        figures: Plots of it in files, as its Markdown links them.
    """
    from weighin.reports.scorecard import json_document
    from weighin.reports.scorecard.page import scorecard_page

    return document_report(
        lambda: scorecard_page(found, figures), lambda: json_document.render(found)
    )
