"""Fixtures of this room."""

from tests.making.checkpoints.files import (  # noqa: F401  # fixtures
    checkpoint,
    formats,
    new_folder,
    safetensors_writer,
    shards_writer,
    tiny,
)
from tests.making.checkpoints.reading import bytes_read  # noqa: F401  # a fixture
