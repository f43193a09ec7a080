"""A verdict told on the terminal and in files."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from weighin.errors import InfrastructureError, UsageError, WeighinError
from weighin.files.written import translated_errors

if TYPE_CHECKING:
    from rich.console import Console

    from weighin.reports.page.model import Page
    from weighin.reports.verdict.fail_on import FailOn
    from weighin.rules.interface import Verdict

ReportFiles = Mapping[str, Path | None]
"""By format (`json`, `junit`, `markdown`, `text`): where to write it; `None` for nowhere."""

_WITHOUT_TERMINAL = 120
_OF_A_FILE = 110


def is_plain() -> bool:
    """Whether output is a log: no terminal, or a CI job."""
    return not sys.stderr.isatty() or os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def console(stream: TextIO) -> "Console":
    """A console for people. Without a terminal it does not wrap at 80 columns."""
    from rich.console import Console

    width = None if stream.isatty() or "COLUMNS" in os.environ else _WITHOUT_TERMINAL
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)


def write_output(text: str) -> None:
    """Print text to standard output, all of it.

    What the stream's encoding cannot carry is printed as an escape.

    Raises:
        InfrastructureError: Nobody reads it to its end, or the disk behind it is full.
    """
    from weighin.reports.shared.foreign_text import unobeyed

    encoding = sys.stdout.encoding or "utf-8"
    text = unobeyed(text)
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        discard_output()
        raise InfrastructureError(
            f"standard output: cannot write: {(error.strerror or str(error)).lower()}; nothing "
            "recorded is lost, read the output to its end or write it to a file"
        ) from error


def remark(sentence: str) -> None:
    """Print a sentence that is no part of the result to standard error."""
    from weighin.reports.shared.foreign_text import visible

    sys.stderr.write(f"weighin: {visible(sentence)}\n")


def discard_output() -> None:
    """Drop what could not be written to standard output.

    Else the interpreter would fail on it again when it ends, with an exit code of its own.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def require_writable(files: ReportFiles) -> None:
    """Find out before hours of scoring whether the reports can be written after it.

    Raises:
        UsageError: A report cannot be written there.
        InfrastructureError: The disk is full or failing.
    """
    for path in files.values():
        if path is not None and _is_replaced(path):
            with _report_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                draft = _draft(path)
                draft.touch()
                draft.unlink()


def tell(
    verdict: "Verdict",
    *,
    as_json: bool,
    verbose: bool,
    full: bool,
    files: ReportFiles,
    fail_on: "FailOn",
    exit_zero: bool,
) -> int:
    """Print the verdict and write the reports that were asked for.

    Args:
        verdict: The verdict.
        as_json: Print one JSON document instead of the report for people.
        verbose: Print findings that are met, too.
        full: Print all that is behind the first look.
        files: The reports to write.
        fail_on: From where on the exit code is another than 0.
        exit_zero: Whether every verdict ends with 0.

    Returns:
        The exit code.

    Raises:
        UsageError: A report cannot be written where it was asked for; the verdict was printed.
        InfrastructureError: The output cannot be written.
    """
    from weighin.reports.verdict.exit_code import verdict_exit_code

    try:
        _write_reports(verdict, files)
    except WeighinError:
        # The verdict must not be lost with one of its copies.
        _print(verdict, as_json=as_json, verbose=verbose, full=full)
        raise
    _print(verdict, as_json=as_json, verbose=verbose, full=full)
    return 0 if exit_zero else verdict_exit_code(verdict, fail_on)


def _print(verdict: "Verdict", *, as_json: bool, verbose: bool, full: bool) -> None:
    if as_json:
        from weighin.reports.verdict import json_document

        write_output(json_document.render(verdict))
        return
    from weighin.reports.verdict.page import verdict_page

    print_page(verdict_page(verdict), verbose=verbose, full=full)


def print_page(
    page: "Page", *, verbose: bool = False, brief: bool = False, full: bool = True
) -> None:
    """Print a page to standard output, for people.

    Args:
        page: What is told.
        verbose: As for `weighin.reports.page.text.render`.
        brief: As for `weighin.reports.page.text.render`.
        full: As for `weighin.reports.page.text.render`.

    Raises:
        InfrastructureError: The output cannot be written.
    """
    from weighin.reports.page import text

    paper = _Paper()
    console(paper).print(text.render(page, verbose=verbose, brief=brief, full=full))
    write_output(paper.getvalue())


class _Paper(StringIO):
    """Looks like standard output; rich itself ends the process with 1 where a pipe is broken."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute in name only
        return sys.stdout.encoding or "utf-8"

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def _write_reports(verdict: "Verdict", files: ReportFiles) -> None:
    places = {name: path for name, path in files.items() if path is not None}
    if not places:
        return
    from weighin.reports.page import markdown
    from weighin.reports.shared.foreign_text import unobeyed
    from weighin.reports.verdict import json_document, junit
    from weighin.reports.verdict.page import verdict_page

    renderers: Mapping[str, Callable[[Verdict], str]] = {
        "json": json_document.render,
        "junit": junit.render,
        "markdown": lambda told: markdown.comment(verdict_page(told)),
        "text": lambda told: _as_text(verdict_page(told)),
    }
    for name, path in places.items():
        _write(path, unobeyed(renderers[name](verdict)))


def _as_text(page: "Page") -> str:
    from rich.console import Console

    from weighin.reports.page import text

    stream = StringIO()
    paper = Console(file=stream, width=_OF_A_FILE, highlight=False, color_system=None)
    paper.print(text.render(page, full=False))
    paper.print()
    paper.print(text.render(page))
    return stream.getvalue()


@contextmanager
def _report_errors(path: Path) -> Iterator[None]:
    with translated_errors(
        path, "write the report", way_out="give another place for it; the evidence is not touched"
    ):
        yield


def write_file(path: Path, text: str) -> None:
    """Write a report to a file, whole or not at all.

    Raises:
        UsageError: It cannot be written there.
        InfrastructureError: The disk is full or failing.
    """
    from weighin.reports.shared.foreign_text import unobeyed

    _write(path, unobeyed(text))


def _is_replaced(path: Path) -> bool:
    """Whether a report becomes the file at a path, and is not written into a pipe or device."""
    with _report_errors(path):
        if path.is_dir():
            raise UsageError(f"{path}: expected a file to write a report to, found a folder")
        return path.is_file() or not path.exists()


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.draft")


def _write(path: Path, text: str) -> None:
    if not _is_replaced(path):
        with _report_errors(path):
            path.write_text(text, encoding="utf-8")
        return
    with _report_errors(path):
        # A link stays a link.
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(target)
        try:
            draft.write_text(text, encoding="utf-8")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
