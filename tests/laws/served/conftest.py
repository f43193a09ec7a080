"""Fixtures of this room."""

from tests.making.command_line import weighin  # noqa: F401  # fixtures
from tests.making.runs.models import checkpoint, loaded_models  # noqa: F401  # fixtures
