"""A verdict told on the terminal and in files."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from weighin.errors import UsageError
from weighin.evidence.files import translated_errors

if TYPE_CHECKING:
    from rich.console import Console

    from weighin.rules.interface import Verdict


def is_plain() -> bool:
    """Whether output is a log: no terminal, or a CI job."""
    return not sys.stderr.isatty() or os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def console(*, stderr: bool = False) -> "Console":
    """A console for people. Without a terminal it does not wrap at 80 columns."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else 120
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False)


def tell(
    verdict: "Verdict",
    *,
    as_json: bool,
    verbose: bool,
    files: Mapping[str, Path | None],
) -> int:
    """Print the verdict and write the reports that were asked for.

    Args:
        verdict: The verdict.
        as_json: Print one JSON document instead of the report for people.
        verbose: Print findings that are met, too.
        files: By format (`json`, `junit`, `markdown`, `text`): where to write it; `None` for
            nowhere.

    Returns:
        The exit code.
    """
    from weighin.reports import as_json as json_report
    from weighin.reports import as_junit, as_markdown, as_terminal
    from weighin.reports.exit_code import exit_code

    renderers = {
        "json": json_report.render,
        "junit": as_junit.render,
        "markdown": as_markdown.render,
        "text": _as_text,
    }
    for name, path in files.items():
        if path is not None:
            _write(path, renderers[name](verdict))
    if as_json:
        sys.stdout.write(json_report.render(verdict))
        sys.stdout.write("\n")
    else:
        console().print(as_terminal.render(verdict, verbose=verbose))
    return exit_code(verdict.outcome)


def _as_text(verdict: "Verdict") -> str:
    from io import StringIO

    from rich.console import Console

    from weighin.reports import as_terminal

    stream = StringIO()
    Console(file=stream, width=110, highlight=False, color_system=None).print(
        as_terminal.render(verdict)
    )
    return stream.getvalue()


def _write(path: Path, text: str) -> None:
    if path.is_dir():
        raise UsageError(f"{path}: expected a file to write a report to, found a folder")
    with translated_errors(path, "write the report"):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
        try:
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
