"""Where a task comes from: the user's own folders, or lm-eval, whose names are taken."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from lm_eval.tasks import TaskManager

from weighin.files.written import portable_path
from weighin.harness.tasks.code import SHIPPED_TASKS

_NAME = re.compile(rb"""^["']?(?:task|group)["']?[ \t]*:[ \t]*["']?([^\s"'#]+)""", re.MULTILINE)


def own_folders(
    manager: TaskManager, names: Iterable[str], folders: Sequence[Path]
) -> Mapping[str, Path]:
    """For each of these tasks and groups that stands in the user's own folders: in which one."""
    found: dict[str, Path] = {}
    for name in names:
        entry = manager.task_index.get(name)
        place = None if entry is None or entry.yaml_path is None else entry.yaml_path.resolve()
        if place is None or place.is_relative_to(SHIPPED_TASKS):
            continue
        holders = [folder for folder in folders if place.is_relative_to(folder.resolve())]
        if holders:
            found[name] = holders[-1]
    return found


def told_origin(owned: Mapping[str, Path], names: Iterable[str]) -> str:
    """`lm-eval 0.4.13`, the folders that the tasks come from, or both."""
    shipped = f"lm-eval {version('lm_eval')}"
    return ", ".join(
        sorted({portable_path(owned[name]) if name in owned else shipped for name in names})
    )


@cache
def shipped_names() -> frozenset[str]:
    """Names of lm-eval's own tasks and groups.

    Read off the lines of 14,000 files in less than a second; lm-eval itself parses them in six.
    """
    found: set[bytes] = set()
    for parent, _, files in os.walk(SHIPPED_TASKS):
        for name in files:
            if name.endswith(".yaml"):
                with open(os.path.join(parent, name), "rb", 0) as stream:  # noqa: PTH118, PTH123  # in a third of the time
                    found.update(_NAME.findall(stream.read()))
    return frozenset(name.decode("utf-8", "replace") for name in found)
