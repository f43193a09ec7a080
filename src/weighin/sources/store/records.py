"""Reads what weighin itself recorded, and holds every file against its digest."""

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from weighin.errors import CheckpointError, EvidenceError
from weighin.evidence.collected import BrokenFile, UnreadFile
from weighin.evidence.records import FileDigest
from weighin.evidence.store import (
    CHECKPOINTS,
    COMMIT_NAME,
    COMPARISONS,
    RECORD_NAME,
    REVISIONS,
    attempt_file,
    read_commit,
    read_record,
)
from weighin.files.canonical import sha256_hex, strict_json
from weighin.files.opened import (
    MAX_SMALL_FILE_BYTES,
    opened,
    read_small_file,
    sha256_of_bytes,
    size_bytes,
)
from weighin.identity.comparison.manifests import COMPARISON_FORMAT, Comparison
from weighin.identity.fingerprint.checkpoint import load_manifest
from weighin.identity.manifest import Manifest
from weighin.identity.published.kept import load_revision
from weighin.identity.published.revision import REVISION_FORMAT, RemoteRevision
from weighin.sources.store.ledger_knowledge import LedgerKnowledge
from weighin.sources.store.ledgers import read_ledgers
from weighin.sources.store.stored_record import StoredRecord

_JSON = frozenset({".json", ".jsonl"})


@dataclass(slots=True)
class StoreContent:
    """What was read from results folders.

    Attributes:
        records: The records.
        manifests: By checkpoint id.
        comparisons: By the two ids.
        revisions: What hubs said of revisions.
        broken: Files whose digest does not hold, in the order in which they were found.
        unread: Records that cannot be read, and why.
        ledgers: What the ledgers above the records say.
    """

    records: list[StoredRecord] = field(default_factory=list)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    comparisons: dict[tuple[str, str], Comparison] = field(default_factory=dict)
    revisions: list[RemoteRevision] = field(default_factory=list)
    broken: list[BrokenFile] = field(default_factory=list)
    unread: list[UnreadFile] = field(default_factory=list)
    ledgers: LedgerKnowledge = field(default_factory=LedgerKnowledge)


def read_store(
    record_paths: Sequence[Path],
    shown: Mapping[Path, str],
    commit_paths: Sequence[Path] = (),
    revision_paths: Sequence[Path] = (),
) -> StoreContent:
    """Read records and what lies around them: manifests, comparisons, ledgers.

    Args:
        record_paths: The `record.json` files to read.
        shown: How each path is shown to a person, for `Origin.file`.
        commit_paths: Commit markers in the evidence; those beside the records are read anyhow.
        revision_paths: Kept answers of hubs in the evidence; likewise.

    Raises:
        EvidenceError: A ledger, or a commit marker without its record, cannot be read.
    """
    content = StoreContent()
    for path in sorted(record_paths):
        try:
            stored = _stored(path, shown[path])
            content.broken.extend(_broken_files(stored))
        except EvidenceError as error:
            content.unread.append(UnreadFile(file=shown[path], reason=str(error)))
        else:
            content.records.append(stored)
    content.ledgers = read_ledgers(content.records)
    retired = content.ledgers.retired
    content.broken.extend(_dangling_commits(content.records, commit_paths, retired))
    content.broken.extend(content.ledgers.broken)
    for _, root in sorted(content.ledgers.roots.items()):
        _read_manifests(root, content)
        _read_comparisons(root, content)
    kept = [
        path
        for root in content.ledgers.roots.values()
        for path in (root / REVISIONS).glob("*.json")
    ]
    _read_revisions((*revision_paths, *kept), content)
    return content


def _stored(path: Path, place: str) -> StoredRecord:
    record, digest = read_record(path)
    origin = record.origin.model_copy(update={"file": place})
    return StoredRecord(
        record=record.model_copy(update={"origin": origin}), folder=path.parent, sha256=digest
    )


def _broken_files(stored: StoredRecord) -> Iterator[BrokenFile]:
    record, folder, place = stored.record, stored.folder, stored.record.origin.file
    commit_path = folder.parent / COMMIT_NAME
    if commit_path.is_file():
        commit = read_commit(commit_path)
        if commit.attempt_id == folder.name and commit.record_sha256 != stored.sha256:
            yield stored.broken(
                expected=f"{commit.record_sha256}, as {COMMIT_NAME} says", found=stored.sha256
            )
    for file in record.files:
        found = digest_or_state(folder, file)
        if found != file.sha256:
            yield BrokenFile(
                file=str(Path(place).parent / file.path),
                benchmark=record.asked.task,
                expected=file.sha256,
                found=found,
                model=record.model,
            )


def _dangling_commits(
    records: Sequence[StoredRecord], commit_paths: Sequence[Path], retired: Collection[str]
) -> Iterator[BrokenFile]:
    """Records that a commit marker names and that are not there, but for those of retired jobs."""
    beside = {stored.folder.parent / COMMIT_NAME: stored.record for stored in records}
    seen: set[str] = set()
    for path in (*beside, *commit_paths):
        place = os.path.realpath(path.parent)
        if place in seen or not path.is_file():
            continue
        seen.add(place)
        commit = read_commit(path)
        named = path.parent / commit.attempt_id / RECORD_NAME
        # A folder is named after the first digits of its job.
        if any(job_id.startswith(path.parent.name) for job_id in retired):
            continue
        # Unlike pathlib, os.path raises nothing on names that are too long.
        if os.path.isfile(named):  # noqa: PTH113  # see above
            continue
        # Folders are named after the benchmark and the model, unless that made no plain name.
        model, benchmark = (
            "" if "~" in folder.name else folder.name for folder in _two_above(path.parent)
        )
        record = beside.get(path)
        yield BrokenFile(
            file=str(named),
            benchmark=benchmark if record is None else record.asked.task,
            expected=f"{commit.record_sha256}, as {COMMIT_NAME} says",
            found="missing",
            model=model if record is None else record.model,
        )


def _two_above(job_folder: Path) -> tuple[Path, Path]:
    absolute = Path(os.path.abspath(job_folder))  # noqa: PTH100  # resolve() would follow links
    return absolute.parent.parent, absolute.parent


def digest_or_state(folder: Path, file: FileDigest) -> str:
    """SHA-256 of a file that a record names, or why there is none, for example `missing`.

    Args:
        folder: Of the record.
        file: The file. JSON whose line ends are those of Windows, as in a checkout, has the digest
            that is stated if it had it before: no value of JSON holds an end of a line.
    """
    path = attempt_file(folder, file)
    if path is None:
        return "not a plain file in the record's folder"
    try:
        with opened(path) as descriptor:
            found = sha256_of_bytes(descriptor, path, 0, size_bytes(descriptor))
        is_json = Path(file.path).suffix in _JSON
        if found != file.sha256 and is_json and _with_plain_line_ends(path) == file.sha256:
            return file.sha256
        return found  # noqa: TRY300  # an else is no clearer
    except CheckpointError as error:
        is_missing = isinstance(error.__cause__, FileNotFoundError)
        return "missing" if is_missing else f"unreadable: {error}"


def _with_plain_line_ends(path: Path) -> str | None:
    """SHA-256 of a file with `LF` for every `CR LF`; `None` if it is too large to be read whole."""
    if path.stat().st_size > MAX_SMALL_FILE_BYTES:
        return None
    return sha256_hex(read_small_file(path).replace(b"\r\n", b"\n"))


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


def _read_revisions(paths: Sequence[Path], content: StoreContent) -> None:
    places = {os.path.realpath(path): path for path in reversed(paths)}
    for _, path in sorted(places.items()):
        try:
            content.revisions.append(load_revision(path))
        except CheckpointError as error:
            content.broken.append(
                BrokenFile(
                    file=str(path),
                    benchmark="",
                    expected=REVISION_FORMAT,
                    found=" ".join(str(error).split())[:300],
                )
            )
