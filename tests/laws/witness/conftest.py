"""Two tiny checkpoints beside each evaluation."""

from pathlib import Path

import pytest
from tests.making.tiny.checkpoint import save_tiny_checkpoint


@pytest.fixture(scope="session")
def other_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_checkpoint(tmp_path_factory.mktemp("checkpoints") / "other", seed=1)


@pytest.fixture
def folder(tmp_path: Path, tiny_checkpoint: Path) -> Path:
    (tmp_path / "one").symlink_to(tiny_checkpoint)
    return tmp_path


@pytest.fixture
def two(folder: Path, other_checkpoint: Path) -> Path:
    (folder / "two").symlink_to(other_checkpoint)
    return folder
