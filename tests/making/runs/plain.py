"""lm-eval by itself, as a person would call it: what its results file says, and what it scored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.making.places import TINY_TASKS

# Scores differ because the model does; dates and durations differ in any two runs. Whatever else
# the file says could tell two models apart.
_SCORES_AND_TIMES = ("results", "date", "total_evaluation_time_seconds")


@dataclass(frozen=True, slots=True)
class PlainRun:
    """One call of `lm_eval.simple_evaluate`.

    Attributes:
        document: The results file that lm-eval wrote, without scores, dates and durations.
        answers: What the model answered, by task: one entry a document.
        prompts: The first context of each document, by task.
    """

    document: Mapping[str, object]
    answers: Mapping[str, list[object]]
    prompts: Mapping[str, list[str]]


def evaluate_plainly(
    checkpoint: object,
    output: Path,
    *,
    tasks: tuple[str, ...] = ("tiny_choice",),
    task_folder: Path = TINY_TASKS,
    model_arguments: Mapping[str, object] | None = None,
    **settings: object,
) -> PlainRun:
    """Score tasks with lm-eval alone.

    Args:
        checkpoint: A folder as lm-eval's `pretrained`, or a model that is loaded already.
        output: Where lm-eval writes its results.
        tasks: Tasks.
        task_folder: Where their files lie.
        model_arguments: Further `model_args`.
        settings: Further arguments of `simple_evaluate`.
    """
    import lm_eval
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    from weighin.harness.quiet import quiet

    is_name = isinstance(checkpoint, str | Path)
    tracker = EvaluationTracker(output_path=str(output))
    # It only spares each call a second of looking up what machine this is.
    with quiet():
        results = lm_eval.simple_evaluate(
            model="hf" if is_name else checkpoint,
            model_args={"pretrained": str(checkpoint), "device": "cpu", **(model_arguments or {})}
            if is_name
            else None,
            tasks=list(tasks),
            task_manager=TaskManager(include_path=str(task_folder), include_defaults=False),
            evaluation_tracker=tracker,
            batch_size=8,
            **settings,
        )
        samples = results.pop("samples")
        answers = {task: [row["resps"] for row in samples[task]] for task in tasks}
        prompts = {task: [row["arguments"][0][0] for row in samples[task]] for task in tasks}
        tracker.save_results_aggregated(results=results, samples=samples)
    (written,) = output.rglob("results_*.json")
    document = json.loads(written.read_text())
    for key in _SCORES_AND_TIMES:
        del document[key]
    return PlainRun(document=document, answers=answers, prompts=prompts)


def differences(first: PlainRun, second: PlainRun) -> tuple[str, ...]:
    """Dotted paths at which two results files differ, scores, dates and durations aside."""
    return tuple(sorted(_differences(first.document, second.document)))


def _differences(first: object, second: object, prefix: str = "") -> set[str]:
    if isinstance(first, dict) and isinstance(second, dict):
        return {
            path
            for key in first.keys() | second.keys()
            for path in _differences(
                first.get(key), second.get(key), f"{prefix}.{key}" if prefix else str(key)
            )
        }
    return set() if first == second else {prefix}
