"""The first hour, typed by somebody who knows a command of lm-eval and has read the README."""

import json
import shlex
import shutil

import pytest
from tests.making.command_line import weighin  # noqa: F401  # a fixture
from tests.making.places import TINY_TASKS
from tests.making.runs.scene import CHOICE, GENERATE

pytestmark = pytest.mark.model

LM_EVAL = (
    "lm_eval --model hf --model_args pretrained=model,dtype=float32 --device cpu --batch_size 8"
    f" --tasks {CHOICE},{GENERATE} --include_path tasks --output_path out --log_samples"
)


@pytest.fixture
def typed(weighin, tiny_checkpoint, tmp_path, monkeypatch):  # noqa: F811  # the fixture
    """Types a command in a folder with a checkpoint and tasks; what it says, if it ends so."""
    shutil.copytree(tiny_checkpoint, tmp_path / "model")
    shutil.copytree(TINY_TASKS, tmp_path / "tasks")
    monkeypatch.chdir(tmp_path)

    def type_it(command: str, *, ends_with: int = 0) -> str:
        told = weighin(*shlex.split(command))
        assert told.code == ends_with, (command, told.code, told.output, told.errors)
        return told.output + told.errors

    return type_it


def edit_prompt(folder):
    task = folder / "tasks" / f"{CHOICE}.yaml"
    text = task.read_text()
    assert '"{{question}}"' in text
    task.write_text(text.replace('"{{question}}"', '"Question: {{question}}"'))


def swap_tokenizer(folder):
    """One merge less, in place."""
    path = folder / "model" / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    tokenizer["model"]["merges"].pop()
    path.write_text(json.dumps(tokenizer))


def jobs(typed):
    return json.loads(typed("ls --json"))["jobs"]


def record_of(job):
    return shlex.quote(job["record"])


def short(job):
    """A job as `ls` names it."""
    return job["job_id"][:8]


def newest_two(typed):
    """The last two records of the benchmark that was scored anew."""
    found = [job for job in jobs(typed) if job["benchmark"] == CHOICE]
    found.sort(key=lambda job: job["record"].split("/")[-2])
    return found[-2:]


def test_from_a_command_of_lm_eval_to_what_changed(typed, tmp_path):
    assert "next: weighin plan weighin.yaml" in typed(f"init --from {shlex.quote(LM_EVAL)}")
    assert "weighin.yaml: valid, 2 benchmarks" in typed("doctor")
    assert "2 to score" in typed("plan")
    assert "MET" in typed("run")
    assert "MET" in typed("check")

    edit_prompt(tmp_path)
    lying = sorted((tmp_path / "results").rglob("*"))
    told = typed("plan")
    assert ", 1 to score" in told
    assert "not kept" in told
    assert sorted((tmp_path / "results").rglob("*")) == lying
    told = typed("run")
    assert f"{CHOICE} is scored anew: the task's configuration differs" in told
    assert f"{GENERATE} is scored anew" not in told
    before, after = newest_two(typed)
    told = typed(f"diff {short(before)} {short(after)}")
    assert told.startswith("prompts: 24 of 24 differ")
    assert "+Question: " in told

    swap_tokenizer(tmp_path)
    # The manifest that init wrote pins the folder as it was.
    told = typed("run", ends_with=10)
    assert "tokenizer" in told
    before, after = newest_two(typed)
    told = typed(f"diff {record_of(before)} {record_of(after)}")
    assert told.startswith("tokenizer: ")
    assert "merge" in told

    shown = typed(f"show {record_of(after)}")
    assert shown.startswith(f"model on {CHOICE}: ")
    typed(f"retire {short(after)} --reason 'a tokenizer of somebody else'")
    assert {job["state"] for job in jobs(typed)} == {"recorded", "retired"}
    typed("check", ends_with=10)
