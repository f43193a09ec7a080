"""The files that lie where evidence was said to be, before any of them is opened."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.evidence.store import RECORD_NAME, attempt_folder
from weighin.evidence.store.imported import IMPORT_NAME, IMPORTED, import_folder

_IN_IMPORT = f"{os.sep}{IMPORTED}{os.sep}"
# Endings of files that may hold results. One of these that nothing reads must be told.
_MAY_HOLD_RESULTS = (
    ".json", ".jsonl", ".jsonl.gz", ".json.gz", ".eval", ".csv", ".csv.gz", ".yaml", ".yml",
    ".parquet", ".zip",
)  # fmt: skip
# Files of a checkpoint, beside which a model card may lie.
_OF_CHECKPOINTS = frozenset(
    {
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
        "special_tokens_map.json", "added_tokens.json", "vocab.json", "adapter_config.json",
        "preprocessor_config.json", "model.safetensors.index.json",
        "pytorch_model.bin.index.json",
    }
)  # fmt: skip


@dataclass(slots=True)
class FoundFiles:
    """Files that lie where evidence was said to be.

    Attributes:
        records: `record.json` files of weighin.
        imports: `import.json` files of weighin.
        copies: Files beside or below these, unless they were given themselves.
        others: All other files, in order.
        named: Those of the others that were given themselves, not found in a folder.
        links: Links to folders, which are not followed.
        seen: Absolute paths of all, so that a file that was given twice is read once.
    """

    records: list[Path] = field(default_factory=list)
    imports: list[Path] = field(default_factory=list)
    copies: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    named: set[Path] = field(default_factory=set)
    links: list[Path] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def add(self, path: Path, place: str, *, is_named: bool = False) -> None:
        """Add a file unless it is there; `place` is its absolute path."""
        if place in self.seen:
            return
        self.seen.add(place)
        folder = import_folder(Path(place)) if _IN_IMPORT in place else None
        if folder is not None and place == str(folder / IMPORT_NAME):
            self.imports.append(path)
        elif folder is not None and not is_named:
            self.copies.append(path)
        elif path.name == RECORD_NAME:
            self.records.append(path)
        else:
            self.others.append(path)
        if is_named:
            self.named.add(path)


def find_files(paths: Iterable[Path], apart: Sequence[Path] = ()) -> FoundFiles:
    """All files at some paths.

    Args:
        paths: Files and folders.
        apart: Files that are no evidence although they may lie there, such as the requirements.

    Raises:
        EvidenceError: A path does not exist, or is a pipe, socket or device, or a folder cannot be
            listed.
    """
    found = FoundFiles()
    left_out = {os.path.realpath(path) for path in apart}
    for given in paths:
        if _kind(given) == stat.S_IFREG:
            place = os.path.join(os.path.realpath(given.parent), given.name)  # noqa: PTH118  # as text
            found.add(given, place, is_named=True)
            continue
        for path, place in _below(given, found.links):
            if place not in left_out:
                found.add(path, place)
    return found


def may_hold_results(path: Path) -> bool:
    """Whether a file could hold results, by its name."""
    name = path.name.lower()
    return name.endswith(_MAY_HOLD_RESULTS) and name not in _OF_CHECKPOINTS


def _kind(given: Path) -> int:
    """The type bits of what is given: a file or a folder."""
    try:
        kind = stat.S_IFMT(given.stat().st_mode)
    except FileNotFoundError as error:
        raise EvidenceError(f"{given}: expected evidence, found nothing there") from error
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{given}: expected evidence, found {error}") from error
    if kind not in {stat.S_IFREG, stat.S_IFDIR}:
        # Reading a pipe or device could wait for ever.
        raise EvidenceError(f"{given}: expected a file or folder, found a pipe, socket or device")
    return kind


def _below(folder: Path, links: list[Path]) -> Iterator[tuple[Path, str]]:
    """All files below a folder with their absolute paths, in a stable order.

    Links out of it are not followed. Hidden files belong to whoever looks after the folder, except
    for those inside an attempt.

    Args:
        folder: The folder.
        links: Links to folders that were not followed are added to it.
    """

    def refuse(error: OSError) -> None:
        raise EvidenceError(f"{error.filename}: cannot be listed: {error.strerror}") from error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders.sort()
        above = Path(parent)
        links.extend(above / name for name in folders if (above / name).is_symlink())
        place = os.path.realpath(parent)
        for name in sorted(files):
            path = above / name
            if not name.startswith(".") or attempt_folder(path) is not None:
                yield path, os.path.join(place, name)  # noqa: PTH118  # as text
