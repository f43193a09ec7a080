"""`next: …` after success: one line for a person at a terminal, and for nobody else."""

import os
import pty
import sys

import pytest
from tests.making.checkpoints.files import write_safetensors
from tests.making.places import EVIDENCE_OF_V1

from weighin.cli.application import run_application

REQUIREMENTS = EVIDENCE_OF_V1 / "requirements.yaml"


@pytest.fixture
def screen(tmp_path, monkeypatch):
    """What a terminal shows of a command that ends with 0, in a folder with a checkpoint."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model").mkdir()
    write_safetensors(tmp_path / "model" / "model.safetensors", {"w": ("F32", [1], bytes(4))})
    (tmp_path / "model" / "config.json").write_text("{}")

    def show(*words: object) -> str:
        ours, theirs = pty.openpty()
        with (
            os.fdopen(theirs, "w", closefd=True) as stream,
            monkeypatch.context() as patched,
        ):
            patched.setattr(sys, "stdout", stream)
            patched.setattr(sys, "stderr", stream)
            patched.setattr(sys, "argv", ["weighin", *map(str, words)])
            assert run_application() in {0, 12}
            stream.write("\0")
            stream.flush()
            shown = b""
            while not shown.endswith(b"\0"):
                shown += os.read(ours, 1 << 16)
        os.close(ours)
        return shown[:-1].decode().replace("\r\n", "\n")

    return show


CASES = {
    ("fingerprint", "model"): "weighin fingerprint model --save manifest.json",
    ("fingerprint", "model", "--save", "a b.json"): "weighin verify 'a b.json' model",
    ("check", "--validate", REQUIREMENTS): f"weighin plan {REQUIREMENTS}",
    ("check", "--validate", REQUIREMENTS, "--set", "model.aliases=[a]"): (
        f"weighin plan {REQUIREMENTS} --set 'model.aliases=[a]'"
    ),
}


@pytest.mark.parametrize("line", CASES, ids=lambda line: " ".join(map(str, line[:2])))
def test_a_person_is_told_what_to_type_next(screen, line):
    assert screen(*line).endswith(f"\nnext: {CASES[line]}\n")


@pytest.mark.parametrize("line", CASES, ids=lambda line: " ".join(map(str, line[:2])))
def test_nobody_else_is(screen, weighin, line, tmp_path, monkeypatch):
    for options in (["--quiet"], ["--json"], ["--format", "json"]):
        assert "next: " not in screen(*line, *options)
        (tmp_path / "a b.json").unlink(missing_ok=True)
    told = weighin(*line)
    assert "next: " not in told.output + told.errors
    (tmp_path / "a b.json").unlink(missing_ok=True)
    monkeypatch.setenv("CI", "true")
    assert "next: " not in screen(*line)


@pytest.mark.model
def test_a_run_says_how_it_goes_on(screen, recorded):
    line = ("run", recorded.requirements, "--results", recorded.results)
    report = "--format html=report.html"
    check = f"next: weighin check {recorded.requirements} {recorded.results} {report}\n"
    assert screen(*line).endswith(check)
    part = screen(*line, "--only", "tiny_choice")
    assert part.endswith(f"next: weighin {' '.join(map(str, line))}\n")
    planned = screen("plan", recorded.requirements)
    assert planned.endswith(f"next: weighin run {recorded.requirements}\n")
