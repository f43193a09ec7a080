"""Fixtures of this room."""

from tests.making.checkpoints.reading import bytes_read  # noqa: F401  # a fixture
from tests.making.runs.models import checkpoint, loaded_models  # noqa: F401  # fixtures
