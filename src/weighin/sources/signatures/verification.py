"""A checkpoint folder held against a model-signing signature, and what the signature covers."""

import errno
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Final

from weighin.errors import CheckpointError
from weighin.files.opened import blocks, opened, size_bytes, state
from weighin.files.strict_model import StrictModel
from weighin.identity.digests.hashing import Progress
from weighin.identity.facets import Facet
from weighin.identity.folder.listing import list_checkpoint, located
from weighin.sources.signatures.bundle import open_bundle
from weighin.sources.signatures.signed_files import SignedFile, signed_files
from weighin.sources.signatures.unsigned_files import UnsignedFiles, as_text, unsigned_files

NOT_COVERED_BY_ANY_SIGNATURE: Final = (
    "which benchmarks were run, how, and what they scored",
    "what was loaded: files can change between this check and a run, and tensors after loading",
    "system prompt, engine, decoding, test-time compute and endpoint",
    "when it was signed, and whether the signer has signed a newer version since",
)

_UNREADABLE = frozenset({errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE})
_ROLES_OF: Final[Mapping[Facet, frozenset[str]]] = {
    Facet.WEIGHTS: frozenset({"weights", "index"}),
    Facet.CONFIG: frozenset({"config"}),
    Facet.GENERATION_CONFIG: frozenset({"generation_config"}),
    Facet.REMOTE_CODE: frozenset({"remote_code"}),
    Facet.TOKENIZER: frozenset({"tokenizer"}),
    Facet.SPECIAL_TOKENS: frozenset({"tokenizer"}),
    Facet.CHAT_TEMPLATE: frozenset({"tokenizer", "chat_template"}),
    Facet.DTYPE: frozenset({"weights", "index", "config"}),
    Facet.QUANTIZATION: frozenset({"config", "quantization"}),
    Facet.ADAPTERS: frozenset({"adapter"}),
}


class Answer(StrEnum):
    """What a signature says of a folder, from worst to best."""

    INVALID = "the signature is not by this key"
    CHANGED = "the folder is not what was signed"
    NOT_COVERED = "what was signed is unchanged, but does not cover the checkpoint"
    UNCHANGED = "the folder is what was signed"


class SignedFileChange(StrictModel):
    """A file that is not what was signed.

    Attributes:
        path: Relative to the folder.
        what: `changed`, `missing`, `appeared`, or why it cannot be told.
    """

    path: str
    what: str


class SignatureVerification(StrictModel):
    """A folder held against a signature.

    Where the signature is not by the key, nothing of what it says was read: all lists are empty.

    Attributes:
        answer: The answer.
        why_not: Why the signature is not valid; empty if it is.
        key_sha256: SHA-256 of the public key as PEM.
        subject: Name that the signer gave the folder.
        root: The signed digest over all digests. It binds no names; the statement does.
        method: `files` or `shards`.
        algorithm: `sha256` or `blake2b`.
        files_signed: Number of files that were signed.
        changes: Files that are not what was signed, in order of their paths.
        ignore_paths: Paths that the signer chose to leave out, there or not.
        not_covered: Files and folders (with a slash) that are there and were left out.
        links: Signed files that are links here; their bytes are covered.
        facets_covered: Facets of which every file here was signed and is unchanged.
        facets_changed: Facets of which some file is not what was signed.
        facets_not_covered: Facets of which some file was left out.
        facets_unknown: Why the facets are not known; empty if they are.
        not_checked: Parts of the bundle or statement that were passed over.
        never_covered: What no signature of this kind says.
    """

    answer: Answer
    why_not: str
    key_sha256: str
    subject: str = ""
    root: str = ""
    method: str = ""
    algorithm: str = ""
    files_signed: int = 0
    changes: tuple[SignedFileChange, ...] = ()
    ignore_paths: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    facets_covered: tuple[Facet, ...] = ()
    facets_changed: tuple[Facet, ...] = ()
    facets_not_covered: tuple[Facet, ...] = ()
    facets_unknown: str = ""
    not_checked: tuple[str, ...] = ()
    never_covered: tuple[str, ...] = NOT_COVERED_BY_ANY_SIGNATURE


def verify_signature(
    bundle: Path, public_key: Path, folder: Path, *, on_progress: Progress | None = None
) -> SignatureVerification:
    """What a signature says of a folder. Every signed byte is read again.

    1. The signature must be by the key. 2. Every signed file must be there with its digest, under
    its name. 3. Every other file is either one that the signer left out, and reported, or a
    change. 4. A facet is covered if all its files were signed.

    Args:
        bundle: The signature, usually `model.sig`; may lie in the folder.
        public_key: The key as PEM.
        folder: The folder.
        on_progress: Called with the bytes done and in all, from one thread at a time.

    Raises:
        EvidenceError: The bundle or key is malformed or of an unsupported kind.
        CheckpointError: The folder or a file in it cannot be read.
        UsageError: The extra `sign` is not installed.
    """
    opened_bundle = open_bundle(bundle, public_key)
    signed = opened_bundle.signed
    if signed is None:
        return SignatureVerification(
            answer=Answer.INVALID,
            why_not=opened_bundle.why_not,
            key_sha256=opened_bundle.key_sha256,
            not_checked=opened_bundle.not_checked,
        )
    files = signed_files(signed, bundle)
    paths = frozenset(file.path for file in files)
    how = signed.serialization
    unsigned = unsigned_files(folder, paths, how, bundle)
    appeared = (SignedFileChange(path=path, what="appeared") for path in unsigned.appeared)
    changes = sorted(
        (*_changes(files, folder, how.hash_type, on_progress), *appeared), key=lambda c: c.path
    )
    coverage = _coverage(folder, paths, frozenset(change.path for change in changes))
    return SignatureVerification(
        answer=_answer(changes, unsigned, coverage, has_files=bool(files)),
        why_not="",
        key_sha256=opened_bundle.key_sha256,
        subject=signed.subject,
        root=signed.root,
        method=how.method,
        algorithm=how.hash_type,
        files_signed=len(files),
        changes=tuple(changes),
        ignore_paths=tuple(sorted(how.ignore_paths)),
        not_covered=unsigned.left_out,
        links=tuple(path for path in sorted(paths) if (folder / path).is_symlink()),
        facets_covered=coverage.covered,
        facets_changed=coverage.changed,
        facets_not_covered=coverage.not_covered,
        facets_unknown=coverage.why_unknown,
        not_checked=(
            *opened_bundle.not_checked,
            *(f"the field {name} of the signed statement" for name in signed.unread),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Coverage:
    covered: tuple[Facet, ...] = ()
    changed: tuple[Facet, ...] = ()
    not_covered: tuple[Facet, ...] = ()
    why_unknown: str = ""


def _answer(
    changes: Sequence[SignedFileChange],
    unsigned: UnsignedFiles,
    coverage: _Coverage,
    *,
    has_files: bool,
) -> Answer:
    if changes:
        return Answer.CHANGED
    is_uncertain = bool(coverage.why_unknown and unsigned.left_out)
    if coverage.not_covered or is_uncertain or not has_files:
        return Answer.NOT_COVERED
    return Answer.UNCHANGED


class _Meter:
    """Bytes read, added up over the threads that read them."""

    def __init__(self, total_bytes: int, on_progress: Progress | None) -> None:
        self._total, self._done = total_bytes, 0
        self._on_progress, self._lock = on_progress, Lock()

    def add(self, size: int) -> None:
        with self._lock:
            self._done += size
            if self._on_progress is not None:
                # A file may have grown since its size was asked for.
                self._on_progress(min(self._done, self._total), self._total)


def _changes(
    files: Sequence[SignedFile], folder: Path, algorithm: str, on_progress: Progress | None
) -> Iterator[SignedFileChange]:
    meter = _Meter(sum(_size_bytes(folder / file.path) for file in files), on_progress)
    with ThreadPoolExecutor(
        max_workers=os.cpu_count() or 1, thread_name_prefix="weighin-hash"
    ) as pool:
        found = pool.map(lambda file: _what_became(file, folder, algorithm, meter), files)
        for file, what in zip(files, found, strict=True):
            if what:
                yield SignedFileChange(path=file.path, what=what)


def _size_bytes(place: Path) -> int:
    try:
        return place.stat().st_size
    except OSError:
        # What cannot be seen is told when it is read.
        return 0


def _what_became(file: SignedFile, folder: Path, algorithm: str, meter: _Meter) -> str:
    """What became of a signed file; empty if it is what was signed."""
    place = folder / file.path
    try:
        with opened(place, located(folder, file.path)) as descriptor:
            before, size = state(descriptor), size_bytes(descriptor)
            if file.size_bytes not in (None, size):
                return "changed"
            for part in file.parts:
                digest = hashlib.new(algorithm)
                for block in blocks(descriptor, place, part.begin, part.end or size):
                    digest.update(block)
                    meter.add(len(block))
                if digest.hexdigest() != part.digest:
                    return "changed"
            return "" if state(descriptor) == before else "changed while it was read"
    except CheckpointError as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.errno in _UNREADABLE:
            raise
        if not os.path.lexists(place):
            return "missing"
        return as_text(str(error).removeprefix(f"{place}: "))


def _coverage(folder: Path, signed: frozenset[str], changed: frozenset[str]) -> _Coverage:
    try:
        files = list_checkpoint(folder).files
    except CheckpointError as error:
        return _Coverage(why_unknown=as_text(str(error).removeprefix(f"{folder}: ")))
    covered: list[Facet] = []
    changed_facets: list[Facet] = []
    not_covered: list[Facet] = []
    for facet, roles in _ROLES_OF.items():
        paths = {file.path for file in files if file.role in roles}
        if not paths <= signed | changed:
            not_covered.append(facet)
        elif paths & changed:
            changed_facets.append(facet)
        elif paths:
            covered.append(facet)
    return _Coverage(tuple(covered), tuple(changed_facets), tuple(not_covered))
