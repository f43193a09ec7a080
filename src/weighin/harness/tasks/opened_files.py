"""The user's own files that tasks are made of, so that they can be made again elsewhere."""

import glob
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import source_from_cache
from pathlib import Path

from datasets import config as datasets_config
from huggingface_hub import constants as hub
from lm_eval.api.task import Task

from weighin.errors import RequirementsError
from weighin.harness.tasks.code import LM_EVAL_FOLDER
from weighin.harness.tasks.data_files import data_files, is_packaged

_TASK_FILES = frozenset({".yaml", ".yml", ".py"})
_MOST_FILES = 20_000
_INSTALLED = frozenset({"site-packages", "dist-packages"})


@dataclass(slots=True)
class OpenedFiles:
    """Files that were opened for reading while somebody listened.

    Attributes:
        paths: Absolute, as they were opened.
        is_listening: Whether what is opened is added.
    """

    paths: set[str] = field(default_factory=set)
    is_listening: bool = False


_HEARD = OpenedFiles()
_HOOKED: list[bool] = []


@contextmanager
def opened_files() -> Iterator[OpenedFiles]:
    """Hear of every file that this process opens through Python.

    Python has no way to take its hook away again: it goes on, and adds nothing.
    """
    if not _HOOKED:
        _HOOKED.append(True)
        sys.addaudithook(_heard)
    _HEARD.paths.clear()
    _HEARD.is_listening = True
    try:
        yield _HEARD
    finally:
        _HEARD.is_listening = False


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _HEARD.is_listening and isinstance(arguments[0], str | bytes):
        _HEARD.paths.add(os.path.abspath(os.fsdecode(arguments[0])))  # noqa: PTH100  # as opened


def own_task_files(
    folders: Sequence[Path], opened: OpenedFiles, leaves: Iterable[Task], roots: Sequence[Path]
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The files of the user's own that these tasks are made of, and those that lie elsewhere.

    Args:
        folders: The user's task folders; all their YAML and Python files belong to them.
        opened: What was opened while the tasks were loaded.
        leaves: The loaded tasks, whose configurations name data files.
        roots: What is the user's own lies below one of these.

    Returns:
        Absolute paths below `roots` or named from a task file, and those of files that were read
        elsewhere.

    Raises:
        RequirementsError: A task folder holds more than 20,000 files.
    """
    found = {path for folder in folders for path in _task_files(folder)}
    found.update(_source(Path(path)) for path in opened.paths)
    beside: set[Path] = set()
    for leaf in leaves:
        found.update(_named(leaf))
        # Whoever wrote the task says that these belong to it, wherever they lie.
        beside.update(path for name in data_files(leaf).files for path in _matching(name))
    passed_over = _passed_over()
    own: set[Path] = set()
    elsewhere: set[Path] = set()
    above = [_absolute(root) for root in roots]
    for path in found:
        real = path.resolve()
        if not real.is_file() or _INSTALLED & set(real.parts):
            continue
        if any(real.is_relative_to(folder) for folder in passed_over):
            continue
        is_own = any(path.is_relative_to(root) for root in above) or (
            # A task of somebody else must not have keys of the user's carried away as its data.
            path in beside and not any(part.startswith(".") for part in real.parts)
        )
        (own if is_own else elsewhere).add(path)
    return tuple(sorted(own)), tuple(sorted(elsewhere))


def _task_files(folder: Path) -> Iterator[Path]:
    count = 0
    for parent, folders, names in os.walk(_absolute(folder)):
        folders[:] = [f for f in folders if not f.startswith(".") and f != "__pycache__"]
        for name in names:
            if os.path.splitext(name)[1] in _TASK_FILES:  # noqa: PTH122  # of thousands of names
                count += 1
                yield Path(parent) / name
        if count > _MOST_FILES:
            raise RequirementsError(
                f"{folder}: expected a folder with task files, found more than {_MOST_FILES}; "
                "name a folder that holds tasks alone"
            )


def _source(path: Path) -> Path:
    """The Python file that a compiled one was made of; any other file is itself."""
    if path.suffix != ".pyc":
        return path
    try:
        return Path(source_from_cache(str(path)))
    except ValueError:
        return path


def _named(leaf: Task) -> Iterator[Path]:
    """Data files that a configuration names: what lies in a cache is not opened again."""
    read = data_files(leaf)
    arguments = read.arguments if isinstance(read.arguments, Mapping) else {}
    base = arguments.get("data_dir")
    base = base if isinstance(base, str) else ""
    for name in _texts(arguments.get("data_files")):
        yield from _matching(name if name in read.files else str(Path(base, name)))
    if base and "data_files" not in arguments:
        yield from _below(Path(base))
    if isinstance(read.path, str) and not is_packaged(read.path):
        yield from _below(Path(read.path))


def _matching(name: str) -> Iterator[Path]:
    is_pattern = glob.has_magic(name)
    # As `datasets` reads patterns.
    places = glob.glob(name, recursive=True) if is_pattern else [name]  # noqa: PTH207  # an absolute pattern
    for place in map(Path, places):
        yield from _below(place) if place.is_dir() else [_absolute(place)]


def _below(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(_absolute(folder)):
        yield from (Path(parent) / name for name in names)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        local = value.removeprefix("file://")
        if "://" not in local:
            yield local
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links


def _passed_over() -> tuple[Path, ...]:
    """Where what is installed or cached lies, and what is no file of anybody."""
    named = (
        sys.prefix,
        sys.base_prefix,
        sysconfig.get_path("stdlib"),
        str(LM_EVAL_FOLDER),
        str(Path(__file__).parents[2]),
        str(datasets_config.HF_CACHE_HOME),
        str(datasets_config.HF_DATASETS_CACHE),
        hub.HF_HOME,
        hub.HF_HUB_CACHE,
        str(Path.home() / ".cache"),
        "/proc",
        "/sys",
        "/dev",
        "/etc",
        "/usr",
    )
    return tuple(Path(name).resolve() for name in named)
