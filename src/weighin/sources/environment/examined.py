"""What was looked at here, and whether it stands in the way."""

from dataclasses import dataclass
from enum import StrEnum

from weighin.errors import InfrastructureError, RequirementsError, UsageError


class Health(StrEnum):
    """Whether something stands in the way.

    Attributes:
        OK: It does not.
        NOTE: It may matter, and stops nothing.
        PROBLEM: It stops a run, or makes it worthless.
    """

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


class Topic(StrEnum):
    """What is looked at."""

    INSTALLED = "installed"
    MACHINE = "machine"
    HUB = "hub and caches"
    VARIABLES = "variables"
    STARTUP = "code that runs first"
    FILE = "requirements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One thing that was looked at. Neither its words nor its fix ever holds a secret.

    Attributes:
        topic: What it belongs to.
        name: What it is.
        health: Whether it stands in the way.
        words: What was found.
        fix: What to do; empty where there is nothing to do.
        exit_code: With which a run would end because of it; 0 if it would not.
    """

    topic: Topic
    name: str
    health: Health
    words: str
    fix: str = ""
    exit_code: int = 0


USAGE = UsageError.exit_code
BAD_FILE = RequirementsError.exit_code
RETRYABLE = InfrastructureError.exit_code


def worst(examined: tuple[Examined, ...]) -> int:
    """The exit code of everything: of what a run meets first; 0 if nothing stands in the way."""
    codes = {one.exit_code for one in examined if one.health is Health.PROBLEM}
    return next((code for code in (BAD_FILE, USAGE, RETRYABLE) if code in codes), 0)
