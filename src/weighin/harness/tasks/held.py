"""Loaded tasks, held as they are: the code of one benchmark can reach the task of another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lm_eval.api.task import Task

# lm-eval has no other way to them.
_FUNCTIONS = {"_metric_fn_list": "metric", "_aggregation_list": "aggregation"}
_FILTERS = "_filters"


@dataclass(frozen=True, slots=True)
class HeldTask:
    """What a task asks and scores with, as it was loaded.

    Attributes:
        name: Name of the task.
        task: The task.
        parts: Its class, and what it calls, by name.
    """

    name: str
    task: Task
    parts: Mapping[str, object]

    def moved(self) -> Iterator[str]:
        """Names of the parts that are others now."""
        current = _parts(self.task)
        for part in sorted(current.keys() | self.parts.keys()):
            if current.get(part) is not self.parts.get(part):
                yield f"{self.name}: {part}"


def held(tasks: Mapping[str, Task]) -> tuple[HeldTask, ...]:
    """Hold tasks as they are now."""
    return tuple(HeldTask(name, task, _parts(task)) for name, task in tasks.items())


def moved(tasks: Iterable[HeldTask]) -> tuple[str, ...]:
    """Names of the parts of tasks that are others than when they were held."""
    return tuple(name for task in tasks for name in task.moved())


def _parts(task: Task) -> dict[str, object]:
    values = vars(task)
    found: dict[str, object] = {"class": type(task)}
    found |= {key: value for key, value in values.items() if callable(value)}
    for key, value in vars(task.config).items():
        if callable(value):
            found[f"configuration {key}"] = value
    for attribute, word in _FUNCTIONS.items():
        for key, value in dict(values.get(attribute) or {}).items():
            found[f"{word} {key}"] = value
    for pipeline in values.get(_FILTERS) or ():
        for position, one in enumerate(getattr(pipeline, "filters", ())):
            found[f"filter {pipeline.name} {position}"] = one
    return found
