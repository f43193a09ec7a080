"""A report told: printed, and written into files, in the formats that were asked for."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from weighin.cli.command import COMMAND, Asked
from weighin.cli.terminal.output import console, write_output
from weighin.cli.terminal.report_files import write_file
from weighin.errors import InfrastructureError, WeighinError
from weighin.reports.shared.formats import Format

if TYPE_CHECKING:
    from weighin.reports.page.model import Page
    from weighin.reports.told.report import Report

_COLUMNS_OF_A_FILE: Final = 110
_SUMMARY: Final = "GITHUB_STEP_SUMMARY"


def tell(
    report: "Report",
    asked: Asked,
    *,
    verbose: bool = False,
    brief: bool = False,
    full: bool = True,
) -> None:
    """Print a report and write it into files, in the formats that were asked for.

    Args:
        report: What is told.
        asked: In which formats, and where.
        verbose: As for `weighin.reports.page.text.render`, of what is printed.
        brief: As for `weighin.reports.page.text.render`, of what is printed.
        full: As for `weighin.reports.page.text.render`, of what is printed.

    Raises:
        UsageError: A file cannot be written where it was asked for; the report was printed.
        InfrastructureError: The output cannot be written.
    """
    problems = [problem for copy in copies(report, asked) if (problem := copy.written())]
    _print(report, asked.printed, verbose=verbose, brief=brief, full=full)
    # What was found must not be lost with one of its copies.
    if problems:
        raise problems[0]


@dataclass(frozen=True, slots=True)
class Copy:
    """A report as a file.

    Attributes:
        path: Its place.
        compose: Makes it.
        is_for_runner: Whether lines of it command a runner of CI on purpose.
        is_added: Whether it is added to what is there.
    """

    path: Path
    compose: Callable[[], str | Iterator[str]]
    is_for_runner: bool = False
    is_added: bool = False

    def written(self) -> WeighinError | None:
        """Write it, unless this command did so already.

        Returns:
            Why it could not be written; `None` if it was.
        """
        if self.path in COMMAND.written:
            return None
        try:
            if self.is_added:
                _append(self.path, "".join(self.compose()))
            else:
                write_file(self.path, self.compose(), is_for_runner=self.is_for_runner)
        except WeighinError as error:
            return error
        COMMAND.written.add(self.path)
        return None


def copies(report: "Report", asked: Asked) -> Iterator[Copy]:
    """The files in which a report is asked for."""
    for told, path in asked.files:
        yield Copy(path, partial(_as_file, report, told), is_for_runner=told is Format.GITHUB)
    if asked.badge is not None and report.page is not None:
        yield Copy(asked.badge, partial(_as_badge, report.page))
    is_for_github = Format.GITHUB in {asked.printed, *(told for told, _ in asked.files)}
    place = os.environ.get(_SUMMARY)
    if is_for_github and place and report.summary is not None:
        yield Copy(Path(place), report.summary, is_added=True)


def _print(
    report: "Report", printed: Format | None, *, verbose: bool, brief: bool, full: bool
) -> None:
    if printed is None:
        return
    if printed is Format.TEXT and report.page is not None:
        from weighin.reports.page import text

        paper = _Paper()
        told = text.render(report.page(), verbose=verbose, brief=brief, full=full)
        console(paper).print(told)
        write_output(paper.getvalue())
        return
    write_output(report.pieces(printed), is_for_runner=printed is Format.GITHUB)


def _as_badge(page: "Callable[[], Page]") -> str:
    from weighin.reports.told.badge import render

    return render(page())


def _as_file(report: "Report", told: Format) -> str | Iterator[str]:
    # The width of no terminal counts.
    if told is Format.TEXT and report.page is not None:
        return _as_text(report.page())
    return report.pieces(told)


def _append(path: Path, text: str) -> None:
    """Add to the summary of a workflow step, which other steps of a job may have begun."""
    try:
        with path.open("a", encoding="utf-8") as summary:
            summary.write(text)
    except OSError as error:
        raise InfrastructureError(
            f"{path}: cannot write the step summary that {_SUMMARY} names: "
            f"{(error.strerror or str(error)).lower()}; unset it, or make it writable"
        ) from error


def _as_text(page: "Page") -> str:
    from rich.console import Console

    from weighin.reports.page import text

    stream = StringIO()
    paper = Console(file=stream, width=_COLUMNS_OF_A_FILE, highlight=False, color_system=None)
    if page.brief is not None:
        paper.print(text.render(page, full=False))
        paper.print()
    paper.print(text.render(page))
    return stream.getvalue()


class _Paper(StringIO):
    """Looks like standard output; rich itself ends the process with 1 where a pipe is broken."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute in name only
        return sys.stdout.encoding or "utf-8"

    def isatty(self) -> bool:
        return sys.stdout.isatty()
