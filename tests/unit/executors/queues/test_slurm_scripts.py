"""The script of an array: whatever a name holds, bash and Slurm take it for that name."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.making.queues.handed import HOSTILE, PLAN_ID, caller, handed_out

from weighin.errors import UsageError
from weighin.executors.queues.slurm.options import Behind, SlurmOptions
from weighin.executors.queues.slurm.quoting import directive, in_bash
from weighin.executors.queues.slurm.scripts import array_script, check_script

TELL = (
    "import json, os, sys; "
    "print(json.dumps([sys.argv[1:], os.environ.get('GIVEN'), os.getcwd()])); "
    "sys.exit(int(os.environ.get('ENDS', '0')))"
)
# Whatever may be an argument of a program: everything but the byte 0.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


def lines(script: str) -> list[str]:
    return [line for line in script.splitlines() if line.startswith("#SBATCH")]


def told(script: str, folder: Path, **variables: str):
    """What a script's program was told, and how the script ended."""
    done = subprocess.run(
        ["bash"],
        input=script.encode("utf-8", "surrogateescape"),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "SLURM_ARRAY_TASK_ID": "2", **variables},
        capture_output=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[0]), done.returncode, done.stderr.decode()


def script(folder, **changes):
    environment = {"GIVEN": changes.pop("given", "x")}
    program = (sys.executable, "-I", "-c", TELL)
    handed = handed_out(environment=environment, **changes)
    return array_script(handed, SlurmOptions(), caller(*program, folder=folder))


@pytest.mark.child
@settings(max_examples=25)
@given(texts=st.lists(TEXTS, max_size=40))
def test_bash_takes_every_quoted_text_for_itself(texts):
    texts += HOSTILE
    quoted = "printf '%s\\0' " + " ".join(map(in_bash, texts))
    assert quoted.isascii()
    assert "\n" not in quoted
    done = subprocess.run(["bash", "-c", quoted], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == texts


@pytest.mark.child
def test_bash_takes_bytes_that_are_no_text_for_themselves():
    name = os.fsdecode(b"caf\xe9 \xff")
    done = subprocess.run(
        ["bash", "-c", f"printf %s {in_bash(name)}"], capture_output=True, check=True
    )
    assert done.stdout == b"caf\xe9 \xff"


@pytest.mark.child
@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_a_job_is_asked_for_as_it_is_called(tmp_path, name):
    folder = tmp_path / f"in {name}"
    folder.mkdir()
    made = script(folder, plan=name, results=name, checkpoint=name, given=name)
    subprocess.run(["bash", "-n"], input=made, text=True, check=True)
    (arguments, given_, place), code, _ = told(made, tmp_path)
    where = ["--index", "2", "--results", name, "--checkpoint", name]
    assert arguments == ["job", name, *where]
    assert (given_, place, code) == (name, str(folder), 0)
    assert list(tmp_path.iterdir()) == [folder]
    assert list(folder.iterdir()) == []


@pytest.mark.child
@pytest.mark.parametrize(
    ("code", "restarts", "asks"),
    [
        ("0", "0", 0),
        ("3", "0", 0),
        ("2", "0", 0),
        ("70", "0", 0),
        ("75", "0", 1),
        ("75", "2", 1),
        ("75", "3", 0),
    ],
)
def test_only_what_may_help_is_tried_again_and_not_for_ever(tmp_path, code, restarts, asks):
    # Slurm ends the script that asks; this one refuses, so that it can be seen how that ends.
    asked = tmp_path / "asked"
    scontrol = tmp_path / "scontrol"
    scontrol.write_text(f'#!/bin/sh\necho "$*" >>{asked}\nexit 1\n')
    scontrol.chmod(0o755)
    variables = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "SLURM_ARRAY_JOB_ID": "41",
        "SLURM_RESTART_COUNT": restarts,
        "ENDS": code,
    }
    _, ended, errors = told(script(tmp_path), tmp_path, **variables)
    assert ended == int(code)
    assert (asked.read_text() if asked.exists() else "") == "requeue 41_2\n" * asks
    assert ("asked to start the job again" in errors) == bool(asks)


@pytest.mark.child
def test_a_working_folder_that_a_node_does_not_have_is_a_matter_for_another_try(tmp_path):
    made = script(tmp_path / "gone")
    done = subprocess.run(["bash"], input=made, text=True, capture_output=True, check=False)
    assert done.returncode == 75


def test_a_task_a_job_that_is_not_recorded_yet():
    for indices, written in (
        ((0, 1, 2), "0-2"),
        ((1,), "1"),
        ((0, 2, 3, 4, 9), "0,2-4,9"),
    ):
        made = array_script(handed_out(indices=indices), SlurmOptions(), caller())
        assert f"#SBATCH --array={written}" in made.splitlines()


def test_no_more_at_once_than_were_asked_for():
    made = array_script(handed_out(most_at_once=2), SlurmOptions(), caller())
    assert "#SBATCH --array=0-2%2" in made.splitlines()


def test_what_a_job_needs_is_asked_of_slurm():
    options = SlurmOptions(
        partition="gpu,long",
        account="lab",
        qos="high",
        time="1-02:00:00",
        gpus=2,
        cpus=8,
        memory="64G",
        others=("--constraint=a100&nvlink", "--comment=one two # three", "--exclusive"),
        logs="/logs/100% of it",
    )
    made = lines(array_script(handed_out(), options, caller()))
    assert made == [
        f"#SBATCH --job-name=weighin-{PLAN_ID[:12]}",
        "#SBATCH --array=0-2",
        "#SBATCH --nodes=1",
        "#SBATCH --ntasks=1",
        "#SBATCH --requeue",
        "#SBATCH --open-mode=append",
        f'#SBATCH --output="/logs/100%% of it/weighin-{PLAN_ID[:12]}-%A_%a.out"',
        "#SBATCH --partition=gpu,long",
        "#SBATCH --account=lab",
        "#SBATCH --qos=high",
        "#SBATCH --time=1-02:00:00",
        "#SBATCH --cpus-per-task=8",
        "#SBATCH --mem=64G",
        "#SBATCH --gres=gpu:2",
        '#SBATCH --constraint="a100\\&nvlink"',
        '#SBATCH --comment="one two \\# three"',
        "#SBATCH --exclusive",
    ]


def test_a_check_asks_for_no_gpu():
    options = SlurmOptions(
        partition="gpu", gpus=2, memory="64G", time="1-0", of_check=("--mem=2G",)
    )
    made = lines(check_script(handed_out(), options, caller()))
    assert [line for line in made if "gpu:" in line or "time" in line] == []
    assert made[-2:] == ["#SBATCH --partition=gpu", "#SBATCH --mem=2G"]


def test_no_job_is_started_again_where_nobody_wants_that():
    made = array_script(handed_out(retries=0), SlurmOptions(), caller())
    assert "#SBATCH --no-requeue" in made.splitlines()


@pytest.mark.child
@pytest.mark.parametrize("behind", Behind)
def test_the_script_says_how_to_check(behind):
    made = array_script(handed_out(results="/a b"), SlurmOptions(behind=behind), caller())
    (told_of,) = [line for line in made.splitlines() if "--wrap=" in line] or [""]
    assert bool(told_of) == (behind is not Behind.NONE)
    if told_of:
        line = told_of.removeprefix("#").replace("sbatch", "printf '%s\\0'")
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
        assert done.stdout.split("\0")[:-1] == [
            f"--dependency={behind}:ARRAY",
            "--kill-on-invalid-dep=yes",
            "--wrap=/bin/true check /requirements.yaml '/a b'",
        ]


@pytest.mark.child
@pytest.mark.parametrize("made", [array_script, check_script])
def test_shellcheck_finds_nothing(tmp_path, made):
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    for number, name in enumerate(HOSTILE):
        handed = handed_out(plan=name, checkpoint=name, environment={"GIVEN": name})
        text = made(handed, SlurmOptions(gpus=1), caller("/a b/python", folder=name))
        (tmp_path / f"{number}.sh").write_text(text)
    # A tilde, a dollar, a backquote or a last backslash between quotes is meant.
    line = ["shellcheck", "--shell=bash", "--exclude=SC1003,SC2016,SC2088", *tmp_path.iterdir()]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "option",
    ["-C a100", "constraint=a100", "--wrap=x", "--array=0-9", "--output=x", "--a\n#SBATCH --b", ""],
)
def test_an_option_that_is_none_or_ours_is_refused(option):
    with pytest.raises(UsageError, match=r"--sbatch-option .*expected"):
        SlurmOptions(others=(option,))
    with pytest.raises(UsageError, match=r"--check-option .*expected"):
        SlurmOptions(of_check=(option,))


@pytest.mark.parametrize("value", ["a b", "a\nb", "", "a#b", "$(x)", "'"])
@pytest.mark.parametrize("name", ["partition", "account", "qos", "time", "memory"])
def test_a_value_that_slurm_has_no_use_for_is_refused(name, value):
    with pytest.raises(UsageError, match="of sbatch takes"):
        SlurmOptions(**{name: value})


@pytest.mark.parametrize("path", ["/a\nb", "/a\\b", "/a\x1bb"])
def test_a_folder_that_slurm_cannot_be_told_is_refused(path):
    with pytest.raises(UsageError, match="backslashes and line breaks"):
        SlurmOptions(logs=path)


def test_an_option_on_two_lines_is_refused():
    with pytest.raises(UsageError, match="on one line"):
        directive("--comment=a\n#SBATCH --array=0-9")
