"""What a benchmark is by its own definition, and what the requirements put in its place."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lm_eval.api.task import Task

from weighin.requirements.model import BenchmarkRequirement

OWN_FILES = "own task files"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDefinition:
    """Where the definition of a loaded benchmark comes from.

    Attributes:
        overrides: What replaces the definition that lm-eval ships: settings of the requirements
            as `num_fewshot=8`, and `own task files: my_task` where the user defines it.
        is_own: Whether a task of it stands in the user's own folders.
        code: SHA-256 by name of the Python files that its tasks call; two of one name are
            numbered.
        own_code: Those of them that are neither lm-eval's nor weighin's.
    """

    overrides: tuple[str, ...]
    is_own: bool
    code: Mapping[str, str]
    own_code: Mapping[str, str]


def task_definition(
    benchmark: BenchmarkRequirement,
    leaves: Mapping[str, Task],
    owned: Collection[str],
    code: Iterable[Iterable[str]],
    own_code: Iterable[Iterable[str]],
) -> TaskDefinition:
    """Where a benchmark's definition comes from, before lm-eval writes settings into its tasks.

    Args:
        benchmark: What is required of it.
        leaves: Its tasks, as loaded.
        owned: Names of the tasks and groups that stand in the user's own folders.
        code: `name digest` of the Python files of each task.
        own_code: Those of them that are neither lm-eval's nor weighin's.
    """
    own = (f"{OWN_FILES}: {benchmark.task}",) if owned else ()
    return TaskDefinition(
        overrides=(*own, *_settings(benchmark, leaves.values())),
        is_own=bool(owned),
        code=_by_name({entry for entries in code for entry in entries}),
        own_code=_by_name({entry for entries in own_code for entry in entries}),
    )


def _settings(benchmark: BenchmarkRequirement, tasks: Collection[Task]) -> Iterator[str]:
    shots = benchmark.num_fewshot
    if shots is not None and any(
        task.get_config("num_fewshot") not in (None, shots) for task in tasks
    ):
        yield f"num_fewshot={shots}"
    repeats = benchmark.repeats
    if repeats is not None and any(task.get_config("repeats") != repeats for task in tasks):
        yield f"repeats={repeats}"
    generating = [task for task in tasks if task.get_config("output_type") == "generate_until"]
    for name, value in benchmark.decoding.items():
        own = [dict(task.get_config("generation_kwargs") or {}) for task in generating]
        if any(name not in settings or settings[name] != value for settings in own):
            yield f"{name}={json.dumps(value, ensure_ascii=False)}"


def _by_name(entries: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in sorted(entries):
        name, _, digest = entry.rpartition(" ")
        number, unique = 1, name
        while unique in found:
            number += 1
            unique = f"{name} ({number})"
        found[unique] = digest
    return found
