"""An error as one JSON document."""

import re
from enum import StrEnum
from typing import Final, Literal

from weighin.errors import (
    CheckpointError,
    EvidenceError,
    InfrastructureError,
    RequirementsError,
    RunError,
    UsageError,
    WeighinError,
)
from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text

ERROR_FORMAT: Final = "weighin.error/1"


class ErrorKind(StrEnum):
    """What was wrong."""

    USAGE = "usage"
    """The command line."""
    REQUIREMENTS = "requirements"
    """The requirements file."""
    EVIDENCE = "evidence"
    """A log or a record: unreadable, or it contradicts itself."""
    CHECKPOINT = "checkpoint"
    """A checkpoint: missing, malformed, of an unknown format, or unsafe to load."""
    RUN = "run"
    """A benchmark that cannot be run as asked."""
    INFRASTRUCTURE = "infrastructure"
    """The machine or an endpoint; trying again may help."""
    INTERNAL = "internal"
    """Weighin itself."""
    INTERRUPTED = "interrupted"
    """Nothing: somebody stopped it."""


class Problem(StrictModel):
    """One thing that is wrong.

    Attributes:
        message: What was expected, what was found, a way out.
        file: The file that it is in, if the message starts with a place; else `null`.
        line: From 1; `null` without a file.
        column: From 1; `null` if the place is a whole line, or without a file.
    """

    message: str
    file: str | None
    line: int | None
    column: int | None


class ErrorDocument(StrictModel):
    """Why a command gave no answer. An answer that nobody likes is none: that is a verdict.

    Attributes:
        format: Always `weighin.error/1`.
        exit_code: 2 usage, 3 bad requirements or unreadable evidence, 70 internal, 75 retryable
            infrastructure, 130 interrupted.
        kind: What was wrong.
        message: All of it, as people read it, with the place that it starts with.
        file: The place of the first problem, as in `problems`.
        line: The same.
        column: The same.
        retry: Whether the same command may succeed at another time.
        problems: One by one, as many as are told at once; never empty.
    """

    format: Literal["weighin.error/1"]
    exit_code: int
    kind: ErrorKind
    message: str
    file: str | None
    line: int | None
    column: int | None
    retry: bool
    problems: tuple[Problem, ...]


_KINDS: Final = (
    (UsageError, ErrorKind.USAGE),
    (RequirementsError, ErrorKind.REQUIREMENTS),
    (EvidenceError, ErrorKind.EVIDENCE),
    (CheckpointError, ErrorKind.CHECKPOINT),
    (RunError, ErrorKind.RUN),
    (InfrastructureError, ErrorKind.INFRASTRUCTURE),
    (KeyboardInterrupt, ErrorKind.INTERRUPTED),
)
_KINDS_BY_EXIT_CODE: Final = {
    UsageError.exit_code: ErrorKind.USAGE,
    EvidenceError.exit_code: ErrorKind.EVIDENCE,
    InfrastructureError.exit_code: ErrorKind.INFRASTRUCTURE,
    130: ErrorKind.INTERRUPTED,
}
_RETRYABLE: Final = (ErrorKind.INFRASTRUCTURE, ErrorKind.INTERRUPTED)
_PLACE: Final = re.compile(
    r"(?P<file>[^\n]+?):(?P<line>[1-9]\d{0,8})(:(?P<column>[1-9]\d{0,8}))?: (?P<rest>.*)",
    re.ASCII | re.DOTALL,
)
_BUG: Final = "internal error: {name}; this is a bug of weighin, not a verdict"


def interrupted(*, records: bool) -> str:
    """What is told where somebody stopped a command.

    Args:
        records: Whether the command records what it has finished, as `weighin run` does.
    """
    if records:
        return "interrupted; finished benchmarks are recorded, run the same command again"
    return "interrupted, without an answer; run the same command again"


def render(error: BaseException | str, exit_code: int) -> str:
    """An error as one JSON document in ASCII, with a line break at the end.

    Args:
        error: What was raised, or what is told to people.
        exit_code: What the command ends with.
    """
    kind = _kind(error, exit_code)
    message = _message(error, kind)
    # Not `splitlines`: what else would break a line stands in a name.
    problems = tuple(map(_problem, filter(None, message.split("\n")))) or (_problem(message),)
    first = problems[0]
    return json_text(
        ErrorDocument(
            format=ERROR_FORMAT,
            exit_code=exit_code,
            kind=kind,
            message=message,
            file=first.file,
            line=first.line,
            column=first.column,
            retry=kind in _RETRYABLE,
            problems=problems,
        )
    )


def _kind(error: BaseException | str, exit_code: int) -> ErrorKind:
    of_its_type = (kind for raised, kind in _KINDS if isinstance(error, raised))
    return next(of_its_type, _KINDS_BY_EXIT_CODE.get(exit_code, ErrorKind.INTERNAL))


def _message(error: BaseException | str, kind: ErrorKind) -> str:
    if isinstance(error, str | WeighinError):
        return str(error)
    match kind:
        case ErrorKind.INTERNAL:
            return _BUG.format(name=type(error).__name__)
        case ErrorKind.INTERRUPTED:
            return interrupted(records=False)
        case _:
            # Typer vendors click: its usage errors are known by what they can do.
            told = getattr(error, "format_message", None)
            return str(told()) if callable(told) else str(error)


def _problem(line: str) -> Problem:
    found = _PLACE.fullmatch(line)
    if found is None:
        return Problem(message=line, file=None, line=None, column=None)
    column = found["column"]
    return Problem(
        message=found["rest"],
        file=found["file"],
        line=int(found["line"]),
        column=None if column is None else int(column),
    )
