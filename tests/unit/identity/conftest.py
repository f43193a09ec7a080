"""Fixtures of this room."""

from tests.making.checkpoints.files import (  # noqa: F401  # fixtures
    checkpoint,
    formats,
    new_folder,
    safetensors_writer,
    shards_writer,
    tiny,
)
