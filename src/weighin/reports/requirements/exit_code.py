"""The exit code of a validation."""

from typing import Final

from weighin.errors import RequirementsError
from weighin.reports.shared.exit_code import exit_code
from weighin.rules.interface import Outcome
from weighin.rules.judging.validating import Validation

_VALID: Final = 0


def validation_exit_code(validation: Validation, *, is_asked_for: bool = True) -> int:
    """What tells that requirements files are valid, and never that they are met.

    Args:
        validation: The validation.
        is_asked_for: Whether no more was asked for. Else evidence was to be judged and there is
            none, which must not end as a verdict does that everything holds.

    Returns:
        3, what a requirements file ends with that cannot be read, if a file is not valid; else 0,
        or 11 where something was to be judged.
    """
    if not validation.is_valid:
        return RequirementsError.exit_code
    return _VALID if is_asked_for else exit_code(Outcome.UNDECIDED)
