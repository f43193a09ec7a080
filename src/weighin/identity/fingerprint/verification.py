"""What became of a checkpoint since its manifest was made: tensors, files and facets by name."""

import errno
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.files.strict_model import StrictModel
from weighin.identity.comparison.checkpoints import Given, compare_checkpoints
from weighin.identity.comparison.report import ComparisonReport, Kinship
from weighin.identity.digests.hashing import Progress
from weighin.identity.facets import Facet
from weighin.identity.fingerprint.changes import changed_files
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.folder.listing import list_checkpoint
from weighin.identity.manifest import AdapterEntry, FileEntry, Manifest, TensorEntry

_UNREADABLE = frozenset({errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE})


class Change(StrEnum):
    """What became of a tensor or file."""

    CHANGED = "changed"
    MISSING = "missing"
    APPEARED = "appeared"


class TensorChange(StrictModel):
    """A tensor that is not what the manifest says.

    Attributes:
        name: Name of the tensor.
        part: `weights` or `adapter`.
        change: What became of it.
        expected: As in the manifest; `None` if it appeared.
        found: As on disk; `None` if it is missing.
        copy_of: Name of an unchanged tensor with the same bytes, dtype and shape, if it appeared or
            is missing: tied heads are stored once or twice. `None` if there is none.
    """

    name: str
    part: str
    change: Change
    expected: TensorEntry | None
    found: TensorEntry | None
    copy_of: str | None = None


class FileChange(StrictModel):
    """A file that is not what the manifest says.

    Attributes:
        path: Relative to the folder.
        change: What became of it.
        expected: As in the manifest; `None` if it appeared.
        found: As on disk; `None` if it is missing.
    """

    path: str
    change: Change
    expected: FileEntry | None
    found: FileEntry | None


class Verification(StrictModel):
    """A checkpoint held against its manifest.

    Attributes:
        expected: Checkpoint id of the manifest.
        found: Checkpoint id of the folder; `None` if it is no whole checkpoint any more.
        why_not_found: Why it is none; empty if `found` is there.
        relation: How the two relate, in the words of `weighin compare`; `None` without `found`.
        facets: Facets that differ, also those that only one of the two has.
        files: Files that differ, in order of their paths; empty without `found`.
        tensors: Tensors that differ, in order of part and name; empty without `found`.
        changes: Everything that changed, one sentence each; empty if nothing did. Each of them
            bears on the checkpoint id.
        not_covered: Files of the folder that no loader of these weights reads, so that the id says
            nothing of them; empty without `found`.
    """

    expected: str
    found: str | None
    why_not_found: str
    relation: Kinship | None
    facets: tuple[Facet, ...]
    files: tuple[FileChange, ...]
    tensors: tuple[TensorChange, ...]
    changes: tuple[str, ...]
    not_covered: tuple[str, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether everything that the manifest covers is as it says."""
        return self.found == self.expected and not self.changes


def verify_checkpoint(
    manifest: Manifest,
    folder: Path,
    *,
    adapter: Path | None = None,
    on_progress: Progress | None = None,
) -> Verification:
    """What changed in a checkpoint since its manifest was made. Every byte is read again.

    Args:
        manifest: The manifest.
        folder: The folder that it should be the manifest of.
        adapter: Folder of the adapter that was attached, if there was one.
        on_progress: Called in this thread with the bytes of weights done and in all.

    Raises:
        CheckpointError: The folder is missing or cannot be read, so that what changed is unknown.
    """
    has_file_digests = any(
        entry.sha256 is not None for entry in manifest.files if entry.role in {"weights", "adapter"}
    )
    try:
        now = fingerprint(
            folder, adapter=adapter, with_file_digests=has_file_digests, on_progress=on_progress
        )
    except CheckpointError as error:
        return _of_a_broken_folder(manifest, folder, adapter, error)
    compared = _compared(manifest, _in_the_detail_of(manifest, now), folder, adapter)
    return compared.model_copy(update={"not_covered": list_checkpoint(folder).ignored})


def _of_a_broken_folder(
    manifest: Manifest, folder: Path, adapter: Path | None, error: CheckpointError
) -> Verification:
    cause = error.__cause__
    is_missing = not folder.is_dir() or not (adapter is None or adapter.is_dir())
    if is_missing or (isinstance(cause, OSError) and cause.errno in _UNREADABLE):
        # What cannot be read may still be the same: unknown is no change.
        raise error
    changes = changed_files(manifest, folder, adapter=adapter)
    if not changes:
        raise error
    return Verification(
        expected=manifest.checkpoint_id,
        found=None,
        why_not_found=str(error),
        relation=None,
        facets=(),
        files=(),
        tensors=(),
        changes=changes,
    )


def _in_the_detail_of(manifest: Manifest, now: Manifest) -> Manifest:
    """The manifest without the digests of files that the other one leaves out."""
    left_out = {entry.path for entry in manifest.files if entry.sha256 is None}
    files = tuple(
        entry.model_copy(update={"sha256": None}) if entry.path in left_out else entry
        for entry in now.files
    )
    return now.model_copy(update={"files": files})


def _related(
    manifest: Manifest, now: Manifest, folder: Path, adapter: Path | None
) -> ComparisonReport:
    """How the two relate, with the bytes of the folder where these can be read as tensors."""
    held = Given("the manifest", manifest, None)
    try:
        return compare_checkpoints(held, Given.at("the folder", now, folder, adapter))
    except CheckpointError:
        return compare_checkpoints(held, Given("the folder", now, None))


def _compared(
    manifest: Manifest, now: Manifest, folder: Path, adapter: Path | None
) -> Verification:
    compared = _related(manifest, now, folder, adapter)
    differing = {difference.facet for difference in compared.facets}
    facets = tuple(facet for facet in Facet if facet in differing)
    files = tuple(_file_changes(manifest, now))
    tensors = (
        *_tensor_changes("weights", manifest.tensors, now.tensors),
        *_tensor_changes("adapter", _tensors_of(manifest.adapter), _tensors_of(now.adapter)),
    )
    changes = tuple(_sentences(files, tensors, facets))
    expected, found = manifest.checkpoint_id, now.checkpoint_id
    if expected != found and not changes:
        changes = ("the manifest: changed, but nothing that it lists did",)
    return Verification(
        expected=expected,
        found=found,
        why_not_found="",
        relation=compared.relation,
        facets=facets,
        files=files,
        tensors=tensors,
        changes=changes,
    )


def _tensors_of(adapter: AdapterEntry | None) -> tuple[TensorEntry, ...]:
    return () if adapter is None else adapter.tensors


def _tensor_changes(
    part: str, before: tuple[TensorEntry, ...], after: tuple[TensorEntry, ...]
) -> Iterator[TensorChange]:
    expected = {tensor.name: tensor for tensor in before}
    found = {tensor.name: tensor for tensor in after}
    unchanged = {
        _content(tensor): tensor.name for tensor in before if found.get(tensor.name) == tensor
    }
    for name in sorted(expected.keys() | found.keys()):
        was, is_now = expected.get(name), found.get(name)
        if was != is_now:
            one = was or is_now
            is_alone = one is not None and (was is None or is_now is None)
            yield TensorChange(
                name=name,
                part=part,
                change=_change(was, is_now),
                expected=was,
                found=is_now,
                copy_of=unchanged.get(_content(one)) if is_alone and one is not None else None,
            )


def _content(tensor: TensorEntry) -> tuple[str, tuple[int, ...], str]:
    return tensor.dtype, tensor.shape, tensor.sha256


def _file_changes(before: Manifest, after: Manifest) -> Iterator[FileChange]:
    expected = {entry.path: entry for entry in before.files}
    found = {entry.path: entry for entry in after.files}
    for path in sorted(expected.keys() | found.keys()):
        was, is_now = expected.get(path), found.get(path)
        if was != is_now:
            yield FileChange(path=path, change=_change(was, is_now), expected=was, found=is_now)


def _change(expected: object | None, found: object | None) -> Change:
    if expected is None:
        return Change.APPEARED
    return Change.MISSING if found is None else Change.CHANGED


def _sentences(
    files: tuple[FileChange, ...], tensors: tuple[TensorChange, ...], facets: tuple[Facet, ...]
) -> Iterator[str]:
    others = [tensor for tensor in tensors if tensor.copy_of is None]
    aside = ", copies aside" if tensors else ""
    for file in files:
        entry = file.found or file.expected
        is_recut = entry is not None and entry.role == "weights" and not others
        told = f", but none of the tensors did{aside}" if is_recut else ""
        yield f"{file.path}: {file.change}{told}"
    for tensor in tensors:
        of = "" if tensor.part == "weights" else f"{tensor.part}: "
        yield f"{of}tensor {tensor.name!r} {tensor.change}{_how(tensor)}"
    for facet in facets:
        is_by_copies = facet is Facet.WEIGHTS and tensors and not others
        yield f"facet {facet}: changed{', by copies alone' if is_by_copies else ''}"


def _how(tensor: TensorChange) -> str:
    was, is_now = tensor.expected, tensor.found
    if tensor.copy_of is not None:
        return f": a copy of {tensor.copy_of!r}, as a tied head is"
    if was is None or is_now is None:
        return ""
    parts = [
        f"{field} was {before}, is {after}"
        for field, before, after in (
            ("dtype", was.dtype, is_now.dtype),
            ("shape", list(was.shape), list(is_now.shape)),
        )
        if before != after
    ]
    return f": {'; '.join(parts)}" if parts else ""
