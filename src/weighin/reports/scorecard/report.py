"""A report on a scorecard in every format."""

from collections.abc import Sequence

from weighin.reports.page.model import Figure
from weighin.reports.shared.formats import Format
from weighin.reports.told.report import Report, answer_report
from weighin.rules.scorecard.interface import ScorecardReport


def scorecard_report(
    found: ScorecardReport,
    figures: Sequence[Figure] = (),
    exit_code: int | None = None,
    command: tuple[str, ...] = (),
) -> Report:
    """A report on a scorecard in every format.

    Args:
        found: What is told.
        figures: Plots of it in files, as its Markdown links them.
        exit_code: With which the command ends; `None` for that of the report itself.
        command: What comes to it again, with its arguments; made up from it if empty.
    """
    from weighin.reports.scorecard import json_document
    from weighin.reports.scorecard.csv_rows import findings_csv
    from weighin.reports.scorecard.notices import scorecard_notices
    from weighin.reports.scorecard.page import scorecard_page

    return answer_report(
        lambda: scorecard_page(found, figures, command),
        lambda: json_document.pieces(found),
        lambda: scorecard_notices(found, code=exit_code),
        own={Format.CSV: lambda: findings_csv(found)},
    )
