"""Fixtures of this room."""

from tests.making.runs.models import checkpoint  # noqa: F401  # a fixture
