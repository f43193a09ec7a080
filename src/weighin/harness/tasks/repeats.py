"""Several answers to each document, whose scores are averaged."""

import numbers
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import fmean

from lm_eval.api.filter import FilterEnsemble
from lm_eval.api.instance import Instance
from lm_eval.api.task import Task

from weighin.errors import RunError

Scored = Mapping[str, object]
_FILTERS = "_filters"


@contextmanager
def averaged(tasks: Iterable[Task], repeats: int) -> Iterator[None]:
    """While this lasts, each answer to a document is scored by itself, and the mean is its score.

    lm-eval asks as often as a task's `repeats` says, and then keeps the first answer alone unless
    the task has filters of its own for several.

    Args:
        tasks: The tasks; those instances are changed, and put back.
        repeats: How many answers there are to each document.
    """
    listed = list(tasks)
    # lm-eval has no other way to them.
    kept = [vars(task)[_FILTERS] for task in listed]
    try:
        for task, filters in zip(listed, kept, strict=True):
            vars(task)[_FILTERS] = [_EachAnswer(one, repeats) for one in filters]
            task.process_results = _mean_of(task.process_results, task.config.task)
        yield
    finally:
        for task, filters in zip(listed, kept, strict=True):
            vars(task)[_FILTERS] = filters
            # Of the instance: that of its class shows again.
            vars(task).pop("process_results", None)


class _EachAnswer:
    """A pipeline of filters that goes over each answer as if it were the only one."""

    def __init__(self, pipeline: FilterEnsemble, repeats: int) -> None:
        self.name = pipeline.name
        self._pipeline = pipeline
        self._repeats = repeats

    def apply(self, instances: Sequence[Instance]) -> None:
        answers = [instance.resps for instance in instances]
        filtered: list[list[object]] = [[] for _ in instances]
        try:
            for number in range(self._repeats):
                for instance, every in zip(instances, answers, strict=True):
                    instance.resps = [every[number]]
                self._pipeline.apply(instances)
                for instance, found in zip(instances, filtered, strict=True):
                    found.append(instance.filtered_resps[self.name])
        finally:
            for instance, every in zip(instances, answers, strict=True):
                instance.resps = every
        for instance, found in zip(instances, filtered, strict=True):
            instance.filtered_resps[self.name] = found


def _mean_of(
    score: Callable[[object, Sequence[object]], Scored], task: object
) -> Callable[[object, Sequence[Sequence[object]]], dict[str, float]]:
    def process_results(document: object, results: Sequence[Sequence[object]]) -> dict[str, float]:
        each = [score(document, answers) for answers in zip(*results, strict=True)]
        return {name: fmean(_number(one[name], name, task) for one in each) for name in each[0]}

    return process_results


def _number(value: object, name: str, task: object) -> float:
    if not isinstance(value, numbers.Real):
        raise RunError(
            f"{task}: expected a number as {name} of one answer, to average it over repeats, found "
            f"{type(value).__name__}; remove repeats, or score a task whose metrics are numbers"
        )
    return float(value)
