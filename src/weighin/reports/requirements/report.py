"""A validation in every format that makes no verdict of it."""

from weighin.reports.shared.formats import Format
from weighin.reports.told.report import Report
from weighin.rules.judging.validating import Validation


def validation_report(validation: Validation, exit_code: int) -> Report:
    """A validation as lines, which editors follow to their place, or as a document."""
    from weighin.reports.page import lines
    from weighin.reports.requirements import validation_json
    from weighin.reports.requirements.validation_page import validation_page

    return Report(
        printers={
            Format.TEXT: lambda: lines.render(validation_page(validation)),
            Format.JSON: lambda: validation_json.render(validation, exit_code),
        }
    )
