"""Evidence from files and folders: recognised, read, collected."""

import json
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.collected import Evidence, Recomputed
from weighin.evidence.records import Record
from weighin.evidence.store import RECORD_NAME
from weighin.sources.lm_eval_log import is_lm_eval_log, read_lm_eval_log
from weighin.sources.recompute import recompute
from weighin.sources.store_records import read_store

# A results document of lm-eval is small; anything larger named like one is something else.
_LARGEST_LOG_BYTES = 512 << 20


def read_evidence(paths: Sequence[Path]) -> Evidence:
    """Read every record in the given files and folders.

    Folders are searched for weighin's own `record.json` files and for lm-eval's results files;
    other files are passed over and counted. A file that is named itself must be readable.

    Raises:
        UsageError: A path does not exist.
        EvidenceError: A file is damaged or, if named itself, of no known format.
    """
    shown: dict[Path, str] = {}
    passed_over = 0
    for given in paths:
        if not given.exists():
            raise UsageError(f"{given}: expected evidence, found nothing there")
        if given.is_file():
            if not _is_known(given):
                raise EvidenceError(
                    f"{given}: expected a record of weighin or a results file of lm-eval, found "
                    "neither"
                )
            shown[given] = str(given)
            continue
        for path in _files(given):
            if _is_known(path):
                shown[path] = str(path)
            else:
                passed_over += 1
    record_paths = [path for path in shown if path.name == RECORD_NAME]
    store = read_store(record_paths, shown)
    own_folders = {path.parent for path in record_paths}
    readings = list(store.records)
    for path in sorted(shown):
        # The native files beside a record are its own, not evidence of something else.
        if path.name != RECORD_NAME and not own_folders.intersection(path.parents):
            readings.extend(read_lm_eval_log(path, shown[path]))
    folders = {id(record): folder for record, folder in readings}
    notes = list(store.notes)
    if passed_over:
        notes.append(f"{passed_over} files are no results of a known format and were passed over")
    return Evidence(
        records=tuple(record for record, _ in readings),
        recompute=partial(_recompute, folders),
        manifests=store.manifests,
        comparisons=store.comparisons,
        broken_files=tuple(store.broken),
        interrupted_attempts=dict(store.interrupted),
        finished_attempts=dict(store.finished),
        notes=tuple(notes),
    )


def _recompute(folders: dict[int, Path], record: Record) -> Recomputed:
    return recompute(record, folders[id(record)])


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder, in a stable order, without following links out of it."""
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(parent) / name


def _is_known(path: Path) -> bool:
    if path.name == RECORD_NAME:
        return True
    if path.suffix != ".json" or path.stat().st_size > _LARGEST_LOG_BYTES:
        return False
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        if path.name.startswith("results_"):
            raise EvidenceError(
                f"{path}: expected a results file of lm-eval, found "
                f"{' '.join(str(error).split())[:200] or type(error).__name__}"
            ) from error
        return False
    return is_lm_eval_log(value)
