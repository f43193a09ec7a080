"""What is known of a benchmark before it is asked is what its record says afterwards.

The tiny model and lm-eval are real.
"""

import pytest
from tests.making.runs.scene import CHOICE, GENERATE, copied_tasks, record_of, requirements_file

import weighin
from weighin.cli.terminal.progress import listener as progress
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes

pytestmark = pytest.mark.model

ROLLING, GROUP = "tiny_rolling", "both"
BENCHMARKS = (
    CHOICE,
    f"{GENERATE}\n    num_fewshot: 2\n    decoding: {{max_gen_toks: 2, num_beams: 2}}",
    f"{ROLLING}\n    samples: 5",
    GROUP,
)
IN_GROUP = ("first", "second")


@pytest.fixture(scope="module")
def scored(tmp_path_factory, tiny_checkpoint):
    folder = tmp_path_factory.mktemp("digests")
    tasks = copied_tasks(folder / "tasks")
    for name in IN_GROUP:
        text = (tasks / f"{GENERATE}.yaml").read_text()
        (tasks / f"{name}.yaml").write_text(text.replace(GENERATE, name))
    (tasks / "group.yaml").write_text(
        f"group: {GROUP}\ntask: [{', '.join(IN_GROUP)}]\n"
        "aggregate_metric_list: [{metric: exact_match, filter_list: [strict], "
        "weight_by_size: true}]\n"
    )
    file = requirements_file(folder, tiny_checkpoint, benchmarks=BENCHMARKS, task_folder=tasks)
    return file, weighin.run(file, results=folder / "results")


@pytest.mark.parametrize("task", [CHOICE, GENERATE, ROLLING, GROUP])
def test_digests_of_configuration_and_documents_are_those_of_the_record(scored, task):
    from weighin.harness.tasks.loading import load_benchmarks

    file, verdict = scored
    requirements = load_requirements(file, rule_shapes())
    (loaded,) = load_benchmarks(requirements, [task])
    record = record_of(verdict, task)
    assert loaded.config_digest == record.asked.config_digest
    first = 5 if task == ROLLING else None
    assert loaded.documents_digest(first) == record.asked.documents_digest
    assert loaded.documents_digest(4) != loaded.documents_digest(None)
    assert bool(loaded.fewshot_digest) == (task == GENERATE)
    assert any(entry.startswith("load.py ") for entry in loaded.code)


@pytest.mark.parametrize("task", [CHOICE, GENERATE, GROUP])
def test_the_documents_of_a_whole_benchmark_are_told_as_a_file_pins_them(
    scored, capsys, monkeypatch, task
):
    monkeypatch.setattr(progress, "is_plain", lambda: True)
    file, verdict = scored
    record = record_of(verdict, task)
    with progress.progress_listener() as listener:
        listener.benchmark_finished(task, record, is_first=True)
    told = [line for line in capsys.readouterr().err.splitlines() if "documents:" in line]
    pins = f"pins the {record.asked.documents_scored} documents of {task}"
    pin = f"documents: sha256:{record.asked.documents_digest}   # {pins}"
    assert told == [f"weighin: {pin}"]
    pinned = file.with_name(f"pinned-{task}.yaml")
    pinned.write_text(file.read_text().replace(f"- task: {task}\n", f"- task: {task}\n    {pin}\n"))
    benchmark = load_requirements(pinned, rule_shapes()).benchmark(task)
    assert benchmark.documents == f"sha256:{record.asked.documents_digest}"


def test_documents_of_a_part_are_not_told(scored, capsys, monkeypatch):
    monkeypatch.setattr(progress, "is_plain", lambda: True)
    with progress.progress_listener() as listener:
        listener.benchmark_finished(ROLLING, record_of(scored[1], ROLLING), is_first=True)
    assert "sha256:" not in capsys.readouterr().err
