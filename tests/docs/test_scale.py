"""The page on scale shows commands that do what it says, each of which is run here."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import typer

from tests.making.places import DOCS
from tests.making.queues.slurm import slurm  # noqa: F401  # a fixture
from tests.making.ray.world import ADDRESS, why_no_world, world
from tests.making.runs.scene import requirements_file
from tests.making.stores.bucket import BUCKET, served_bucket
from weighin.cli.application import app

PAGE = (DOCS / "scale.md").read_text("utf-8")
MARK = "    # not run here"
TASKS = ("tiny_choice", "tiny_generate", "tiny_rolling")
MOST_LINES = 10


def consoles():
    """The lines of each section, without the prompt."""
    found = {}
    for section in PAGE.split("\n## ")[1:]:
        blocks = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
        lines = [line for block in blocks for line in block.splitlines()]
        assert all(line.startswith("$ ") for line in lines)
        if lines:
            found[section.partition("\n")[0]] = [line.removeprefix("$ ") for line in lines]
    return found


SECTIONS = consoles()
LAPTOP, BOX, SLURM, KUBERNETES, RAY = SECTIONS
COMMANDS = [
    found.group()
    for lines in SECTIONS.values()
    for line in lines
    for found in re.finditer(r"weighin [a-z]+[^|>)]*", line.partition("    #")[0])
]


def run_here(section):
    return [line for line in SECTIONS[section] if not line.endswith(MARK)]


def test_each_of_them_fits_on_a_screen():
    assert [name for name, lines in SECTIONS.items() if len(lines) > MOST_LINES] == []


@pytest.mark.parametrize("line", COMMANDS)
def test_every_line_is_one_that_the_command_understands(line):
    words = shlex.split(line.replace("{}", "0"), comments=True)
    command = typer.main.get_command(app).commands[words[1]]
    command.make_context(words[1], words[2:]).close()


@pytest.fixture
def shell(tmp_path, tiny_checkpoint):
    """Runs lines in a folder with a requirements file, one shell for all; what they print."""
    requirements_file(tmp_path, tiny_checkpoint, benchmarks=TASKS)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "weighin").write_text(f'#!/bin/sh\nexec {sys.executable} -m weighin "$@"\n')
    (programs / "weighin").chmod(0o755)

    def run(lines, code=0, **variables):
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", "\n".join(lines)],
            cwd=tmp_path,
            env=os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.soak
@pytest.mark.model
def test_a_laptop(shell):
    first, _, _ = lines = run_here(LAPTOP)
    assert "tiny_rolling" in shell([first])
    assert shell(lines[1:]).count("✓ MET") == 2


@pytest.mark.soak
@pytest.mark.model
def test_a_box_with_several_gpus(shell):
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    _, *lines = (line.replace("-P 8", "-P 2") for line in run_here(BOX))
    told = shell(lines)
    assert "✓ MET" in told
    assert told.count(": recorded, ") == len(TASKS)


@pytest.mark.soak
@pytest.mark.model
def test_slurm(shell, slurm, tmp_path):  # noqa: F811  # a fixture
    submitted, printed, taken, shown, checked = run_here(SLURM)
    told = shell([submitted], **slurm.variables)
    array, check = re.findall(r"array (\d+) of Slurm\njob (\d+) ", told)[0]
    assert array in shell([shown.replace("--me", "--user=root")], **slurm.variables)
    slurm.wait_until(array, seconds=300)
    slurm.wait_until(check)
    assert slurm.exit_codes(check) == {0: 0}
    assert "✓ MET" in shell([checked])
    assert len(list((tmp_path / "logs").iterdir())) == len(TASKS) + 1
    # The other way, into other results.
    (tmp_path / "results").rename(tmp_path / "before")
    (number,) = re.findall(r"\d+", shell([printed, taken], **slurm.variables))
    slurm.wait_until(number, seconds=300)
    assert "✓ MET" in shell([checked])


@pytest.mark.soak
@pytest.mark.model
def test_kubernetes(shell, tmp_path):
    pytest.importorskip("obstore")
    written, checked = (
        line.replace("s3://evals", f"s3://{BUCKET}") for line in run_here(KUBERNETES)
    )
    with served_bucket() as bucket:
        there = {**bucket.environment, "DIGEST": "0" * 64}
        shell([written], **there)
        assert "? UNDECIDED" in shell([checked], code=11, **there)
    assert run_here(RAY)[-1] == run_here(KUBERNETES)[-1]
    assert (tmp_path / "job.yaml").read_text().startswith("apiVersion: batch/v1\n")


@pytest.mark.soak
@pytest.mark.model
def test_ray(tmp_path, tiny_checkpoint):
    pytest.importorskip("ray")
    if why := why_no_world():
        pytest.skip(f"no namespaces here: {why}")
    requirements = requirements_file(tmp_path, tiny_checkpoint, benchmarks=TASKS)
    one_machine, cluster = run_here(BOX)[0], run_here(RAY)[0]
    cluster = cluster.replace("head:6379", ADDRESS).replace("--gpus-per-job 8", "--gpus-per-job 0")
    # A socket of Ray's has a path of at most 107 bytes.
    with TemporaryDirectory(prefix="ray-") as short, world(Path(short)) as machines:
        for line in (one_machine, cluster):
            if line is cluster:
                machines.head()
                machines.node(1)
            _, *words = shlex.split(line)
            words[1] = str(requirements)
            words[words.index("--results") + 1] = str(tmp_path / words[-1])
            command = machines.weighin(*words, name=words[-1])
            assert command.wait() == 0, command.told
            assert "✓ MET" in command.out.read_text("utf-8")
