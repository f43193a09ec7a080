"""The page on tasks of one's own: its files are written as they stand there, and weighed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.making.places import DOCS, ROOT

PAGE = (DOCS / "tasks.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```\n", PAGE, re.DOTALL))
DEMO = ROOT / "checkpoints" / "demo"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with every file of the page."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_block_of_code_but_of_commands_is_a_file() -> None:
    blocks = re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)
    assert len(FILES) == sum(language != "console" for language in blocks)


@pytest.mark.model
def test_its_tasks_are_scored(
    folder: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weighin import api
    from weighin.rules.interface import Outcome

    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", folder / "cache")
    verdict = api.run("weighin.yaml", overrides=[f"model.checkpoint={tiny_checkpoint}"])
    assert verdict.outcome is Outcome.MET
    found = {record.asked.task: record.asked.documents_scored for record in verdict.records}
    assert found == {"capitals": 8, "capitals_written": 8, "sums": 4}


@pytest.mark.soak
@pytest.mark.model
@pytest.mark.skipif(not DEMO.is_dir(), reason="the checkpoints of the demo are not here")
def test_what_the_page_shows_is_what_the_command_prints(folder: Path) -> None:
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "demo").symlink_to(DEMO)
    shown = re.search(
        r"<!-- output: weighin (.*?) -->\n```console\n\$ .*?\n(.*?)```", PAGE, re.DOTALL
    )
    assert shown is not None
    told = subprocess.run(
        [sys.executable, "-m", "weighin", *shown[1].split()],
        env={name: value for name, value in os.environ.items() if name != "COLUMNS"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout == shown[2]
