"""Slurm itself takes the scripts: what ends how, what is started again, and what follows."""

import sys

import pytest
from tests.making.queues.handed import HOSTILE, caller, handed_out

from weighin.executors.queues.slurm.options import Behind, SlurmOptions
from weighin.executors.queues.slurm.quoting import directive
from weighin.executors.queues.slurm.sbatch import submit_scripts
from weighin.executors.queues.slurm.scripts import array_script, check_script

pytestmark = pytest.mark.child

# Ends as its job is said to end: 75 unless it was started again, or as the check is said to.
STAND_IN = """
import os, sys
from weighin.executors.queues.worker_name import worker_name

if "job" in sys.argv:
    codes = os.environ["CODES"].split()
    code = int(codes[int(sys.argv[sys.argv.index("--index") + 1])])
    again = os.environ.get("SLURM_RESTART_COUNT", "0")
    print("worker", worker_name(), "try", again, "at", os.environ["SLURMD_NODENAME"], flush=True)
    sys.exit(0 if code == 75 and again == "1" else code)
print("checked", flush=True)
sys.exit(11)
"""


@pytest.fixture
def submitted(slurm, tmp_path, monkeypatch):
    """Submits jobs that end with these codes; the array, the check, and what was printed."""
    for name, value in slurm.variables.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / 'in a # folder\'s "place", 100% $HOME'
    folder.mkdir()

    def submit(*codes, retries=3, behind=Behind.AFTEROK, **options):
        handed = handed_out(
            count=len(codes),
            indices=tuple(range(len(codes))),
            environment={"CODES": " ".join(map(str, codes))},
            retries=retries,
        )
        asked = SlurmOptions(logs=str(folder), behind=behind, **options)
        who = caller(sys.executable, "-c", STAND_IN, folder=folder)
        check = None if behind is Behind.NONE else check_script(handed, asked, who)
        queued = submit_scripts(array_script(handed, asked, who), check, asked)
        slurm.wait_until(queued.array)
        if queued.check is not None:
            slurm.wait_until(queued.check)
        printed = {path.name.rpartition("-")[2]: path.read_text() for path in folder.iterdir()}
        return queued, printed

    return submit


def test_what_may_help_is_started_again_what_is_refused_is_not_and_the_check_says_what_is_missing(
    slurm, submitted
):
    queued, printed = submitted(
        0, 3, 75, behind=Behind.AFTERANY, gpus=1, others=('--comment=a # b\'s "c" \\d $e',)
    )
    assert slurm.exit_codes(queued.array) == {0: 0, 1: 3, 2: 0}
    every = ("squeue", "--noheader", "--states=all", "--array", f"--jobs={queued.array}")
    assert slurm.call(*every, "--format=%k").splitlines() == ['a # b\'s "c" \\d $e'] * 3
    assert {task["TresPerNode"] for task in slurm.shown(queued.array)} == {"gres:gpu:1"}
    of_task = {n: printed[f"{queued.array}_{n}.out"] for n in range(3)}
    assert [text.count("worker ") for text in of_task.values()] == [1, 1, 2]
    assert of_task[2].count(f"worker slurm:weighing:{queued.array}_2 try") == 2
    assert "asked to start the job again" in of_task[2]
    assert slurm.exit_codes(queued.check) == {0: 11}
    assert printed[f"{queued.check}.out"] == "checked\n"


def test_a_check_behind_what_is_not_recorded_never_runs_and_waits_for_nothing(slurm, submitted):
    queued, printed = submitted(3)
    assert slurm.exit_codes(queued.array) == {0: 3}
    assert slurm.states(queued.check) == {"CANCELLED"}
    assert printed.keys() == {f"{queued.array}_0.out"}


@pytest.mark.soak
def test_what_never_helps_is_not_tried_for_ever(slurm, submitted):
    # The stand-in ends well when it was started again once; 70 is nothing that may help.
    queued, printed = submitted(70, 75, retries=0, behind=Behind.NONE)
    assert queued.check is None
    assert slurm.exit_codes(queued.array) == {0: 70, 1: 75}
    assert [text.count("worker ") for text in printed.values()] == [1, 1]


def test_slurm_takes_every_value_of_a_directive_for_itself(slurm):
    # Slurm itself keeps no comment that is empty or ends in a space.
    names = [name for name in HOSTILE if name.isprintable() and name.strip() == name != ""]
    for number, name in enumerate(names):
        lines = ("#!/bin/bash", directive(f"--comment={name}"), directive(f"--job-name=n{number}"))
        slurm.call("sbatch", "--hold", "--output=/dev/null", input="\n".join((*lines, "true\n")))
    told = slurm.call("squeue", "--noheader", "--states=PENDING", "--format=%j %k").splitlines()
    slurm.call("scancel", "--state=PENDING", "--user=root")
    assert dict(line.split(" ", 1) for line in told) == {
        f"n{number}": name for number, name in enumerate(names)
    }
