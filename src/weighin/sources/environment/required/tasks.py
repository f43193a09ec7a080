"""Whether the required tasks stand in task files, by their names; no task is loaded."""

import difflib
import os
import re
from collections.abc import Iterator
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from weighin.requirements.model import Requirements
from weighin.sources.environment.examined import BAD_FILE, Examined, Health, Topic

# `task: x`, `- task: x`, `group: x`, and tags in one line or below each other.
_NAME: Final = re.compile(
    # Possessive: a long line of blanks is walked once.
    rb"""^[ \t]*+(?:-[ \t]++)?["']?(?:task|group|tag)["']?[ \t]*+:[ \t]*+"""
    rb"""([^\r\n#]*+(?:\r?\n[ \t]*+-[ \t]++[^\r\n:#]++(?=[\r\n#]|\Z))*)""",
    re.MULTILINE,
)
_WORD: Final = re.compile(rb"[^\s\"',\[\]{}-][^\s\"',\[\]{}]*")
_MOST_BYTES: Final = 1 << 22
_SHOWN: Final = 3


def examined_tasks(requirements: Requirements) -> Iterator[Examined]:
    """The folders with task files, then every task that is required."""
    own: set[str] = set()
    for number, written in enumerate(requirements.tasks):
        folder = requirements.resolve(written)
        if folder.is_dir():
            own |= names_in(folder)
            continue
        where = requirements.required_at(f"tasks.{number}")
        words = (
            f"{where}: tasks.{number}: expected a folder with task files, found nothing at {folder}"
        )
        yield _told("tasks", words, Health.PROBLEM, "check the path")
    shipped = _shipped()
    missing = 0
    for number, benchmark in enumerate(requirements.benchmarks):
        if benchmark.task in own or (shipped is not None and benchmark.task in shipped):
            continue
        missing += 1
        where = requirements.required_at(f"benchmarks.{number}.task")
        words = f"{where}: no task file names {benchmark.task!r}"
        if shipped is None:
            words = f"{words}, and lm-eval, which may, is not installed"
        close = difflib.get_close_matches(benchmark.task, own | (shipped or set()), _SHOWN)
        fix = f"did you mean {', '.join(close)}?" if close else "name its folder under tasks"
        yield _told("tasks", words, Health.PROBLEM, fix)
    if not missing:
        yield _told("tasks", f"all {len(requirements.benchmarks)} stand in task files", Health.OK)


def names_in(folder: Path) -> set[str]:
    """Names of tasks, groups and tags in the YAML files below a folder, in no time.

    lm-eval parses all of its own in six seconds; their lines say the names in less than one.
    """
    found: set[bytes] = set()
    for parent, _, files in os.walk(folder):
        for name in files:
            if name.endswith((".yaml", ".yml")):
                found.update(_names_of(os.path.join(parent, name)))  # noqa: PTH118  # many files
    return {name.decode("utf-8", "replace") for name in found}


def _names_of(path: str) -> Iterator[bytes]:
    try:
        with open(path, "rb", 0) as stream:  # noqa: PTH123  # in a third of the time
            content = stream.read(_MOST_BYTES)
    except OSError:
        return
    for value in _NAME.findall(content):
        yield from _WORD.findall(value)


@cache
def _shipped() -> frozenset[str] | None:
    """Names of lm-eval's own tasks; `None` if it is not installed."""
    spec = PathFinder.find_spec("lm_eval")
    if spec is None or spec.origin is None:
        return None
    return frozenset(names_in(Path(spec.origin).parent / "tasks"))


def _told(name: str, words: str, health: Health, fix: str = "") -> Examined:
    code = BAD_FILE if health is Health.PROBLEM else 0
    return Examined(
        topic=Topic.FILE, name=name, health=health, words=words, fix=fix, exit_code=code
    )
