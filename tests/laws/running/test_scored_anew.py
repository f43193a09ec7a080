"""A benchmark that is scored anew says what made it anew, and then what that did."""

import json
import shutil

import pytest
from tests.making.places import TINY_TASKS
from tests.making.runs.scene import CHOICE, GENERATE, requirements_file

import weighin
from weighin.executors.events import SilentListener
from weighin.requirements.benchmark_labels import RequiredBenchmarks
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes

pytestmark = pytest.mark.model


class Heard(SilentListener):
    """Keeps what a person is told."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def noted(self, sentence: str) -> None:
        self.sentences.append(sentence)


def run(requirements, results, **options) -> list[str]:
    heard = Heard()
    weighin.run(requirements, results=results, listener=heard, **options)
    return heard.sentences


@pytest.fixture
def scene(tiny_checkpoint, tmp_path):
    """One benchmark whose task and checkpoint a test may edit."""
    shutil.copytree(TINY_TASKS, tmp_path / "tasks")
    shutil.copytree(tiny_checkpoint, tmp_path / "checkpoint")
    return requirements_file(
        tmp_path, tmp_path / "checkpoint", benchmarks=(CHOICE,), task_folder=tmp_path / "tasks"
    )


def edit_prompt(scene):
    task = scene.parent / "tasks" / f"{CHOICE}.yaml"
    text = task.read_text()
    assert 'doc_to_text: "{{question}}"' in text
    task.write_text(text.replace('"{{question}}"', '"Question: {{question}}"'))


def swap_tokenizer(scene):
    """One merge less, in place."""
    path = scene.parent / "checkpoint" / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    tokenizer["model"]["merges"].pop()
    path.write_text(json.dumps(tokenizer))


def test_an_edited_prompt_is_named_before_and_its_effect_after(scene, tmp_path):
    results = tmp_path / "results"
    assert run(scene, results) == []
    edit_prompt(scene)
    before, after = run(scene, results)
    assert before == f"{CHOICE} is scored anew: the task's configuration differs"
    assert after.startswith("prompts: 24 of 24 differ; task configuration: doc_to_text")
    assert f" · {CHOICE} " in after
    # The command that it names shows it.
    diff, first, second = after.split("`weighin ")[1].split("`")[0].split(" ")
    assert diff == "diff"
    assert weighin.diff(first, second).headline in after


@pytest.mark.soak
def test_a_tokenizer_that_was_swapped_in_place_is_named(scene, tmp_path):
    results = tmp_path / "results"
    run(scene, results)
    swap_tokenizer(scene)
    before, after = run(scene, results)
    assert before.startswith(f"{CHOICE} is scored anew: tokenizer: sha256:")
    assert after.startswith("tokenizer: sha256:")


@pytest.mark.soak
def test_another_attempt_and_a_retired_job_say_so(scene, tmp_path):
    results = tmp_path / "results"
    run(scene, results)
    before, after = run(scene, results, new_attempt=True)
    assert before == f"{CHOICE} is scored anew: --new-attempt"
    assert after.startswith(f"nothing that is recorded differs · {CHOICE} ")
    (job,) = (results / "tiny" / CHOICE).iterdir()
    weighin.retire(job.name, reason="to see", results=results)
    before, _ = run(scene, results)
    assert before == f"{CHOICE} is scored anew: what is recorded of it is retired"


@pytest.mark.soak
def test_what_is_required_twice_is_no_benchmark_scored_anew(scene, tmp_path):
    several = tuple(f"{GENERATE}\n    num_fewshot: {shots}" for shots in (0, 1))
    tasks, checkpoint = tmp_path / "tasks", tmp_path / "checkpoint"
    requirements_file(tmp_path, checkpoint, benchmarks=several, task_folder=tasks)
    labels = RequiredBenchmarks(load_requirements(scene, rule_shapes()).benchmarks).labels
    assert len(set(labels)) == 2
    for label in labels:
        assert run(scene, tmp_path / "results", only=(label,)) == []
