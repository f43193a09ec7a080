"""What a checkpoint is, how two differ, and whether one is what it should be."""

from collections.abc import Callable, Iterable
from pathlib import Path

from weighin.identity.comparison.checkpoints import Progress
from weighin.identity.comparison.report import ComparisonReport
from weighin.identity.fingerprint.checkpoint import fingerprint as fingerprint_folder
from weighin.identity.fingerprint.checkpoint import load_manifest
from weighin.identity.fingerprint.verification import Verification, verify_checkpoint
from weighin.identity.manifest import Manifest
from weighin.identity.published.kept import load_revision
from weighin.identity.published.revision import (
    RemoteRevision,
    is_on_hub,
    parse_reference,
)
from weighin.identity.published.verification import (
    PublishedVerification,
    verify_against_published,
)
from weighin.sources.checkpoints.compared import compare_places
from weighin.sources.signatures.verification import SignatureVerification
from weighin.sources.signatures.verification import verify_signature as verify_model_signature

PathLike = str | Path


def fingerprint(
    folder: PathLike,
    *,
    adapter: PathLike | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Manifest:
    """The manifest of a checkpoint folder; its `checkpoint_id` is what everything else refers to.

    Args:
        folder: What transformers would load: a folder or hub snapshot; or a .gguf file.
        adapter: Folder of a PEFT adapter to attach.
        on_progress: Called with bytes hashed and bytes in all.

    Raises:
        CheckpointError: The checkpoint is missing, malformed or of an unknown format.
    """
    return fingerprint_folder(
        Path(folder), adapter=None if adapter is None else Path(adapter), on_progress=on_progress
    )


def compare(
    first: PathLike,
    second: PathLike,
    *,
    adapter: PathLike | None = None,
    parents: Iterable[PathLike] = (),
    on_progress: Progress | None = None,
    on_hashing: Callable[[int, int], None] | None = None,
) -> ComparisonReport:
    """How two checkpoints differ: which tensors, by how much, and what the differences look like.

    Neither is ever whole in memory, and every byte that is read is verified.

    Args:
        first: A checkpoint folder, a .gguf file, a manifest (.json), of which only names and
            digests are compared, or `hf://org/name@REV`: read in the hub cache if it lies there
            whole, else held against what the hub publishes of it, which never shows more than
            equal files to be the same.
        second: The same; changes are told as from the first to it.
        adapter: Folder of a PEFT adapter to attach to the first; what it adds is then part of the
            tensors that are compared.
        parents: Folders of checkpoints that the second may be a merge of.
        on_progress: Called before each tensor is read: done, in all, its name.
        on_hashing: Called with bytes hashed and bytes in all, of one checkpoint after the other.

    Raises:
        CheckpointError: One is missing, malformed or of an unknown format, or changes while it is
            read.
        InfrastructureError: A hub cannot be reached; trying again may help.
        UsageError: A revision is named, and huggingface_hub is not installed.
    """
    return compare_places(
        str(first),
        str(second),
        adapter=None if adapter is None else Path(adapter),
        parents=tuple(str(parent) for parent in parents),
        on_progress=on_progress,
        on_hashing=on_hashing,
    )


def verify(
    manifest: PathLike,
    folder: PathLike,
    *,
    adapter: PathLike | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """What changed in a checkpoint since its manifest was made. Every byte is read again.

    Args:
        manifest: The file that `weighin fingerprint --save` wrote.
        folder: The folder that it should be the manifest of.
        adapter: Folder of the PEFT adapter that the manifest was made with.
        on_progress: Called with bytes hashed and bytes in all.

    Raises:
        CheckpointError: The manifest or the folder cannot be read, so that what changed is unknown.
    """
    return verify_checkpoint(
        load_manifest(Path(manifest)),
        Path(folder),
        adapter=None if adapter is None else Path(adapter),
        on_progress=on_progress,
    )


def verify_published(
    revision: PathLike,
    folder: PathLike,
    *,
    adapter: PathLike | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> PublishedVerification:
    """What of a checkpoint is not what a hub publishes. Every byte of the folder is read.

    Args:
        revision: `hf://org/name@REV`, or the file that `weighin fingerprint hf://… --save` wrote,
            with which no hub is asked.
        folder: The folder that should hold that revision.
        adapter: Folder of a PEFT adapter to attach.
        on_progress: Called with bytes hashed and bytes in all.

    Raises:
        CheckpointError: The file or the folder cannot be read, or the revision is not there.
        InfrastructureError: The hub cannot be reached; trying again may help.
        UsageError: It is no reference, or huggingface_hub is not installed.
    """
    written = str(revision)
    published = (
        fingerprint_revision(written) if is_on_hub(written) else load_revision(Path(revision))
    )
    return verify_against_published(
        published,
        Path(folder),
        adapter=None if adapter is None else Path(adapter),
        on_progress=on_progress,
    )


def verify_signature(
    signature: PathLike,
    public_key: PathLike,
    folder: PathLike,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> SignatureVerification:
    """What an OpenSSF model-signing 1.x signature says of a folder, and what it does not cover.

    Args:
        signature: The bundle, usually `model.sig`.
        public_key: The signer's key, ECDSA as PEM.
        folder: The folder that was signed.
        on_progress: Called with bytes hashed and bytes in all, from one thread at a time.

    Raises:
        EvidenceError: The bundle or key is malformed or of an unsupported kind.
        CheckpointError: The folder cannot be read.
        UsageError: The extra `sign` is not installed.
    """
    return verify_model_signature(
        Path(signature), Path(public_key), Path(folder), on_progress=on_progress
    )


def fingerprint_revision(reference: str) -> RemoteRevision:
    """What a hub publishes under `hf://org/name@REV`, without its weights.

    The names, sizes and digests of its files, and the names, dtypes and shapes of its tensors. The
    hub is asked, or with `HF_HUB_OFFLINE` the hub cache.

    Raises:
        UsageError: It is no such reference, or huggingface_hub is not installed.
        CheckpointError: It is not there or not for everybody, or what is said of it is malformed.
        InfrastructureError: The hub cannot be reached; trying again may help.
    """
    from weighin.sources.hub.snapshot import known_revision  # rarely needed

    return known_revision(parse_reference(reference))
