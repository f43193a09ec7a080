"""What a newcomer stumbles over is told with a way out, in one sentence, and leaves nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.places import EVIDENCE_OF_V1

REQUIREMENTS = "weighin: 1\nmodel: {{name: tiny, {model}}}\nbenchmarks: [{{task: tiny_choice}}]\n"
SERVED = "endpoint: {url: 'http://127.0.0.1:9/v1', served_model: m, api: completions}"
# What is imported later is not there; what was imported already tells whether it was needed.
WITHOUT = (
    "import sys\n"
    "sys.modules.update(dict.fromkeys(sys.argv[1].split(',')))\n"
    "sys.argv[:2] = ['weighin']\n"
    "from weighin.cli import main\n"
    "main()\n"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights").mkdir()
    return tmp_path


def asked(model: str) -> Path:
    path = Path("weighin.yaml")
    path.write_text(REQUIREMENTS.format(model=model))
    return path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("google/gemma-2b", "if it lies on the Hugging Face hub, write hf://google/gemma-2b@"),
        ("~/models/x", f"~ is a folder of that name here: write {Path.home()}/models/x"),
    ],
)
def test_a_name_as_of_a_hub_and_a_home_are_asked_about_wherever_they_stand(weighin, written, says):
    asked(f"checkpoint: {written}")
    lines = {
        ("fingerprint", written): 3,
        ("compare", written, "weights"): 3,
        ("verify", written, "weights"): 3,
        ("check", "--validate", "weighin.yaml"): 0,
        ("plan",): 3,
        ("check", "weighin.yaml", EVIDENCE_OF_V1 / "met", "--full", "--verbose"): 11,
    }
    for line, code in lines.items():
        told = weighin(*line)
        assert told.code == code, line
        assert says in told.errors + told.output, line


@pytest.mark.child
@pytest.mark.parametrize(
    ("command", "model", "missing", "extra"),
    [
        ("run", "checkpoint: weights", "torch", "hf"),
        ("plan", "checkpoint: weights", "lm_eval", "hf"),
        ("run", SERVED, "aiohttp", "api"),
    ],
)
def test_without_an_extra_a_run_says_how_to_install_it_and_leaves_nothing(
    folder, command, model, missing, extra
):
    asked(model)
    before = sorted(folder.iterdir())
    results = [] if command == "run" else ["--results", "results"]
    told = called(missing, command, *results)
    assert told.returncode == 2
    assert told.stderr.startswith(f"weighin: running benchmarks needs {missing}, which is not")
    assert f"install 'weighin[{extra}]'" in told.stderr
    assert sorted(folder.iterdir()) == before


@pytest.mark.child
def test_a_chat_interface_without_its_template_is_told_before_anything_is_imported(folder):
    asked("endpoint: {url: 'http://127.0.0.1:9/v1', served_model: m, api: chat}")
    told = called("torch,lm_eval,transformers,datasets", "run")
    assert told.returncode == 3
    assert "write chat_template: true" in told.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["weighin.yaml", "weights"]


def called(without: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, without, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


@pytest.mark.parametrize("width", ["80", "100"])
def test_help_fits_the_terminal(weighin, monkeypatch, width):
    from weighin.cli.application import app

    for command in app.registered_commands:
        monkeypatch.setenv("COLUMNS", width)
        name = command.name or command.callback.__name__
        lines = weighin(name, "--help").output.splitlines()
        assert lines
        assert max(map(len, lines)) <= int(width), name


def test_requirements_are_not_taken_for_results(weighin):
    file, met = EVIDENCE_OF_V1 / "requirements.yaml", EVIDENCE_OF_V1 / "met"
    for line in ((file, met), (met, file)):
        told = weighin("diff", *line)
        assert (told.code, told.output) == (2, "")
        assert f"{file}: expected a record, log, plan, verdict, manifest or" in told.errors
        assert "found a requirements file, which says what is asked and holds no s" in told.errors


@pytest.mark.parametrize("given", ["python train.py", "bash eval.sh && echo done"])
def test_a_program_is_named_where_a_command_of_a_harness_is_expected(weighin, folder, given):
    told = weighin("init", "--from", given)
    assert told.code == 2
    assert f"found none: it calls {given.split()[0]}" in told.errors
    assert "`weighin witness`" in told.errors
    assert {entry.name for entry in folder.iterdir()} == {"weights"}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("number", [1, 2, 6, 40])
def test_what_is_missing_of_a_part_is_scored_by_one_command(weighin, number):
    path = Path("required.yaml")
    names = [f"missing_{place}" for place in range(number)]
    text = (EVIDENCE_OF_V1 / "requirements.yaml").read_text()
    path.write_text(text + "".join(f"  - task: {name}\n" for name in names))
    told = weighin("check", path, EVIDENCE_OF_V1 / "met")
    assert told.code == 11
    command = f"weighin run {path}" + "".join(f" --only {name}" for name in names)
    if number > 6:
        command = f"`weighin run {path}` scores what is missing"
    assert command in " ".join(told.output.split())
