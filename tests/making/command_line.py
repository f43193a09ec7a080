"""The command line, called in this process, and one recorded run to judge."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.making.places import TINY_TASKS

from weighin.cli.application import run_application


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    code: int
    output: str
    errors: str


@pytest.fixture
def weighin(capfd, monkeypatch) -> Callable[..., Told]:
    """Runs a command line. No command may ever show a traceback."""
    # Wide enough for a temporary folder of any name.
    monkeypatch.setenv("COLUMNS", "240")

    def call(*arguments: object) -> Told:
        monkeypatch.setattr(sys, "argv", ["weighin", *map(str, arguments)])
        capfd.readouterr()
        code = run_application()
        output, errors = capfd.readouterr()
        assert "Traceback" not in output + errors, output + errors
        return Told(code, output, errors)

    return call


@dataclass(frozen=True)
class Recorded:
    """A run of two benchmarks. Tests may change their copy of the results."""

    requirements: Path
    results: Path

    @property
    def record(self) -> Path:
        return min(self.results.rglob("record.json"))


@pytest.fixture(scope="session")
def recorded_once(tiny_checkpoint, tmp_path_factory) -> Recorded:
    from weighin import api

    folder = tmp_path_factory.mktemp("recorded")
    requirements = folder / "requirements.yaml"
    requirements.write_text(
        f"weighin: 1\nmodel:\n  name: tiny\n  checkpoint: {tiny_checkpoint}\n"
        f"tasks: ['{TINY_TASKS}']\nbenchmarks:\n  - task: tiny_choice\n  - task: tiny_rolling\n"
    )
    api.run(requirements, results=folder / "results")
    return Recorded(requirements, folder / "results")


@pytest.fixture
def recorded(recorded_once, tmp_path) -> Recorded:
    copy = tmp_path / "recorded"
    shutil.copytree(recorded_once.results, copy)
    return Recorded(recorded_once.requirements, copy)
