"""What is scored by the file is what the command line scores."""

import json
import os
import shlex
import subprocess
import sys

import pytest
from tests.making.places import TINY_TASKS

from weighin import api
from weighin.evidence.store import read_record

pytestmark = pytest.mark.model

BY_HAND = """\
weighin: 1
model:
  name: tiny
  checkpoint: {checkpoint}
  dtype: float32
  device: cpu
  batch_size: 2
  system_prompt: Add.
tasks: [{tasks}]
benchmarks:
  - {{task: tiny_generate, num_fewshot: 1, seed: 7, fewshot_seed: 7, samples: 5}}
"""


def command_for(checkpoint, *more):
    return [
        "lm_eval", "--model", "hf", "--model_args", f"pretrained={checkpoint},dtype=float",
        "--include_path", str(TINY_TASKS), "--device", "cpu", "--batch_size", "2", *more,
    ]  # fmt: skip


def jobs_of(requirements):
    return [(job.label, job.job_id) for job in api.plan(requirements).jobs]


@pytest.mark.usefixtures("folder")
def test_the_jobs_of_the_file_are_those_of_one_written_by_hand(tiny_checkpoint, folder):
    command = command_for(
        tiny_checkpoint, "--tasks", "tiny_generate", "--num_fewshot", "1", "--seed", "7",
        "--limit", "5", "--system_instruction", "Add.",
    )  # fmt: skip
    made = api.init(command=shlex.join(command))
    hand = folder / "hand.yaml"
    hand.write_text(BY_HAND.format(checkpoint=tiny_checkpoint, tasks=TINY_TASKS))
    assert jobs_of(made.requirements) == jobs_of(hand)


@pytest.mark.soak
def test_a_run_of_the_file_scores_what_the_command_scored(weighin, tiny_checkpoint, folder):
    command = command_for(
        tiny_checkpoint, "--tasks", "tiny_choice,tiny_generate", "--num_fewshot", "0",
        "--log_samples", "--output_path", "logs", "--seed", "11",
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", *command],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (path,) = (folder / "logs").rglob("results_*.json")
    results = json.loads(path.read_text())["results"]
    assert weighin("init", "--from", shlex.join(command)).code == 0
    told = weighin("run", "weighin.yaml", "--results", "results")
    assert told.code == 0, told.output + told.errors
    records = [read_record(path)[0] for path in (folder / "results").rglob("record.json")]
    scored = {
        (score.task, f"{score.metric},{score.filter}"): score.value
        for record in records
        for score in record.scores
    }
    assert len(scored) >= 3
    for (task, metric), value in scored.items():
        assert results[task][metric] == value
