"""Checkpoints of the cases that are real runs, once a session."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `tiny` and `tuned` that no test may change."""
    from tests.conformance.tiny_runs import save_checkpoints

    return save_checkpoints(tmp_path_factory.mktemp("conformance"))
