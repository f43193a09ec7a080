"""The exit code of a validation."""

from typing import Final

from weighin.errors import RequirementsError
from weighin.rules.judging.validating import Validation

_VALID: Final = 0


def validation_exit_code(validation: Validation) -> int:
    """0 if all files are valid, else 3: what a requirements file ends with that cannot be read."""
    return _VALID if validation.is_valid else RequirementsError.exit_code
