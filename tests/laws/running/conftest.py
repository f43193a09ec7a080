"""Fixtures of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.making.checkpoints.reading import bytes_read  # noqa: F401  # a fixture
from tests.making.runs.models import checkpoint, loaded_models  # noqa: F401  # fixtures
from tests.making.runs.runs import TASKS, Server
from tests.making.runs.scene import requirements_file


@pytest.fixture(scope="session")
def requirements(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tiny benchmarks under the stricter profile, which allows each one attempt."""
    folder = tmp_path_factory.mktemp("three")
    return requirements_file(
        folder, tiny_checkpoint, benchmarks=TASKS, rest="profile: comparable\n"
    )


@pytest.fixture(scope="session")
def server(requirements: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A process that has imported all, and forks commands that can be killed."""
    server = Server(requirements, tmp_path_factory.mktemp("server"))
    yield server
    server.close()
