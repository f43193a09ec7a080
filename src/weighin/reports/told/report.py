"""What a command tells, in every format in which it can be told."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from weighin.reports.shared.formats import Format

if TYPE_CHECKING:
    from weighin.reports.ci.notices import Notices
    from weighin.reports.page.model import Page

Printer = Callable[[], str | Iterator[str]]
"""Makes a text; or some lines of it at a time, where the whole is large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a command tells. Nothing is made before it is asked for.

    Attributes:
        page: Fills the page that people read, wrapped to the width of their terminal; `None` where
            `printers` has a text that is not.
        printers: Prints the whole of it, by format.
        summary: The page as Markdown that fits beside a workflow run; `None` for formats that have
            none.
    """

    page: "Callable[[], Page] | None" = None
    printers: Mapping[Format, Printer] = field(default_factory=dict)
    summary: Callable[[], str] | None = None

    def told(self, asked: Format) -> str:
        """What was asked for, with a line break at the end.

        Raises:
            LookupError: It is not told in this format, or its text depends on a terminal.
        """
        return "".join(self.pieces(asked))

    def pieces(self, asked: Format) -> Iterator[str]:
        """The same text, some lines at a time.

        Raises:
            LookupError: It is not told in this format, or its text depends on a terminal.
        """
        printer = self.printers.get(asked)
        if printer is None:
            raise LookupError(f"{asked}: expected one of {', '.join(self.printers)}")
        made = printer()
        return iter((made,)) if isinstance(made, str) else made


def document_report(
    page: "Callable[[], Page]", json: Printer, own: Mapping[Format, Printer] | None = None
) -> Report:
    """A report that people read at length.

    Args:
        page: Fills the page.
        json: Prints the document.
        own: Printers of its own, besides.
    """

    def html() -> str:
        from weighin.reports.page.html import document

        return document(page())

    def markdown() -> str:
        from weighin.reports.page.markdown import document

        return document(page())

    printers = {Format.JSON: json, Format.HTML: html, Format.MARKDOWN: markdown, **(own or {})}
    return Report(page=page, printers=printers)


def answer_report(
    page: "Callable[[], Page]",
    json: Printer,
    notices: "Callable[[], Notices]",
    own: Mapping[Format, Printer] | None = None,
) -> Report:
    """A report that may fail a pull request.

    Args:
        page: Fills the page.
        json: Prints the document.
        notices: Says it to machines.
        own: Printers of its own, instead of those that all reports share.
    """

    def junit() -> str:
        from weighin.reports.ci.junit import render

        return render(notices())

    def sarif() -> str:
        from weighin.reports.ci.sarif import render

        return render(notices())

    def github() -> str:
        from weighin.reports.ci.github import render

        return render(notices())

    def gitlab() -> str:
        from weighin.reports.ci.gitlab import render

        return render(notices())

    def csv() -> str:
        from weighin.reports.ci.csv_rows import render

        return render(notices())

    def summary() -> str:
        from weighin.reports.ci.github import step_summary

        return step_summary(page())

    printers = {
        **document_report(page, json).printers,
        Format.JUNIT: junit,
        Format.SARIF: sarif,
        Format.GITHUB: github,
        Format.GITLAB: gitlab,
        Format.CSV: csv,
        **(own or {}),
    }
    return Report(page=page, printers=printers, summary=summary)
