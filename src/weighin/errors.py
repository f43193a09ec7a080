"""Every exception that weighin raises on purpose, and the exit code of each."""

from typing import ClassVar

_MAX_CHARACTERS = 20_000


class WeighinError(Exception):
    """Base of every exception raised on purpose.

    The message names the place, what was expected, what was found and a way out. The middle of one
    of more than 20,000 characters is left out: a foreign file may hold a name of 100 MB.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str = "") -> None:
        super().__init__(_shortened(message))


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


class KeyRefusedError(RunError):
    """A server does not accept the key, or asks for one: it answers no benchmark at all."""


class InfrastructureError(WeighinError):
    """The machine failed, not the evidence: disk full, endpoint down. Trying again may help."""

    exit_code = 75


def _shortened(message: str) -> str:
    surplus = len(message) - _MAX_CHARACTERS
    if surplus <= 0:
        return message
    half = _MAX_CHARACTERS // 2
    return f"{message[:half]} [{surplus} characters left out] {message[-half:]}"
