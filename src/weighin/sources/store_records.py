"""Reads what weighin itself recorded, and holds every file against its digest."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.evidence.collected import BrokenFile
from weighin.evidence.ledger import LEDGER_NAME, LedgerLine, read_ledger
from weighin.evidence.records import Record
from weighin.evidence.store import (
    CHECKPOINTS,
    COMMIT_NAME,
    COMPARISONS,
    RECORD_NAME,
    Store,
    read_commit,
    read_record,
)
from weighin.identity.canonical import strict_json
from weighin.identity.checkpoint import load_manifest
from weighin.identity.compare import COMPARISON_FORMAT, Comparison
from weighin.identity.files import opened, read_small_file, sha256_of_bytes, size_bytes
from weighin.identity.manifest import Manifest

# A record lies at most this deep below its results folder: model/benchmark/job/attempt/record.json.
_DEPTH = 5
_SHOWN_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as it was read.

    Attributes:
        record: The record; its origin names the file as a person knows it.
        folder: The folder that its files are relative to.
        sha256: Digest of the file that holds it.
    """

    record: Record
    folder: Path
    sha256: str


@dataclass(slots=True)
class StoreContent:
    """What was read from results folders.

    Attributes:
        records: The records.
        manifests: By checkpoint id.
        comparisons: By the two ids.
        broken: Files whose digest does not hold.
        interrupted: By (model, benchmark): ids of attempts without a record.
        finished: By job id: ids of attempts that left a record.
        notes: What was passed over, or cannot be seen.
    """

    records: list[StoredRecord] = field(default_factory=list)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    comparisons: dict[tuple[str, str], Comparison] = field(default_factory=dict)
    broken: list[BrokenFile] = field(default_factory=list)
    interrupted: defaultdict[tuple[str, str], set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )
    finished: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    notes: list[str] = field(default_factory=list)


def read_store(record_paths: Sequence[Path], shown: Mapping[Path, str]) -> StoreContent:
    """Read records and what lies around them: manifests, comparisons, the ledger.

    Args:
        record_paths: The `record.json` files to read.
        shown: How each path is shown to a person, for `Origin.file`.

    Raises:
        EvidenceError: A record, a commit marker or a ledger cannot be read.
    """
    content = StoreContent()
    # By absolute path, so that one results folder is read once however it was named.
    of_root: defaultdict[str, list[StoredRecord]] = defaultdict(list)
    roots: dict[str, Path] = {}
    bare: list[str] = []
    for path in sorted(record_paths):
        stored = _stored(path, shown[path])
        content.records.append(stored)
        content.broken.extend(_broken_files(stored))
        root = _root_of(path)
        if root is None or not (root / LEDGER_NAME).is_file():
            bare.append(shown[path])
        if root is not None:
            key = os.path.realpath(root)
            roots.setdefault(key, root)
            of_root[key].append(stored)
    for key, root in sorted(roots.items()):
        _read_manifests(root, content)
        _read_comparisons(root, content)
        _read_ledger(root, of_root[key], content)
    if bare:
        content.notes.append(
            f"no ledger lies above {few(bare)}: attempts that were deleted or interrupted cannot "
            "be seen there"
        )
    return content


def is_readable_inside(folder: Path, relative: str) -> bool:
    """Whether a path of a foreign record leads to nothing or to a plain file in its own folder."""
    if "\0" in relative:
        return False
    place = os.path.realpath(folder / relative)
    if not Path(place).is_relative_to(os.path.realpath(folder)):
        return False
    # Unlike pathlib, os.path raises nothing on names that are too long.
    return os.path.isfile(place) or not os.path.lexists(place)  # noqa: PTH113


def few(names: Sequence[str]) -> str:
    """Up to three names, and how many more there are."""
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"{', '.join(names[:_SHOWN_NAMES])}{more}"


def _stored(path: Path, place: str) -> StoredRecord:
    record, digest = read_record(path)
    origin = record.origin.model_copy(update={"file": place})
    return StoredRecord(
        record=record.model_copy(update={"origin": origin}), folder=path.parent, sha256=digest
    )


def _root_of(record_path: Path) -> Path | None:
    """The results folder above a record: the nearest one with a ledger or with checkpoints.

    As it was named by the user, if that path is long enough.
    """
    absolute = Path(os.path.abspath(record_path))  # noqa: PTH100  # resolve() would follow links
    named = list(record_path.parents)
    for level, folder in enumerate(list(absolute.parents)[:_DEPTH]):
        if (folder / LEDGER_NAME).is_file() or (folder / CHECKPOINTS).is_dir():
            return named[level] if level < len(named) else folder
    return None


def _broken_files(stored: StoredRecord) -> Iterator[BrokenFile]:
    record, folder, place = stored.record, stored.folder, stored.record.origin.file
    commit_path = folder.parent / COMMIT_NAME
    if commit_path.is_file():
        commit = read_commit(commit_path)
        if commit.attempt_id == folder.name and commit.record_sha256 != stored.sha256:
            yield _altered(stored, f"{commit.record_sha256}, as {COMMIT_NAME} says")
    for file in record.files:
        found = _digest_or_state(folder, file.path)
        if found != file.sha256:
            yield BrokenFile(
                file=str(Path(place).parent / file.path),
                benchmark=record.asked.task,
                expected=file.sha256,
                found=found,
                model=record.model,
            )


def _altered(stored: StoredRecord, expected: str) -> BrokenFile:
    return BrokenFile(
        file=stored.record.origin.file,
        benchmark=stored.record.asked.task,
        expected=expected,
        found=stored.sha256,
        model=stored.record.model,
    )


def _digest_or_state(folder: Path, relative: str) -> str:
    # A record is foreign: it must not make us read files outside its own folder, or a device.
    if not is_readable_inside(folder, relative):
        return "not a plain file in the record's folder"
    path = folder / relative
    try:
        with opened(path) as descriptor:
            return sha256_of_bytes(descriptor, path, 0, size_bytes(descriptor))
    except CheckpointError as error:
        is_missing = isinstance(error.__cause__, FileNotFoundError)
        return "missing" if is_missing else f"unreadable: {error}"


def _read_manifests(root: Path, content: StoreContent) -> None:
    for path in sorted((root / CHECKPOINTS).glob("*.json")):
        try:
            manifest = load_manifest(path)
        except CheckpointError as error:
            content.broken.append(
                BrokenFile(
                    file=str(path), benchmark="", expected="a checkpoint manifest", found=str(error)
                )
            )
            continue
        if manifest.checkpoint_id != path.stem:
            content.broken.append(
                BrokenFile(
                    file=str(path), benchmark="", expected=path.stem, found=manifest.checkpoint_id
                )
            )
        content.manifests[manifest.checkpoint_id] = manifest


def _read_comparisons(root: Path, content: StoreContent) -> None:
    for path in sorted((root / COMPARISONS).glob("*.json")):
        try:
            value = strict_json(read_small_file(path))
            comparison = Comparison.model_validate_json(json.dumps(value))
        except (CheckpointError, ValueError) as error:
            content.broken.append(
                BrokenFile(
                    file=str(path),
                    benchmark="",
                    expected=COMPARISON_FORMAT,
                    found=" ".join(str(error).split())[:300],
                )
            )
        else:
            content.comparisons[comparison.first, comparison.second] = comparison


def _read_ledger(root: Path, stored: Sequence[StoredRecord], content: StoreContent) -> None:
    path = root / LEDGER_NAME
    ledger = read_ledger(path)
    content.broken.extend(
        BrokenFile(file=str(path), benchmark="", expected="an unbroken ledger", found=problem)
        for problem in ledger.breaks
    )
    content.notes.extend(f"{path}: {problem}" for problem in ledger.torn)
    digests: dict[str, str] = {}
    for line in ledger.lines:
        digest = line.detail.get("record_sha256")
        if line.event == "benchmark-finished" and isinstance(digest, str):
            digests[line.attempt_id] = digest
            content.finished[line.job_id].add(line.attempt_id)
            if not _has_record(root, line):
                content.broken.append(
                    BrokenFile(
                        file=str(_record_path(root, line)),
                        benchmark=line.benchmark,
                        expected=f"{digest}, as the ledger says",
                        found="missing",
                        model=line.model,
                    )
                )
    given = {item.folder.name for item in stored}
    for line in ledger.lines:
        if line.event != "benchmark-started" or line.attempt_id in digests:
            continue
        # A writer that died between the record and its line left a record all the same.
        if line.attempt_id in given or _has_record(root, line):
            content.finished[line.job_id].add(line.attempt_id)
        else:
            content.interrupted[line.model, line.benchmark].add(line.attempt_id)
    for item in stored:
        expected = digests.get(item.record.run.attempt_id)
        if expected is not None and expected != item.sha256:
            content.broken.append(_altered(item, f"{expected}, as the ledger says"))


def _record_path(root: Path, line: LedgerLine) -> Path:
    folder = Store(root).job_folder(line.model, line.benchmark, line.job_id)
    return folder / line.attempt_id / RECORD_NAME


def _has_record(root: Path, line: LedgerLine) -> bool:
    # Unlike pathlib, os.path raises nothing on names that are too long.
    return os.path.isfile(_record_path(root, line))  # noqa: PTH113
