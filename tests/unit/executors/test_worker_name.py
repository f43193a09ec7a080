"""A task that a queue starts again is the same worker; any other process is another."""

import os
import socket
import subprocess
import sys

import pytest

from weighin.executors.queues.worker_name import KUBERNETES_JOB, worker_name

TASK = {
    "SLURM_CLUSTER_NAME": "lab",
    "SLURM_JOB_ID": "812",
    "SLURM_ARRAY_JOB_ID": "809",
    "SLURM_ARRAY_TASK_ID": "3",
    "SLURM_PROCID": "0",
}
POD = {KUBERNETES_JOB: "0b7c-uid", "JOB_COMPLETION_INDEX": "3"}


def test_a_requeued_task_of_slurm_keeps_its_name_on_any_node():
    requeued = TASK | {"SLURM_RESTART_COUNT": "2", "SLURMD_NODENAME": "other"}
    assert worker_name(requeued) == worker_name(TASK) == "slurm:lab:809_3"


@pytest.mark.parametrize(
    "other",
    [
        {"SLURM_ARRAY_TASK_ID": "4"},
        {"SLURM_ARRAY_JOB_ID": "810"},
        {"SLURM_CLUSTER_NAME": "elsewhere"},
        {"SLURM_STEP_ID": "0"},
    ],
)
def test_another_task_of_slurm_has_another_name(other):
    assert worker_name(TASK | other) != worker_name(TASK)


def test_ranks_of_a_step_have_names_of_their_own():
    step = {"SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0"}
    names = {worker_name(step | {"SLURM_PROCID": rank}) for rank in ("0", "1")}
    assert names == {"slurm::7:0:0", "slurm::7:0:1"}


def test_a_job_of_slurm_without_an_array_is_named_by_its_id():
    assert worker_name({"SLURM_JOB_ID": "7", "SLURM_STEP_ID": "4294967291x"}) == "slurm::7"


def test_a_pod_that_takes_the_place_of_another_keeps_its_name():
    assert worker_name(POD | {"HOSTNAME": "weighin-3-xk2"}) == worker_name(POD)
    assert worker_name(POD) == "kubernetes:0b7c-uid:3"
    assert worker_name(POD | {"JOB_COMPLETION_INDEX": "4"}) != worker_name(POD)


@pytest.mark.parametrize("part", POD)
def test_a_pod_that_nobody_can_tell_from_others_is_a_process(part):
    left = {name: value for name, value in POD.items() if name != part}
    assert worker_name(left) == worker_name({})


def test_a_process_is_named_by_host_number_and_start():
    host, number, start = worker_name({}).rsplit(":", 2)
    assert (host, number) == (socket.gethostname(), str(os.getpid()))
    assert start.isdecimal()
    assert worker_name({}) == worker_name({})


@pytest.mark.child
def test_another_process_has_another_name():
    line = "from weighin.executors.queues.worker_name import worker_name; print(worker_name({}))"
    told = subprocess.run(
        [sys.executable, "-c", line], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert told != worker_name({})
