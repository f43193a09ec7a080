"""An error told: to people on standard error, and to machines in the formats they asked for."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import StringIO
from typing import Final

from weighin.cli.command import COMMAND, Asked, typed_again
from weighin.cli.environment import FORMAT
from weighin.cli.terminal.output import discard_output, wrapped, write_output
from weighin.errors import EvidenceError, InfrastructureError, WeighinError
from weighin.files.written import is_failing_disk, unreached_path
from weighin.reports.shared.formats import Format

INTERNAL: Final = 70
INTERRUPTED: Final = 130

_FOR_PEOPLE: Final = frozenset({Format.TEXT, Format.HTML, Format.MARKDOWN})
"""Formats that are not printed beside the sentence on standard error, which says the same."""


class EndedByForeignCodeError(Exception):
    """Code of a task, or of a library, ended the process while a command ran."""


def tell_failure(error: BaseException) -> int:
    """Tell why there is no answer.

    Args:
        error: What was raised.

    Returns:
        The exit code.
    """
    _log(error)
    code, sentences = _told(error)
    _tell_machines("\n".join(sentences), error, code)
    return code


def _log(error: BaseException) -> None:
    """Keep what was raised, and by what, where a log is kept."""
    log = sys.modules.get("weighin.log")
    if log is not None and log.is_kept():
        log.LOG.error("no answer", exc_info=error)


def _told(error: BaseException) -> tuple[int, tuple[str, ...]]:
    """Tell it to people.

    Returns:
        The exit code, and what was said.
    """
    if isinstance(error, WeighinError):
        return error.exit_code, _complain(*str(error).splitlines())
    if isinstance(error, KeyboardInterrupt):
        from weighin.reports.shared.error_json import interrupted

        return INTERRUPTED, _complain(interrupted(records=sys.argv[1:2] == ["run"]))
    # Typer vendors click: its usage errors are known by what they can do.
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):
        told = StringIO()
        show(file=told)
        return code, _printed(told.getvalue())
    if isinstance(error, OSError) and is_failing_disk(error):
        discard_output()
        words = f"{error}; nothing recorded is lost, free some space and try again"
        return InfrastructureError.exit_code, _complain(words)
    if isinstance(error, OSError) and (path := unreached_path(error)) is not None:
        words = f"{path}: cannot be read: {(error.strerror or str(error)).lower()}"
        return EvidenceError.exit_code, _complain(words)
    if isinstance(error, EndedByForeignCodeError):
        words = (
            f"internal error: a task or library ended the process with {error}, which is no verdict"
        )
        return INTERNAL, _complain(words)
    _print_traceback(error)
    words = f"internal error: {type(error).__name__}; this is a bug of weighin, not a verdict"
    return INTERNAL, _complain(words)


def _complain(*sentences: str) -> tuple[str, ...]:
    from weighin.reports.shared.foreign_text import visible

    told = (wrapped(f"weighin: {visible(sentence)}", sys.stderr, "  ") for sentence in sentences)
    sys.stderr.writelines(f"{line}\n" for line in told)
    return sentences


def _printed(told: str) -> tuple[str, ...]:
    """Print a usage error.

    Returns:
        The last line, which says what was wrong.
    """
    from weighin.reports.shared.foreign_text import unobeyed, visible

    # Not `splitlines`: what else would break a line stands in an argument.
    lines = told.rstrip("\n").split("\n")
    sys.stderr.writelines(unobeyed(f"{visible(line)}\n") for line in lines)
    return (lines[-1].removeprefix("Error: "),)


def _print_traceback(error: BaseException) -> None:
    import traceback

    from weighin.reports.shared.foreign_text import visible

    sys.stderr.writelines(
        f"{visible(line)}\n"
        for told in traceback.format_exception(error)
        for line in told.splitlines()
    )


def _tell_machines(message: str, error: BaseException, code: int) -> None:
    """Say it wherever an answer was asked for: the report of the last time would mislead."""
    asked = COMMAND.asked or _asked_on(sys.argv[1:])
    printed = asked.printed
    is_printed = printed is not None and printed not in _FOR_PEOPLE and not COMMAND.is_printed
    if not (is_printed or asked.files or asked.badge):
        return
    from weighin.cli.terminal.telling import copies
    from weighin.reports.told.failure import failure_report

    report = failure_report(
        error if isinstance(error, WeighinError) else message,
        code,
        file=asked.subject,
        command=typed_again(),
    )
    for copy in copies(report, asked):
        # What cannot be made or written now is what was wrong in the first place, and was said.
        with suppress(Exception):
            copy.written()
    if is_printed and printed is not None:
        # The same: a printer that fails must not take the place of the exit code.
        with suppress(Exception):
            write_output(report.told(printed), is_for_runner=printed is Format.GITHUB)


def _asked_on(line: Sequence[str]) -> Asked:
    """What a command line that was not understood asks to be printed."""
    formats = [told for told in _named_on(line) if told in tuple(Format)]
    formats = formats or [w for w in os.environ.get(FORMAT, "").split() if w in tuple(Format)]
    return Asked(printed=Format(formats[0]) if formats else None)


def _named_on(line: Sequence[str]) -> Iterator[str]:
    for number, word in enumerate(line):
        if word == "--":
            return
        if word == "--json":
            yield Format.JSON
        elif word == "--format":
            yield from line[number + 1 : number + 2]
        elif word.startswith("--format="):
            yield word.removeprefix("--format=")
