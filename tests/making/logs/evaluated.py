"""Real logs of lm-eval: of a real tiny model, and of lm-eval's own dummy model."""

import json
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.making.logs.lm_eval import read_log
from tests.making.places import OWN_TASKS, TINY_TASKS

from weighin.evidence.records import Record

EVERY_AGGREGATION = (
    "weighted", "unweighted", "classes", "replies", "texts", "continuations", "unscorable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Log:
    """A results file of lm-eval with its samples files, which a test may change."""

    path: Path

    def records(self) -> dict[str, Record]:
        """The records by task."""
        read = read_log(self.path, self.path.name)
        return {record.asked.task: record for record, _ in read.records}

    def samples(self, task: str) -> Path:
        """The samples file of a task."""
        (path,) = self.path.parent.glob(f"samples_{task}_*.jsonl*")
        return path

    def edit(self, change: Callable[[dict], object]) -> None:
        """Change the results document in place."""
        document = json.loads(self.path.read_text())
        change(document)
        self.path.write_text(json.dumps(document))

    def edit_samples(self, task: str, change: Callable[[list[dict]], object]) -> None:
        """Change the samples of a task in place."""
        path = self.samples(task)
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        change(rows)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _evaluate(output: Path, model: str, arguments: dict, tasks: tuple[str, ...], folder: Path):
    import lm_eval
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    tracker = EvaluationTracker(output_path=str(output))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = lm_eval.simple_evaluate(
            model=model,
            model_args=arguments,
            tasks=list(tasks),
            device="cpu",
            bootstrap_iters=2,
            evaluation_tracker=tracker,
            task_manager=TaskManager(include_path=str(folder), include_defaults=False),
        )
        samples = results.pop("samples")
        tracker.save_results_aggregated(results=results, samples=samples)
        for task in results["configs"]:
            tracker.save_results_samples(task_name=task, samples=samples[task])
    (path,) = output.rglob("results_*.json")
    return path


@pytest.fixture(scope="session")
def log_of_tiny_model(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What plain lm-eval writes of the tiny model; no test may change it."""
    return _evaluate(
        tmp_path_factory.mktemp("logs") / "hf",
        "hf",
        {"pretrained": str(tiny_checkpoint), "dtype": "float32"},
        ("tiny_choice", "tiny_generate", "tiny_rolling"),
        TINY_TASKS,
    )


@pytest.fixture(scope="session")
def log_of_every_aggregation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lm-eval writes of its dummy model on groups and all kinds of metrics."""
    return _evaluate(
        tmp_path_factory.mktemp("logs") / "dummy",
        "dummy",
        {"pretrained": "acme/dummy"},
        EVERY_AGGREGATION,
        OWN_TASKS,
    )


@pytest.fixture
def tiny_log(log_of_tiny_model: Path, tmp_path: Path) -> Log:
    """A copy of the tiny model's log that a test may change."""
    return _copy(log_of_tiny_model, tmp_path / "tiny")


@pytest.fixture
def log(log_of_every_aggregation: Path, tmp_path: Path) -> Log:
    """A copy of the dummy model's log that a test may change."""
    return _copy(log_of_every_aggregation, tmp_path / "dummy")


def _copy(original: Path, folder: Path) -> Log:
    target = shutil.copytree(original.parent, folder / "log")
    return Log(target / original.name)
