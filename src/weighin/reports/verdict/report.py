"""A verdict in every format."""

from weighin.reports.shared.formats import Format
from weighin.reports.told.report import Report, answer_report
from weighin.rules.interface import Verdict


def verdict_report(
    verdict: Verdict,
    exit_code: int | None = None,
    command: tuple[str, ...] = (),
    results: tuple[str, str] = ("", ""),
) -> Report:
    """A verdict in every format; its Markdown fits into a comment on a pull request.

    Args:
        verdict: The verdict.
        exit_code: With which the command ends; `None` for that of the verdict itself.
        command: What comes to it again, with its arguments; made up from it if empty.
        results: Where evidence was looked for, and the variable that named it, if one did.
    """
    from weighin.reports.page import markdown
    from weighin.reports.verdict import json_document
    from weighin.reports.verdict.csv_rows import findings_csv
    from weighin.reports.verdict.notices import verdict_notices
    from weighin.reports.verdict.page import verdict_page

    return answer_report(
        lambda: verdict_page(verdict, command, results),
        lambda: json_document.render(verdict),
        lambda: verdict_notices(verdict, code=exit_code),
        own={
            Format.MARKDOWN: lambda: markdown.comment(verdict_page(verdict, results=results)),
            Format.CSV: lambda: findings_csv(verdict),
        },
    )
