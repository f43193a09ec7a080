"""A checkpoint that may be changed, and the models that a run loads."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def checkpoint(tiny_checkpoint: Path, tmp_path: Path) -> Path:
    """A copy of the tiny checkpoint that a test may change."""
    return Path(shutil.copytree(tiny_checkpoint, tmp_path / "checkpoint"))


@pytest.fixture
def loaded_models(monkeypatch: pytest.MonkeyPatch) -> list:
    """The torch modules that weighin loads, in order, so that a test can change them in memory."""
    from weighin.harness.local import subject as checkpoint_subject

    modules: list = []
    load_model = checkpoint_subject.load_model

    def load_and_keep(*arguments):
        loaded = load_model(*arguments)
        modules.append(loaded.lm.model)
        return loaded

    monkeypatch.setattr(checkpoint_subject, "load_model", load_and_keep)
    return modules
