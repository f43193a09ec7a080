"""What the names of lm-eval's files say, and which samples files belong to a results file.

    OUT/<model>/results_<moment>.json
    OUT/<model>/samples_<task>_<moment>.jsonl

`/` and other characters of the model's name stand there as `__`.
"""

import os
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

_MOMENT = r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?"
# `results_<moment>.json`, or `<name>_<moment>.json` where a file was named as the output.
_AT_THE_END = re.compile(_MOMENT + r"$")
# Whoever copies a samples file may put words before and after its name.
_SAMPLES = re.compile(rf"(?:^|_)samples_(?P<task>.+?)_(?P<moment>{_MOMENT})")
_MODEL_FOLDER = re.compile(r"[A-Za-z0-9][\w.-]*?__[\w.-]+")
_ENDINGS = (".jsonl", ".jsonl.gz")


def stamp_of(path: Path) -> str:
    """The moment in the name of a results file, in local time of the machine; empty if none."""
    found = _AT_THE_END.search(path.stem)
    return "" if found is None else found.group()


def samples_beside(path: Path, tasks: Sequence[str], names: frozenset[str]) -> dict[str, Path]:
    """The samples files of a results file, by task.

    Args:
        path: The results file.
        tasks: Its tasks and groups.
        names: Names of the files in its folder.
    """
    suffix = stamp_of(path) or path.stem.removeprefix("results_")
    found: dict[str, Path] = {}
    # A results file may have thousands of tasks, and most lie without samples.
    for task in tasks if _hold_samples(names) else ():
        for ending in _ENDINGS:
            name = f"samples_{task}_{suffix}{ending}"
            if name in names and (path.parent / name).is_file():
                found[task] = path.parent / name
                break
    return found


@lru_cache(maxsize=8)
def _hold_samples(names: frozenset[str]) -> bool:
    """Whether one of some names is that of a samples file; asked for every file of a folder."""
    return any(name.startswith("samples_") for name in names)


def is_samples_name(name: str) -> bool:
    """Whether only lm-eval names a file so."""
    return name.endswith(_ENDINGS) and _SAMPLES.search(name) is not None


def task_and_stamp(name: str) -> tuple[str, str]:
    """The task and the moment in the name of a samples file; the name itself where it has none."""
    found = _SAMPLES.search(name)
    if found is None:
        return name.removesuffix(".gz").removesuffix(".jsonl").removeprefix("samples_"), ""
    return found["task"], found["moment"]


def model_of_folder(folder: Path) -> str:
    """The model of which lm-eval made the name of a folder, `org__name`; empty if it made none."""
    name = Path(os.path.abspath(folder)).name  # noqa: PTH100  # resolve() would follow links
    return name.replace("__", "/", 1) if _MODEL_FOLDER.fullmatch(name) else ""
