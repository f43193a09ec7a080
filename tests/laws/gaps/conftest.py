"""Fixtures of this room."""

from tests.making.runs.models import checkpoint, loaded_models  # noqa: F401  # fixtures
