"""A results file of lm-eval with as many benchmarks as one likes, all of which are required."""

import copy
from dataclasses import dataclass
from pathlib import Path

from tests.making.logs import lm_eval


@dataclass(frozen=True, slots=True)
class WideRow:
    """A log, and the requirements on it."""

    requirements: Path
    log: Path


def wide_row(folder: Path, benchmarks: int, profile: str, *, rest: str = "") -> WideRow:
    """A row of benchmarks in one file, each with a score of its own, and all of them required.

    Args:
        folder: Where to write it.
        benchmarks: How many.
        profile: Of the requirements.
        rest: More lines of the requirements.
    """
    document = lm_eval.modern()
    tasks = [f"task_{number:04d}" for number in range(benchmarks)]
    for key in ("results", "configs", "versions", "n-shot", "n-samples", "group_subtasks"):
        (of_one,) = document[key].values()
        document[key] = {task: copy.deepcopy(of_one) for task in tasks}
    for number, task in enumerate(tasks):
        document["results"][task]["acc,none"] = number / benchmarks
        document["configs"][task]["task"] = task
    requirements = folder / "requirements.yaml"
    required = "".join(f"  - {{task: {task}, metric: acc, num_fewshot: 25}}\n" for task in tasks)
    log = lm_eval.written(document, folder)
    requirements.write_text(
        f"weighin: 1\nmodel: {{name: org/model, checkpoint: 'hf://org/model@{lm_eval.COMMIT}'}}\n"
        f"profile: {profile}\nevidence: declared\nbenchmarks:\n{required}{rest}"
    )
    return WideRow(requirements, log)
