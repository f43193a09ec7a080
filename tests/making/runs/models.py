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
    from transformers import AutoModelForCausalLM

    modules: list = []
    load = AutoModelForCausalLM.from_pretrained

    def load_and_keep(*arguments, **settings):
        loaded = load(*arguments, **settings)
        # Whoever else loads a model does not ask for this.
        if settings.get("output_loading_info"):
            modules.append(loaded[0])
        return loaded

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", load_and_keep)
    return modules
