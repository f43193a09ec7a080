"""Data files that a task names: they lie beside the task file, whatever the current folder is.

Only where they are read from changes, never what the configuration says: the same task and data in
another folder are the same benchmark.
"""

import glob
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from datasets.packaged_modules import _PACKAGED_DATASETS_MODULES
from lm_eval.api.task import ConfigurableTask, Task

from weighin.harness.tasks.code import SHIPPED_TASKS

_FILE_SCHEME: Final = "file://"
_DATA: Final = (
    ".json", ".jsonl", ".csv", ".tsv", ".parquet", ".arrow", ".txt", ".gz", ".zst", ".zip",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DataFiles:
    """Where the data of a task is read from.

    Attributes:
        path: What the configuration calls `dataset_path`, as it is read.
        arguments: What it calls `dataset_kwargs`, as they are read; `None` without any.
        files: The files and folders beside the task file that these name, or patterns of them.
        notes: Sentences on what could have been read in the place of one of them.
    """

    path: str | None
    arguments: dict[str, Any] | None
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Beside:
    """The folder of a task file, and what was found in it."""

    folder: Path
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def place(self, written: str, *, below: str = "") -> str:
        """Where a file or pattern is read from; as written if nothing like it lies here.

        Raises:
            FileNotFoundError: It lies neither here nor in the current folder.
        """
        local = written.removeprefix(_FILE_SCHEME)
        if Path(local).is_absolute() or "://" in local or not local:
            return written
        own, current = str(self.folder / below / local), str(Path(below, local))
        if not _matches(own):
            if not _matches(current):
                raise FileNotFoundError(
                    f"{written}: nothing lies at {own}, beside the task file, nor in the current "
                    "folder"
                )
            return written
        if _matches(current) and os.path.realpath(own) != os.path.realpath(current):
            self.notes.append(
                f"{written} lies beside the task file and in the current folder; {own} was read"
            )
        self.files.append(own)
        return own

    def places(self, value: Any, *, below: str = "") -> Any:
        """The same of all texts in a value, however deep it holds them."""
        if isinstance(value, str):
            return self.place(value, below=below)
        if isinstance(value, Mapping):
            return {key: self.places(item, below=below) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.places(item, below=below) for item in value]
        return value


def is_packaged(dataset_path: str) -> bool:
    """Whether what a task calls `dataset_path` is a kind of file, as `json`, and no data set."""
    return dataset_path in _PACKAGED_DATASETS_MODULES


def data_files(task: Task) -> DataFiles:
    """Where the data of a task is read from.

    Raises:
        FileNotFoundError: A file that it names lies neither beside the task file nor in the
            current folder.
    """
    path, arguments = task.get_config("dataset_path"), task.get_config("dataset_kwargs")
    as_written = DataFiles(path=path, arguments=arguments)
    folder = _folder(task)
    if folder is None or not isinstance(path, str):
        return as_written
    beside = _Beside(folder)
    if not is_packaged(path):
        if not _is_folder_of_data(folder / path):
            # On a hub, whose files `data_files` then names; or in the current folder, or absolute.
            return as_written
        path = beside.place(path)
        return DataFiles(path, arguments, tuple(beside.files), tuple(beside.notes))
    if not isinstance(arguments, Mapping):
        return as_written
    read = deepcopy(dict(arguments))
    below = read.get("data_dir")
    if isinstance(below, str) and "data_files" not in read:
        read["data_dir"] = beside.place(below)
    elif "data_files" in read:
        below = below if isinstance(below, str) else ""
        read["data_files"] = beside.places(read["data_files"], below=below)
    return DataFiles(path, read, tuple(beside.files), tuple(beside.notes))


@contextmanager
def beside_task_files() -> Iterator[list[str]]:
    """Have the tasks that are loaded meanwhile read their data beside their own files.

    Yields:
        Sentences on what could have been read in its place; they are there at the end.
    """
    notes: list[str] = []
    original = ConfigurableTask.download

    def download(
        task: ConfigurableTask, dataset_kwargs: dict[str, Any] | None = None, **others: Any
    ) -> None:
        found = data_files(task)
        if not found.files:
            original(task, dataset_kwargs, **others)
            return
        notes.extend(f"{task.config.task}: {note}" for note in found.notes)
        written, task.DATASET_PATH = task.DATASET_PATH, found.path
        try:
            original(task, found.arguments, **others)
        finally:
            task.DATASET_PATH = written
        if dataset_kwargs is not None and "trust_remote_code" not in (found.arguments or {}):
            # lm-eval takes it out of the configuration, too, of which there is a digest.
            dataset_kwargs.pop("trust_remote_code", None)

    ConfigurableTask.download = download
    try:
        yield notes
    finally:
        ConfigurableTask.download = original


def _folder(task: Task) -> Path | None:
    """The folder of the task file; `None` without one, and for a task of lm-eval's own."""
    metadata = task.get_config("metadata")
    source = metadata.get("config_source") if isinstance(metadata, Mapping) else None
    if not isinstance(source, str) or not Path(source).is_file():
        return None
    file = Path(os.path.abspath(source))  # noqa: PTH100  # resolve() would follow links
    return None if file.resolve().is_relative_to(SHIPPED_TASKS) else file.parent


def _matches(place: str) -> bool:
    found = glob.iglob(place, recursive=True)  # noqa: PTH207  # as `datasets` reads patterns
    return os.path.lexists(place) or any(True for _ in found)


def _is_folder_of_data(folder: Path) -> bool:
    """Whether a folder holds data: one of task files may bear the name of a dataset of a hub."""
    return folder.is_dir() and any(
        name.endswith(_DATA) for _, _, names in os.walk(folder) for name in names
    )
