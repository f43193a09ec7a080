"""Fixtures of this room."""

from tests.making.command_line import weighin  # noqa: F401  # a fixture
