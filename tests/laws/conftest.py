"""Fixtures of this room."""

from tests.making.logs.evaluated import log, log_of_every_aggregation, log_of_tiny_model, tiny_log  # noqa: F401  # fixtures
