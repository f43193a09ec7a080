"""What all tests share: one tiny checkpoint a session, and a way to write requirements."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.making.places import TINY_TASKS

# Nothing in the tests may reach for a hub; and two threads on two cores are slower than one each.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.pop("CI", None)
# How long an example takes says how busy the machine is, and nothing else.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that no test may change; copy it first."""
    from tests.making.tiny.checkpoint import save_tiny_checkpoint

    return save_tiny_checkpoint(tmp_path_factory.mktemp("checkpoints") / "tiny")


@pytest.fixture
def write_requirements(tmp_path: Path) -> Callable[..., Path]:
    """Writes a requirements file for the tiny benchmarks and returns its path."""

    def write(
        checkpoint: Path | str,
        *,
        benchmarks: str = "  - task: tiny_choice\n  - task: tiny_generate\n",
        model: str = "",
        rest: str = "",
        name: str = "requirements.yaml",
    ) -> Path:
        path = tmp_path / name
        path.write_text(
            f"weighin: 1\nmodel:\n  name: tiny\n  checkpoint: {checkpoint}\n{model}"
            f"tasks: ['{TINY_TASKS}']\nbenchmarks:\n{benchmarks}{rest}"
        )
        return path

    return write
