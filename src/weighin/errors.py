"""Every exception that weighin raises on purpose, and the exit code of each."""

from typing import ClassVar


class WeighinError(Exception):
    """Base of every exception raised on purpose.

    The message names the place, what was expected, what was found and a way out.
    """

    exit_code: ClassVar[int] = 70


class UsageError(WeighinError):
    """A command or function was called with arguments that make no sense."""

    exit_code = 2


class RequirementsError(WeighinError):
    """The requirements file is wrong; the message starts with `file:line:column`."""

    exit_code = 3


class EvidenceError(WeighinError):
    """Evidence is unreadable or contradicts itself."""

    exit_code = 3


class CheckpointError(WeighinError):
    """A checkpoint is missing, malformed, of an unknown format, or unsafe to load."""

    exit_code = 3


class RunError(WeighinError):
    """A benchmark cannot be run as asked: unknown task, refused setting, harness failure."""

    exit_code = 3


class InfrastructureError(WeighinError):
    """The machine failed, not the evidence: disk full, endpoint down. Trying again may help."""

    exit_code = 75
