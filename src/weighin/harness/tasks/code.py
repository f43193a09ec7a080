"""The Python files that a task's configuration calls, so that a change of its code is seen."""

import functools
import inspect
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import FunctionType, MethodType, ModuleType

import lm_eval
from lm_eval.api.task import Task
from lm_eval.config.task import FewshotConfig

from weighin.files.canonical import sha256_hex

LM_EVAL_FOLDER = Path(lm_eval.__file__).resolve().parent
_WEIGHIN_FOLDER = Path(__file__).resolve().parents[2]
SHIPPED_TASKS = LM_EVAL_FOLDER / "tasks"

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib")).resolve()


def code_digests(task: Task) -> tuple[str, ...]:
    """`name digest` of every Python file that a change of the task may lie in, sorted.

    These are all files of the folders that hold its functions and what those functions import,
    wherever it lies: a helper may be read at any time. Folders below them are left out, and so is
    what is installed beside lm-eval, unless the configuration itself names a function of it.

    Raises:
        OSError: A file cannot be read.
    """
    return _with_digests(_files(task))


def own_code_digests(task: Task) -> tuple[str, ...]:
    """Those of `code_digests` that are neither lm-eval's nor weighin's.

    Raises:
        OSError: A file cannot be read.
    """
    known = (LM_EVAL_FOLDER, _WEIGHIN_FOLDER)
    return _with_digests(path for path in _files(task) if not any(map(path.is_relative_to, known)))


def _with_digests(files: Iterable[Path]) -> tuple[str, ...]:
    return tuple(
        sorted(f"{path.name} {sha256_hex(path.read_bytes())}" for path in files if path.is_file())
    )


def _files(task: Task) -> set[Path]:
    files, folders = _called(task)
    for folder in folders:
        files.update(path for path in folder.glob("*.py") if not path.name.startswith("."))
    return files


def _called(task: Task) -> tuple[set[Path], set[Path]]:
    """Installed files that the configuration names, and folders of the task's own code."""
    files: set[Path] = set()
    folders: set[Path] = set()
    configured = list(_objects(vars(task.config)))
    if configured:
        folders |= _folder_of_the_configuration(task)
    waiting: list[object] = [type(task), *configured]
    named = {id(value) for value in waiting}
    # Objects are kept with their ids: an id is given anew once its object is gone.
    seen: dict[int, object] = {}
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen[id(value)] = value
        path = _file_of(value)
        if path is not None and _is_own(path):
            folders.add(path.parent)
            waiting.extend(_globals(value))
        elif path is not None and id(value) in named and not _belongs_to_a_version(path):
            files.add(path)
        waiting.extend(_wrapped(value))
    return files, folders


def _folder_of_the_configuration(task: Task) -> set[Path]:
    metadata = task.get_config("metadata")
    source = metadata.get("config_source") if isinstance(metadata, Mapping) else None
    return {Path(source).resolve().parent} if isinstance(source, str) and source else set()


def _objects(value: object) -> Iterator[object]:
    """Modules, classes, functions and other callables in a value, however deep it holds them."""
    if isinstance(value, FewshotConfig):
        yield from _objects(vars(value))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _objects(item)
    elif isinstance(value, ModuleType) or callable(value):
        yield value


def _wrapped(value: object) -> Iterator[object]:
    """What a bound, partial, cached or decorated function calls."""
    if isinstance(value, functools.partial):
        yield from _objects((value.func, value.args, value.keywords))
    if isinstance(value, MethodType):
        yield value.__func__
    if isinstance(value, FunctionType):
        for cell in value.__closure__ or ():
            try:
                yield from _objects(cell.cell_contents)
            except ValueError:
                # The cell is empty as yet: nothing is called through it.
                continue
    # Statically, since some objects answer to every name.
    yield from _objects(inspect.getattr_static(value, "__wrapped__", None))


def _file_of(value: object) -> Path | None:
    if isinstance(value, FunctionType):
        name: object = value.__code__.co_filename
    else:
        name = getattr(_module(value), "__file__", None)
    if not isinstance(name, str) or not name:
        return None
    path = Path(name).resolve()
    # Code that was generated names `<string>` or the like.
    return path if path.is_file() else None


def _module(value: object) -> ModuleType | None:
    if isinstance(value, ModuleType):
        return value
    owner = value if inspect.isclass(value) else type(value)
    return sys.modules.get(owner.__module__)


def _globals(value: object) -> list[object]:
    """Modules and callables among the globals that the code of a value sees."""
    if isinstance(value, FunctionType):
        names: Mapping[str, object] = value.__globals__
    else:
        module = _module(value)
        names = {} if module is None else vars(module)
    return [item for item in names.values() if isinstance(item, ModuleType) or callable(item)]


def _belongs_to_a_version(path: Path) -> bool:
    """Whether a file is of lm-eval or Python, whose versions are recorded."""
    return path.is_relative_to(LM_EVAL_FOLDER) or (
        path.is_relative_to(_STANDARD_LIBRARY) and not _INSTALLED & set(path.parts)
    )


def _is_own(path: Path) -> bool:
    if path.is_relative_to(LM_EVAL_FOLDER):
        return path.is_relative_to(SHIPPED_TASKS) and path.parent != SHIPPED_TASKS
    return not (_INSTALLED & set(path.parts) or path.is_relative_to(_STANDARD_LIBRARY))
