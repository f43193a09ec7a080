"""Fixtures of this room."""

from tests.making.hub.release import cache, hub, one_session, release, scored, weighin  # noqa: F401  # fixtures
