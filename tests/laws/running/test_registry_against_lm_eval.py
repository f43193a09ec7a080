"""The registry of benchmarks says of lm-eval's tasks what their own configurations say."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from weighin.evidence.benchmarks import Benchmark, plain_name
from weighin.sources.scorecard.benchmark_registry import load_registry

pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]

BENCHMARKS = [b for b in load_registry().benchmarks if b.lm_eval]
# lm-eval scores these as one task, though they have several.
AS_ONE_TASK = frozenset({"chartqa"})
GROUPS = [b for b in BENCHMARKS if b.tasks and b.id not in AS_ONE_TASK]
# RULER makes its documents, and its metrics are named after the length of the context.
WITH_DATA = [b for b in BENCHMARKS if b.id != "ruler"]
# Folders of lm-eval's tasks: reading all of them takes 20 seconds.
FOLDERS = (
    "arc", "bbh", "belebele", "ceval", "chartqa", "cmmlu", "commonsense_qa", "drop", "gpqa",
    "gsm8k", "gsm8k_platinum", "gsm_plus", "hellaswag", "hendrycks_math", "humaneval", "ifeval",
    "lambada", "leaderboard", "mbpp", "medqa", "mgsm", "minerva_math", "mmlu", "mmlu_pro", "mmmu",
    "nq_open", "openbookqa", "piqa", "race", "ruler", "sciq", "siqa", "super_glue", "triviaqa",
    "truthfulqa", "wikitext", "winogrande", "xcopa", "xnli", "xstorycloze", "xwinograd", "aime",
)  # fmt: skip
# Where lm-eval shortens the name of a task.
SHORTENED = {
    "counting_and_probability": "counting_and_prob",
    "number_theory": "num_theory",
    "precalculus": "precalc",
}
AS_FUNCTION = {"pass@1": ("pass_at_k", "pass_at_1")}


@cache
def task_index():
    import lm_eval.tasks

    root = Path(lm_eval.tasks.__file__).parent
    folders: list[str | Path] = [root / folder for folder in FOLDERS]
    return lm_eval.tasks.TaskManager(include_defaults=False, include_path=folders).task_index


def leaves(name: str) -> Iterator[str]:
    """The tasks of a task, group or tag."""
    entry = task_index()[name]
    if entry.kind.name in {"TASK", "PY_TASK"}:
        yield name
        return
    inner = (entry.cfg or {}).get("task") or sorted(entry.tags)
    for item in inner:
        yield from leaves(item if isinstance(item, str) else item["task"])


def config(name: str) -> dict:
    from lm_eval.tasks._yaml_loader import load_yaml

    return load_yaml(task_index()[name].yaml_path, resolve_func=False)


def documents_split(task: dict) -> str:
    return task.get("test_split") or task["validation_split"]


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda b: b.id)
def test_the_tasks_of_lm_eval_exist(benchmark: Benchmark):
    assert [name for name in benchmark.lm_eval if name not in task_index()] == []


@pytest.mark.parametrize("benchmark", WITH_DATA, ids=lambda b: b.id)
def test_lm_eval_scores_the_split_of_the_registry(benchmark: Benchmark):
    splits = {documents_split(config(leaf)) for n in benchmark.lm_eval for leaf in leaves(n)}
    assert ", ".join(sorted(splits)) == benchmark.split


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda b: b.id)
def test_the_first_task_of_lm_eval_loads_the_dataset_of_the_registry(benchmark: Benchmark):
    # RULER's tasks name an empty one.
    paths = {config(leaf)["dataset_path"] or None for leaf in leaves(benchmark.lm_eval[0])}
    assert paths == {benchmark.dataset}


@pytest.mark.parametrize("benchmark", WITH_DATA, ids=lambda b: b.id)
def test_the_first_task_of_lm_eval_has_the_metric_of_the_registry(benchmark: Benchmark):
    wanted = {benchmark.metric, *AS_FUNCTION.get(benchmark.metric, ())}
    for leaf in leaves(benchmark.lm_eval[0]):
        metrics = {str(m["metric"]).rpartition(".")[2] for m in config(leaf)["metric_list"]}
        assert metrics & wanted, leaf


def test_what_lm_eval_scores_as_one_task_is_known():
    scored_as_one = {
        b.id for b in BENCHMARKS if b.tasks and task_index()[b.lm_eval[0]].kind.name == "TASK"
    }
    assert scored_as_one == AS_ONE_TASK


@pytest.mark.parametrize("benchmark", GROUPS, ids=lambda b: b.id)
def test_the_tasks_of_the_registry_are_those_of_lm_evals_groups(benchmark: Benchmark):
    found = [plain_name(leaf) for leaf in leaves(benchmark.lm_eval[0])]
    assert len(found) == len(benchmark.tasks)
    for task in benchmark.tasks:
        wanted = plain_name(SHORTENED.get(task.name, task.name))
        assert any(wanted in leaf for leaf in found), task.name
