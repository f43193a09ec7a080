"""Tasks of the user's own folders: their names, and how many documents they have."""

from pathlib import Path

import pytest
from tests.making.runs.scene import CHOICE, copied_tasks, edit_text, requirements_file

from weighin.errors import RequirementsError
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes


def load(file: Path, *wanted: str):
    """The benchmarks of a requirements file."""
    from weighin.harness.tasks.loading import load_benchmarks

    return load_benchmarks(load_requirements(file, rule_shapes()), wanted)


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    return copied_tasks(tmp_path / "tasks")


def test_a_task_under_the_name_of_a_known_benchmark_is_refused(tasks: Path, tmp_path: Path):
    edit_text(tasks / "tiny_choice.yaml", "task: tiny_choice", "task: gsm8k")
    file = requirements_file(tmp_path, "absent", benchmarks=("gsm8k",), task_folder=tasks)
    message = (
        f"{file}:7: benchmarks.0.task: task 'gsm8k' stands in {tasks} and in lm-eval; rename "
        "yours, for example my_gsm8k"
    )
    with pytest.raises(RequirementsError) as raised:
        load(file, "gsm8k")
    assert str(raised.value) == message


def test_a_task_behind_a_group_may_not_have_the_name_of_a_known_one(tasks: Path, tmp_path: Path):
    edit_text(tasks / "tiny_choice.yaml", "task: tiny_choice", "task: mmlu_anatomy")
    (tasks / "own.yaml").write_text("group: own\ntask:\n  - mmlu_anatomy\n  - tiny_generate\n")
    file = requirements_file(tmp_path, "absent", benchmarks=("own",), task_folder=tasks)
    with pytest.raises(RequirementsError, match=r"task 'mmlu_anatomy' stands in .* and in lm-eval"):
        load(file, "own")


def test_a_task_of_ones_own_says_from_which_folder_it_is(tasks: Path, tmp_path: Path):
    file = requirements_file(tmp_path, "absent", benchmarks=(CHOICE,), task_folder=tasks)
    (found,) = load(file, CHOICE)
    assert found.origin == str(tasks)


@pytest.mark.parametrize("name", ["gsm8k", "mmlu", "mmlu_anatomy", "arc_easy", "hellaswag"])
def test_names_of_known_benchmarks_are_known(name: str):
    from weighin.harness.tasks.origin import shipped_names

    assert name in shipped_names()


def test_more_samples_than_there_are_documents_are_refused(tmp_path: Path):
    file = requirements_file(tmp_path, "absent", benchmarks=(f"{CHOICE}\n    samples: 25",))
    with pytest.raises(RequirementsError) as raised:
        load(file, CHOICE)
    assert str(raised.value) == (
        f"{file}:8: benchmarks.0.samples: expected at most 24 documents, found 25; write "
        "samples: all for all of them"
    )


def test_as_many_samples_as_there_are_documents_are_accepted(tmp_path: Path):
    file = requirements_file(tmp_path, "absent", benchmarks=(f"{CHOICE}\n    samples: 24",))
    assert len(load(file, CHOICE)) == 1


def test_samples_of_a_group_that_lm_eval_would_take_of_each_task_are_refused(
    tasks: Path, tmp_path: Path
):
    (tasks / "own.yaml").write_text("group: own\ntask:\n  - tiny_choice\n  - tiny_generate\n")
    file = requirements_file(
        tmp_path, "absent", benchmarks=("own\n    samples: 10",), task_folder=tasks
    )
    with pytest.raises(RequirementsError, match=r"expected 10 documents, found that 20 would be"):
        load(file, "own")


def test_bars_of_datasets_are_hidden_while_it_is_quiet_and_shown_as_before_after_it():
    import datasets

    from weighin.harness.quiet import quiet

    assert not datasets.are_progress_bars_disabled()
    with quiet():
        assert datasets.are_progress_bars_disabled()
    assert not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        with quiet():
            assert datasets.are_progress_bars_disabled()
        assert datasets.are_progress_bars_disabled()
    finally:
        datasets.enable_progress_bars()
