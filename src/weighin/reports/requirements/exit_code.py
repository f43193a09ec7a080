"""The exit code of a validation."""

from typing import Final

from weighin.errors import RequirementsError
from weighin.reports.shared.exit_code import exit_code
from weighin.rules.interface import Outcome
from weighin.rules.judging.validating import Validation

_VALID: Final = 0


def validation_exit_code(validation: Validation, *, is_asked_for: bool) -> int:
    """3 if a file is not valid; else 0, or 11 where a verdict was asked for.

    Args:
        validation: The validation.
        is_asked_for: Whether whoever called wanted to know no more than this. If not, evidence is
            missing, and 0 would pass for a verdict with whatever reads exit codes alone.
    """
    if not validation.is_valid:
        return RequirementsError.exit_code
    return _VALID if is_asked_for else exit_code(Outcome.UNDECIDED)
