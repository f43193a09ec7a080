"""What to type next after a command that did what it was asked: one line, for a person alone."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from weighin.cli.command import Asked
from weighin.cli.terminal.output import is_plain
from weighin.reports.shared.formats import Format


def tell_next(asked: Asked, *words: Path | str | None) -> None:
    """Say on standard error what may be typed next.

    Neither a log, a job of CI nor `--quiet` gets it, nor who asked for a document.

    Args:
        asked: In which formats the answer was told.
        words: The command without `weighin`; what is `None` is left out.
    """
    if is_plain() or asked.printed is not Format.TEXT or not sys.stdout.isatty():
        return
    from weighin.reports.shared.foreign_text import visible

    command = shlex.join(["weighin", *(str(word) for word in words if word is not None)])
    sys.stderr.write(f"next: {visible(command)}\n")


def changed(overrides: Sequence[str] | None) -> tuple[str, ...]:
    """The options by which something is stated otherwise than in the file, typed again."""
    return tuple(word for text in overrides or () for word in ("--set", text))
