"""Standard output, and sentences beside it on standard error."""

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from weighin.cli.command import COMMAND
from weighin.errors import InfrastructureError

if TYPE_CHECKING:
    from rich.console import Console

_WITHOUT_TERMINAL, _OF_MOST_TERMINALS = 120, 80


def is_plain() -> bool:
    """Whether output is a log: no terminal, or a CI job; or nobody wants to see progress."""
    is_job = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    return COMMAND.is_quiet or not sys.stderr.isatty() or is_job


def console(stream: TextIO) -> "Console":
    """A console for people. Without a terminal it does not wrap at 80 columns."""
    from rich.console import Console

    width = None if stream.isatty() or "COLUMNS" in os.environ else _WITHOUT_TERMINAL
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)


def wrapped(line: str, stream: TextIO, margin: str = "") -> str:
    """A line broken between words for a terminal; a log and a file get it as it is.

    Args:
        line: It.
        stream: Where it is printed.
        margin: What stands before its further lines.
    """
    if not stream.isatty():
        return line
    import textwrap

    return textwrap.fill(
        line,
        _columns(stream),
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _columns(stream: TextIO) -> int:
    """How wide a terminal is; as wide as most where it does not say."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isascii() and asked.isdecimal() and int(asked):
        return int(asked)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _OF_MOST_TERMINALS
    except (OSError, ValueError):
        return _OF_MOST_TERMINALS


def write_output(text: str | Iterator[str], *, is_for_runner: bool = False) -> None:
    """Print text to standard output, all of it.

    What the stream's encoding cannot carry is printed as an escape.

    Args:
        text: The text; or some lines of it at a time.
        is_for_runner: Whether lines of it command a runner of CI on purpose.

    Raises:
        InfrastructureError: Nobody reads it to its end, or the disk behind it is full.
    """
    from weighin.reports.shared.foreign_text import unobeyed

    encoding = sys.stdout.encoding or "utf-8"
    pieces = iter((text,)) if isinstance(text, str) else text
    try:
        for piece in pieces:
            COMMAND.is_printed = True
            told = piece if is_for_runner else unobeyed(piece)
            if not told.isascii():
                told = told.encode(encoding, "backslashreplace").decode(encoding)
            sys.stdout.write(told)
        sys.stdout.flush()
    except OSError as error:
        discard_output()
        raise InfrastructureError(
            f"standard output: cannot write: {(error.strerror or str(error)).lower()}; nothing "
            "recorded is lost, read the output to its end or write it to a file"
        ) from error


def remark(sentence: str) -> None:
    """Print a sentence that is no part of the result to standard error, unless nobody asks."""
    if COMMAND.is_quiet:
        return
    from weighin.reports.shared.foreign_text import visible

    told = wrapped(f"weighin: {visible(sentence)}", sys.stderr, "  ")
    sys.stderr.write(f"{told}\n")


def discard_output() -> None:
    """Drop what could not be written to standard output.

    Else the interpreter would fail on it again when it ends, with an exit code of its own.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
