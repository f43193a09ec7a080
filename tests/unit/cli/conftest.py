"""Fixtures of this room."""

from tests.making.command_line import recorded, recorded_once, weighin  # noqa: F401  # fixtures
