"""What a shell is told to complete, asked as bash asks, in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.child

WEIGHIN = str(Path(sys.executable).with_name("weighin"))

BASH = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


def completed(*words, cwd=None):
    asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    told = subprocess.run(
        [WEIGHIN],
        env={**os.environ, **asked, "_WEIGHIN_COMPLETE": "complete_bash"},
        capture_output=True,
        text=True,
        cwd=cwd,
        check=True,
    )
    assert told.stderr == ""
    return told.stdout.split()


def test_commands_are_completed():
    assert completed("weighin", "ver") == ["verify"]


def test_rules_and_checks_of_scorecards_are_completed():
    assert completed("weighin", "explain", "released-is-") == ["released-is-scored"]
    assert "attainable-score" in completed("weighin", "explain", "att")


def test_tasks_of_the_requirements_file_are_completed_once(tmp_path):
    (tmp_path / "r.yaml").write_text(
        "weighin: 1\nmodel: {name: m, checkpoint: c}\nbenchmarks: [{task: gsm8k}, {task: gpqa}]\n"
    )
    assert completed("weighin", "run", "r.yaml", "--only", "g", cwd=tmp_path) == ["gsm8k", "gpqa"]
    words = ("weighin", "run", "r.yaml", "--only", "gpqa", "--only", "g")
    assert completed(*words, cwd=tmp_path) == ["gsm8k"]


def test_tasks_of_the_file_that_is_found_are_completed(tmp_path):
    (tmp_path / "weighin.yaml").write_text(
        "weighin: 1\nmodel: {name: m, checkpoint: c}\nbenchmarks: [{task: gsm8k}]\n"
    )
    assert completed("weighin", "plan", "--only", "g", cwd=tmp_path) == ["gsm8k"]


def test_jobs_of_the_results_folder_are_completed(tmp_path):
    for job in ("0123456789ab", "0fedcba98765", "no job"):
        (tmp_path / "results" / "m" / "gsm8k" / job).mkdir(parents=True)
    assert completed("weighin", "retire", "0", cwd=tmp_path) == ["0123456789ab", "0fedcba98765"]
    (tmp_path / "results").rename(tmp_path / "other")
    words = ("weighin", "show", "--results", "other", "01")
    assert completed(*words, cwd=tmp_path) == ["0123456789ab"]
    assert completed("weighin", "show", "0", cwd=tmp_path) == []


def test_commands_are_completed_behind_help():
    assert completed("weighin", "help", "ver") == ["verify"]


def test_damaged_requirements_file_completes_nothing_and_says_nothing(tmp_path):
    (tmp_path / "r.yaml").write_text("weighin: [\n")
    assert completed("weighin", "run", "r.yaml", "--only", "g", cwd=tmp_path) == []


@BASH
def test_script_for_bash_is_shown_and_leaves_files_to_bash():
    told = subprocess.run(
        [WEIGHIN, "--show-completion", "bash"],
        capture_output=True,
        text=True,
        check=True,
    )
    checked = subprocess.run(["bash", "-n"], input=told.stdout, text=True, check=False)
    assert checked.returncode == 0
    assert "-o default" in told.stdout
    assert completed("weighin", "check", "") == []
