"""Reads what weighin itself recorded, and holds every file against its digest."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from weighin.errors import CheckpointError, EvidenceError
from weighin.evidence.collected import BrokenFile
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
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
from weighin.identity.manifest import Manifest

# A record lies at most this deep below its results folder: model/benchmark/job/attempt/record.json.
_DEPTH = 5


@dataclass(slots=True)
class StoreContent:
    """What was read from results folders.

    Attributes:
        records: Each with the folder that its files are relative to.
        manifests: By checkpoint id.
        comparisons: By the two ids.
        broken: Files whose digest does not hold.
        interrupted: By (model, benchmark): attempts without a record.
        finished: By job id: attempts that the ledger says left a record.
        notes: What was passed over.
    """

    records: list[tuple[Record, Path]] = field(default_factory=list)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    comparisons: dict[tuple[str, str], Comparison] = field(default_factory=dict)
    broken: list[BrokenFile] = field(default_factory=list)
    interrupted: Counter[tuple[str, str]] = field(default_factory=Counter)
    finished: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def read_store(record_paths: list[Path], shown: Mapping[Path, str]) -> StoreContent:
    """Read records and what lies around them: manifests, comparisons, the ledger.

    Args:
        record_paths: The `record.json` files to read.
        shown: How each path is shown to a person, for `Origin.file`.

    Raises:
        EvidenceError: A file that must be readable is not.
    """
    content = StoreContent()
    roots: set[Path] = set()
    for path in sorted(record_paths):
        record, digest = read_record(path)
        place = shown[path]
        content.records.append(
            (
                record.model_copy(
                    update={"origin": record.origin.model_copy(update={"file": place})}
                ),
                path.parent,
            )
        )
        content.broken.extend(_broken_files(record, digest, path, place))
        if (root := _root_of(path)) is not None:
            roots.add(root)
    for root in sorted(roots):
        _read_manifests(root, content)
        _read_comparisons(root, content)
        _read_ledger(root, content, {p.parent.name for p in record_paths})
    return content


def _root_of(record_path: Path) -> Path | None:
    """The results folder above a record: the nearest one with a ledger or with checkpoints."""
    absolute = Path(os.path.abspath(record_path))  # noqa: PTH100  # resolve() would follow links
    for folder in list(absolute.parents)[:_DEPTH]:
        if (folder / LEDGER_NAME).is_file() or (folder / CHECKPOINTS).is_dir():
            return folder
    return None


def _broken_files(record: Record, digest: str, path: Path, place: str) -> Iterator[BrokenFile]:
    task = record.asked.task
    commit_path = path.parent.parent / COMMIT_NAME
    if commit_path.is_file():
        commit = read_commit(commit_path)
        if commit.attempt_id == path.parent.name and commit.record_sha256 != digest:
            yield BrokenFile(
                file=place, benchmark=task, expected=commit.record_sha256, found=digest
            )
    for file in record.files:
        found = _digest_or_state(path.parent, file.path)
        if found != file.sha256:
            shown = str(Path(place).parent / file.path)
            yield BrokenFile(file=shown, benchmark=task, expected=file.sha256, found=found)


def _digest_or_state(folder: Path, relative: str) -> str:
    path = folder / relative
    # A record is foreign: it must not make us read files outside its own folder.
    if not path.resolve().is_relative_to(folder.resolve()):
        return "a path outside the record's folder"
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"unreadable: {error.strerror}"


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
            value = strict_json(path.read_bytes())
            comparison = Comparison.model_validate_json(json.dumps(value))
        except (OSError, ValueError) as error:
            raise EvidenceError(f"{path}: expected {COMPARISON_FORMAT}, found {error}") from error
        content.comparisons[comparison.first, comparison.second] = comparison


def _read_ledger(root: Path, content: StoreContent, attempts_with_record: set[str]) -> None:
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
            content.finished[line.job_id] += 1
            record_path = Store(root).job_folder(line.model, line.benchmark, line.job_id) / (
                f"{line.attempt_id}/{RECORD_NAME}"
            )
            if not record_path.is_file():
                content.broken.append(
                    BrokenFile(
                        file=str(record_path),
                        benchmark=line.benchmark,
                        expected=f"{digest}, as the ledger says",
                        found="missing",
                    )
                )
    for line in ledger.lines:
        if (
            line.event == "benchmark-started"
            and line.attempt_id not in digests
            and line.attempt_id not in attempts_with_record
        ):
            content.interrupted[line.model, line.benchmark] += 1
    for record, folder in content.records:
        expected = digests.get(record.run.attempt_id)
        found = hashlib.sha256((folder / RECORD_NAME).read_bytes()).hexdigest()
        if _root_of(folder / RECORD_NAME) == root and expected is not None and expected != found:
            content.broken.append(
                BrokenFile(
                    file=record.origin.file,
                    benchmark=record.asked.task,
                    expected=f"{expected}, as the ledger says",
                    found=found,
                )
            )
