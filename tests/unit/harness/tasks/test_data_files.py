"""Data files of a task lie beside the task file, from whatever folder it is called."""

import json
import shutil
from pathlib import Path

import pytest
from tests.making.runs.scene import requirements_file

from weighin.errors import RunError
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes

TASK = (
    "task: capitals\n{data}output_type: generate_until\ntest_split: {split}\n"
    "doc_to_text: '{{{{question}}}}'\ndoc_to_target: '{{{{answer}}}}'\n"
    "generation_kwargs: {{do_sample: false, max_gen_toks: 2, until: ['.']}}\n"
    "metric_list: [{{metric: exact_match}}]\n"
)
JSON = "dataset_path: json\ndataset_kwargs:\n  data_files:\n    test: {}\n"


def write_data(file: Path, *answers: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        "".join(
            json.dumps({"question": f"q{n}", "answer": a}) + "\n" for n, a in enumerate(answers)
        )
    )
    return file


def write_task(folder: Path, data: str, split: str = "test") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "capitals.yaml").write_text(TASK.format(data=data, split=split))
    return requirements_file(folder.parent, "absent", benchmarks=("capitals",), task_folder=folder)


def loaded(file: Path):
    from weighin.harness.tasks.loading import load_benchmarks

    (found,) = load_benchmarks(load_requirements(file, rule_shapes()), ["capitals"])
    return found


def answers(benchmark) -> list[str]:
    return [document["answer"] for document in benchmark.leaves["capitals"].eval_docs]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, which is none of the task's; and a cache of its own."""
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def tasks(tmp_path):
    write_data(tmp_path / "own" / "tasks" / "data" / "capitals.jsonl", "Paris", "Rome")
    return tmp_path / "own" / "tasks"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "data",
    [
        JSON.format("data/capitals.jsonl"),
        JSON.format("./data/capitals.jsonl"),
        JSON.format("../tasks/data/capitals.jsonl"),
        JSON.format("data/cap*.jsonl"),
        JSON.format("'**/*.jsonl'"),
        JSON.format("[data/capitals.jsonl]"),
        JSON.format("file://data/capitals.jsonl"),
        JSON.format("capitals.jsonl") + "  data_dir: data\n",
        JSON.format("{tasks}/data/capitals.jsonl"),
        JSON.format("file://{tasks}/data/capitals.jsonl"),
    ],
)
def test_a_file_is_found_beside_the_task_file(tasks, data):
    file = write_task(tasks, data.replace("{tasks}", str(tasks)))
    assert answers(loaded(file)) == ["Paris", "Rome"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "data",
    [
        "dataset_path: json\ndataset_kwargs: {data_files: data/capitals.jsonl}\n",
        "dataset_path: json\ndataset_kwargs: {data_dir: data}\n",
        "dataset_path: data\n",
        "dataset_path: ./data\n",
        "dataset_path: data\ndataset_kwargs: {data_files: capitals.jsonl}\n",
    ],
)
def test_a_folder_and_a_file_without_a_split_are_found_beside_it(tasks, data):
    assert answers(loaded(write_task(tasks, data, split="train"))) == ["Paris", "Rome"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_of_other_kinds_are_found_beside_it(tasks, kind):
    import pandas as pd

    table = pd.DataFrame({"question": ["a", "b"], "answer": ["Oslo", "Bern"]})
    if kind == "csv":
        table.to_csv(tasks / "data" / "t.csv", index=False)
    else:
        table.to_parquet(tasks / "data" / "t.parquet")
    data = JSON.replace("path: json", f"path: {kind}").format(f"data/t.{kind}")
    assert answers(loaded(write_task(tasks, data))) == ["Oslo", "Bern"]


def test_what_lies_in_the_current_folder_alone_is_read_there(here, tasks):
    write_data(here / "data" / "more.jsonl", "Lima")
    found = loaded(write_task(tasks, JSON.format("data/more.jsonl")))
    assert (answers(found), found.notes) == (["Lima"], ())


def test_of_two_the_one_beside_the_task_file_is_read_and_it_is_told(here, tasks):
    write_data(here / "data" / "capitals.jsonl", "Lima")
    found = loaded(write_task(tasks, JSON.format("data/capitals.jsonl")))
    assert answers(found) == ["Paris", "Rome"]
    (note,) = found.notes
    assert "capitals: data/capitals.jsonl lies beside the task file and in the current" in note
    assert f"{tasks}/data/capitals.jsonl was read" in note


def test_one_folder_is_not_two(tasks, here, monkeypatch):
    del here
    monkeypatch.chdir(tasks)
    assert loaded(write_task(tasks, JSON.format("data/capitals.jsonl"))).notes == ()


def test_a_file_that_lies_nowhere_is_told_with_both_places(here, tasks):
    with pytest.raises(RunError, match=r"nothing lies at .*/tasks/data/gone\.jsonl, beside the"):
        loaded(write_task(tasks, JSON.format("data/gone.jsonl")))
    del here


@pytest.mark.usefixtures("here")
def test_a_folder_of_task_files_is_not_taken_for_a_dataset_of_its_name(tasks):
    """`gsm8k` beside the task file holds no data: a hub is asked, which no test may reach."""
    write_task(tasks, "dataset_path: gsm8k\n")
    (tasks / "gsm8k").mkdir()
    (tasks / "gsm8k" / "README.md").write_text("")
    with pytest.raises(RunError, match="cannot be loaded"):
        loaded(write_task(tasks, "dataset_path: gsm8k\n"))


def test_the_same_task_and_data_elsewhere_are_the_same_benchmark(tmp_path, here, tasks):
    data = JSON.format("data/capitals.jsonl")
    first = loaded(write_task(tasks, data))
    shutil.copytree(tasks, tmp_path / "moved" / "tasks")
    shutil.copytree(tasks / "data", here / "data")
    moved = loaded(write_task(tmp_path / "moved" / "tasks", data))
    shutil.rmtree(tasks / "data")
    as_before = loaded(write_task(tasks, data))
    for other in (moved, as_before):
        assert other.digest == first.digest
        assert other.config_digest == first.config_digest
        assert other.document_hashes == first.document_hashes
    write_data(tasks / "data" / "capitals.jsonl", "Paris", "Roma")
    assert loaded(write_task(tasks, data)).digest != first.digest
