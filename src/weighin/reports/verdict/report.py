"""A verdict in every format."""

from weighin.reports.report import Report, document_report
from weighin.reports.shared.formats import Format
from weighin.rules.interface import Verdict


def verdict_report(verdict: Verdict) -> Report:
    """A verdict in every format; its Markdown fits into a comment on a pull request."""
    from weighin.reports.page import markdown
    from weighin.reports.verdict import json_document, junit
    from weighin.reports.verdict.page import verdict_page

    told = document_report(lambda: verdict_page(verdict), lambda: json_document.render(verdict))
    own = {
        Format.MARKDOWN: lambda: markdown.comment(verdict_page(verdict)),
        Format.JUNIT: lambda: junit.render(verdict),
    }
    return Report(page=told.page, printers={**told.printers, **own})
