"""Fixtures of this room."""

from tests.making.queues.slurm import slurm  # noqa: F401  # a fixture
