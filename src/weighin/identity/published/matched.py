"""A checkpoint held against a published revision whose bytes are not at hand."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from weighin.identity.containers.header import GGUF_SUFFIX
from weighin.identity.facets import Agreement, Facet
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.folder.file_names import (
    LEGACY_TEMPLATE_FILE,
    POLICY_FILES,
    TEMPLATE_FILE,
    TEMPLATE_FOLDER,
    TOKENIZER_FILE,
    VOCABULARY_FILES,
)
from weighin.identity.folder.listing import (
    ADAPTER_CONFIG,
    CONFIG,
    GENERATION_CONFIG,
    PROCESSOR_FILES,
    QUANTIZATION_FILES,
)
from weighin.identity.manifest import Manifest
from weighin.identity.published.revision import RemoteFile, RemoteRevision

_FACETS_OF_ROLE: Mapping[str, tuple[Facet, ...]] = {
    "config": (Facet.CONFIG, Facet.QUANTIZATION),
    "processor": (Facet.CONFIG,),
    "generation_config": (Facet.GENERATION_CONFIG,),
    # A template may stand in `tokenizer_config.json`.
    "tokenizer": (Facet.TOKENIZER, Facet.SPECIAL_TOKENS, Facet.CHAT_TEMPLATE),
    "chat_template": (Facet.CHAT_TEMPLATE,),
    "remote_code": (Facet.REMOTE_CODE,),
    "quantization": (Facet.QUANTIZATION,),
}
_ROLE_OF_NAME: Mapping[str, str] = {
    CONFIG: "config",
    GENERATION_CONFIG: "generation_config",
    **dict.fromkeys((TOKENIZER_FILE, *POLICY_FILES, *VOCABULARY_FILES), "tokenizer"),
    **dict.fromkeys((TEMPLATE_FILE, LEGACY_TEMPLATE_FILE), "chat_template"),
    **dict.fromkeys(PROCESSOR_FILES, "processor"),
    **dict.fromkeys(QUANTIZATION_FILES, "quantization"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedComparison:
    """How a checkpoint relates to a published revision.

    Attributes:
        weights: `same` if its weight files are those that a loader of the revision reads;
            `different` if the names, dtypes or shapes of the tensors differ.
        reason: What that rests on, as a clause.
        tensors: Names of the tensors that only one has, or whose dtype or shape differs.
        facets: Other facets that differ: one of the two has an adapter or remote code.
        facets_unknown: Other facets whose files are not the same files.
    """

    weights: Agreement
    reason: str
    tensors: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    facets_unknown: tuple[Facet, ...] = ()


def compare_with_published(
    manifest: Manifest, digests: Sequence[CheckpointFileDigest], revision: RemoteRevision
) -> PublishedComparison:
    """How a checkpoint relates to a published revision.

    Files that differ may hold the same tensors, so they are never a difference by themselves.

    Args:
        manifest: The checkpoint.
        digests: Of the files of a folder with that manifest; empty if they are not known.
        revision: The published revision.
    """
    weights, reason, tensors = _weights(manifest, digests, revision)
    facets, facets_unknown = _facets(manifest, digests, revision)
    if weights is Agreement.SAME and _are_gguf(digests):
        # The file that is the same one states them all.
        facets, facets_unknown = (), ()
    return PublishedComparison(
        weights=weights,
        reason=reason,
        tensors=tensors,
        facets=facets,
        facets_unknown=facets_unknown,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnequalFile:
    """A file that a loader reads beside the weights and that is not the published one.

    Attributes:
        path: Relative to the folder.
        role: What a loader reads it for.
        is_here: Whether the folder has it.
        is_published: Whether the revision has it.
    """

    path: str
    role: str
    is_here: bool
    is_published: bool


def loader_role(path: str) -> str:
    """The role of a file that a loader reads beside the weights; empty if it has none."""
    if any(folder.startswith(".") for folder in PurePosixPath(path).parts[:-1]):
        return ""
    if path.endswith(".py"):
        return "remote_code"
    if PurePosixPath(path).parent.as_posix() == TEMPLATE_FOLDER and path.endswith(".jinja"):
        return "chat_template"
    return _ROLE_OF_NAME.get(path, "")


def _weights(
    manifest: Manifest, digests: Sequence[CheckpointFileDigest], revision: RemoteRevision
) -> tuple[Agreement, str, tuple[str, ...]]:
    ours = Counter(digest.sha256 for digest in digests if digest.role == "weights")
    published = {file.path: file.lfs_sha256 for file in revision.files}
    sets = revision.weight_sets
    if sets and ours and ours == Counter(published[path] for path in sets[0]):
        number = len(sets[0])
        files = "1 weight file is" if number == 1 else f"all {number} weight files are"
        return Agreement.SAME, f"{files} equal by sha256", ()
    found = sorted(path for path, sha256 in published.items() if sha256 in ours)
    if found and ours.keys() <= set(published.values()):
        if not sets and _are_gguf(digests):
            return Agreement.SAME, f"equal by sha256 to the published {found[0]}", ()
        reason = f"the files are published as {found[0]}, which is not what a loader of it reads"
        return Agreement.UNKNOWN, reason, ()
    if revision.tensors is not None and (unequal := _unequal_tensors(manifest, revision)):
        reason = f"{_tensors(len(unequal))} of other names, dtypes or shapes"
        return Agreement.DIFFERENT, reason, unequal
    return Agreement.UNKNOWN, _why_unknown(revision, is_hashed=bool(ours)), ()


def _are_gguf(digests: Sequence[CheckpointFileDigest]) -> bool:
    weights = [digest.path for digest in digests if digest.role == "weights"]
    return bool(weights) and all(path.endswith(GGUF_SUFFIX) for path in weights)


def _why_unknown(revision: RemoteRevision, *, is_hashed: bool) -> str:
    published = {file.path: file for file in revision.files}
    sets = revision.weight_sets
    if not sets:
        return "the revision holds no weight files under names that transformers gives"
    if without := [path for path in sets[0] if published[path].lfs_sha256 is None]:
        files = f"the hub states no sha256 of {without[0]}"
        if published[without[0]].xet_hash is not None:
            files += ", only an xet hash, which weighin does not compute"
    elif not is_hashed:
        files = "the sha256 of the scored weight files is not recorded"
    else:
        files = "the weight files are other files"
    if revision.tensors is None:
        return f"{files}, and the published tensors are not known: {revision.tensors_why_not}"
    return (
        f"{files}, and all {_tensors(len(revision.tensors))} are alike in name, dtype and shape: "
        "only their bytes could tell"
    )


def _unequal_tensors(manifest: Manifest, revision: RemoteRevision) -> tuple[str, ...]:
    ours = {tensor.name: (tensor.dtype, tensor.shape) for tensor in manifest.tensors}
    theirs = {tensor.name: (tensor.dtype, tensor.shape) for tensor in revision.tensors or ()}
    return tuple(
        name for name in sorted(ours.keys() | theirs.keys()) if ours.get(name) != theirs.get(name)
    )


def _facets(
    manifest: Manifest, digests: Sequence[CheckpointFileDigest], revision: RemoteRevision
) -> tuple[tuple[Facet, ...], tuple[Facet, ...]]:
    """Facets that differ, and facets that are not known to be the same."""
    different, unknown = set[Facet](), set[Facet]()
    for file in unequal_files(manifest, digests, revision):
        if file.role == "remote_code" and not (file.is_here and file.is_published):
            different.add(Facet.REMOTE_CODE)
        else:
            unknown.update(_FACETS_OF_ROLE[file.role])
    has_published_adapter = any(file.path == ADAPTER_CONFIG for file in revision.files)
    if (manifest.adapter is not None) != has_published_adapter:
        different.add(Facet.ADAPTERS)
    elif has_published_adapter:
        unknown.add(Facet.ADAPTERS)
    unknown -= different
    return (
        tuple(facet for facet in Facet if facet in different),
        tuple(facet for facet in Facet if facet in unknown),
    )


def unequal_files(
    manifest: Manifest, digests: Sequence[CheckpointFileDigest], revision: RemoteRevision
) -> Iterator[UnequalFile]:
    """The files beside the weights that are not known to be the published ones.

    Args:
        manifest: The checkpoint.
        digests: Of the files of a folder with that manifest; empty if they are not known.
        revision: The published revision.
    """
    git = {digest.path: digest.git_sha1 for digest in digests}
    ours = {entry.path: entry for entry in manifest.files if entry.role in _FACETS_OF_ROLE}
    theirs = {f.path: f for f in revision.files if loader_role(f.path) or f.path in ours}
    for path in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(path), theirs.get(path)
        if mine and other and _is_same_file(mine.sha256, git.get(path), other):
            continue
        role = loader_role(path) if mine is None else mine.role
        yield UnequalFile(
            path=path, role=role, is_here=mine is not None, is_published=other is not None
        )


def _is_same_file(sha256: str | None, git_sha1: str | None, other: RemoteFile) -> bool:
    if other.lfs_sha256 is not None:
        return sha256 == other.lfs_sha256
    return git_sha1 is not None and git_sha1 == other.blob_id


def _tensors(number: int) -> str:
    return "1 tensor" if number == 1 else f"{number} tensors"
