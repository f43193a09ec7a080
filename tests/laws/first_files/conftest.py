"""Fixtures of this room."""

import pytest
from tests.making.checkpoints.files import write_safetensors
from tests.making.command_line import weighin  # noqa: F401  # a fixture


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a checkpoint `models/tiny`."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "models" / "tiny"
    place.mkdir(parents=True)
    tensors = {"x": ("F32", [1], b"\x00\x00\x80\x3f")}
    write_safetensors(place / "model.safetensors", tensors)
    (place / "config.json").write_text('{"model_type": "tiny"}')
    return tmp_path
