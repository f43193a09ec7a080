"""A checkpoint compared with a revision of a hub whose bytes are not at hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from weighin.identity.comparison.manifests import facet_values
from weighin.identity.comparison.report import (
    ComparisonReport,
    FacetDifference,
    Kinship,
    NotMeasured,
    Side,
)
from weighin.identity.containers.safetensors import element_count
from weighin.identity.facets import Agreement, Facet
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.fingerprint.weights import dtype_of
from weighin.identity.folder.listing import ADAPTER_CONFIG
from weighin.identity.manifest import AdapterEntry, FileEntry, Manifest, TensorEntry
from weighin.identity.published.matched import (
    PublishedComparison,
    compare_with_published,
    loader_role,
    unequal_files,
)
from weighin.identity.published.revision import RemoteRevision


@dataclass(frozen=True, slots=True)
class Stated:
    """A side of which files are known by their digests.

    Attributes:
        side: For the report.
        manifest: What is known of it; digests that are not known are empty.
        digests: Of its files.
    """

    side: Side
    manifest: Manifest
    digests: tuple[CheckpointFileDigest, ...]


def stated_revision(revision: RemoteRevision) -> Stated:
    """What a hub states of a revision, in the form of a checkpoint."""
    sets = revision.weight_sets
    weights = frozenset(sets[0]) if sets else frozenset[str]()
    tensors = tuple(
        TensorEntry(name=tensor.name, dtype=tensor.dtype, shape=tensor.shape, sha256="")
        for tensor in revision.tensors or ()
    )
    roles = {
        file.path: "weights" if file.path in weights else loader_role(file.path)
        for file in revision.files
    }
    files = [file for file in revision.files if roles[file.path]]
    has_adapter = any(file.path == ADAPTER_CONFIG for file in revision.files)
    adapter = AdapterEntry(config_sha256="", weights="", base_model="", tensors=())
    manifest = Manifest(
        weights="",
        tensors=tensors,
        files=tuple(
            FileEntry(
                path=file.path,
                role=roles[file.path],
                size_bytes=file.size_bytes,
                sha256=file.lfs_sha256,
            )
            for file in files
        ),
        config=None,
        generation_config=None,
        tokenizer=None,
        special_tokens=None,
        chat_template=None,
        remote_code=None,
        dtype=dtype_of(tensors),
        quantization=None,
        adapter=adapter if has_adapter else None,
    )
    digests = tuple(
        CheckpointFileDigest(
            path=file.path,
            role=roles[file.path],
            size_bytes=file.size_bytes,
            sha256=file.lfs_sha256 or "",
            git_sha1=None if file.lfs_sha256 else file.blob_id,
        )
        for file in files
    )
    size_bytes = sum(file.size_bytes for file in files if file.path in weights)
    return Stated(
        _side(str(revision.reference), revision.commit, manifest, size_bytes), manifest, digests
    )


def stated_checkpoint(
    name: str, manifest: Manifest, digests: Sequence[CheckpointFileDigest]
) -> Stated:
    """A checkpoint and the digests of its files, which may be unknown.

    Args:
        name: What the user called it.
        manifest: Its manifest.
        digests: Of its files; empty if only the manifest is at hand.
    """
    size_bytes = sum(file.size_bytes for file in manifest.files if file.role == "weights")
    side = _side(name, manifest.checkpoint_id, manifest, size_bytes)
    return Stated(side, manifest, tuple(digests))


def compare_stated(stated: Stated, revision: RemoteRevision, *, is_first: bool) -> ComparisonReport:
    """How a checkpoint and a revision relate, as far as digests, names and shapes tell.

    Args:
        stated: The checkpoint, or another revision.
        revision: The revision, of which no bytes are at hand.
        is_first: Whether the checkpoint was given first.
    """
    compared = compare_with_published(stated.manifest, stated.digests, revision)
    ours = {tensor.name: tensor for tensor in stated.manifest.tensors}
    theirs = {tensor.name: tensor for tensor in revision.tensors or ()}
    common = ours.keys() & theirs.keys()
    missing = tuple(sorted(ours.keys() - theirs.keys())) if theirs else ()
    added = tuple(sorted(theirs.keys() - ours.keys())) if ours else ()
    sides = stated.side, stated_revision(revision).side
    differing = tuple(name for name in compared.tensors if name in common)
    shapes_differ = tuple(name for name in differing if ours[name].shape != theirs[name].shape)
    relation = _relation(compared, revision, shared=len(common) - len(shapes_differ))
    lost = sum(element_count(ours[name].shape) for name in (*missing, *differing))
    parameters = stated.side.parameters
    return ComparisonReport(
        first=sides[0] if is_first else sides[1],
        second=sides[1] if is_first else sides[0],
        relation=relation,
        headline=_headline(relation, compared),
        facets=_facets(stated.manifest, compared, is_first=is_first),
        pairs=len(common) - len(shapes_differ),
        equal=len(common) if compared.weights is Agreement.SAME else 0,
        differing=tuple(name for name in differing if name not in shapes_differ),
        only_in_first=missing if is_first else added,
        only_in_second=added if is_first else missing,
        shapes_differ=shapes_differ,
        parameters_differing=lost,
        share_differing=lost / parameters if parameters else 0.0,
        relative_frobenius=None,
        cosine=None,
        max_abs=None,
        patterns=(),
        blocks=(),
        measured=(),
        not_measured=_not_measured(stated, revision, compared),
        parents=None,
    )


def _side(name: str, identity: str, manifest: Manifest, size_bytes: int) -> Side:
    return Side(
        name=name,
        checkpoint_id=identity,
        weights=manifest.weights,
        dtype=manifest.dtype,
        tensors=len(manifest.tensors),
        parameters=sum(element_count(tensor.shape) for tensor in manifest.tensors),
        size_bytes=size_bytes,
        is_readable=False,
    )


def _relation(compared: PublishedComparison, revision: RemoteRevision, *, shared: int) -> Kinship:
    if compared.weights is Agreement.SAME:
        is_whole = not compared.facets and not compared.facets_unknown
        return Kinship.SAME_FILES if is_whole else Kinship.SAME_BUT_FOR_FACETS
    if compared.weights is Agreement.UNKNOWN and revision.tensors is not None and shared:
        return Kinship.NOT_MEASURED
    is_other = compared.weights is Agreement.DIFFERENT and not shared
    return Kinship.UNRELATED if is_other else Kinship.UNKNOWN


def _headline(relation: Kinship, compared: PublishedComparison) -> str:
    if relation is Kinship.SAME_FILES:
        return f"{relation}: {compared.reason}"
    facets = [facet.replace("_", " ") for facet in compared.facets]
    unknown = [facet.replace("_", " ") for facet in compared.facets_unknown]
    told = f"; different: {', '.join(facets)}" if facets else ""
    told += f"; not known to be the same: {', '.join(unknown)}" if unknown else ""
    if compared.weights is Agreement.DIFFERENT:
        return f"{relation}: the weights differ, {compared.reason}{told}"
    return f"{relation}: {compared.reason}{told}"


def _facets(
    manifest: Manifest, compared: PublishedComparison, *, is_first: bool
) -> tuple[FacetDifference, ...]:
    known = facet_values(manifest)
    told = dict.fromkeys(compared.facets_unknown, Agreement.UNKNOWN)
    told |= dict.fromkeys(compared.facets, Agreement.DIFFERENT)
    if compared.weights is not Agreement.SAME:
        told[Facet.WEIGHTS] = compared.weights
    return tuple(
        FacetDifference(
            facet=facet,
            agreement=told[facet],
            first=(known[facet] or None) if is_first else None,
            second=None if is_first else known[facet] or None,
        )
        for facet in Facet
        if facet in told
    )


def _not_measured(
    stated: Stated, revision: RemoteRevision, compared: PublishedComparison
) -> tuple[NotMeasured, ...]:
    reasons: list[NotMeasured] = []
    if compared.weights is Agreement.UNKNOWN:
        reasons.append(NotMeasured(name="the weights", reason=compared.reason))
    for file in unequal_files(stated.manifest, stated.digests, revision):
        if file.is_here and file.is_published:
            reason = "not shown to be one file, and the bytes of the published one are not at hand"
        else:
            owner = stated.side.name if file.is_here else str(revision.reference)
            reason = f"only in {owner}, and what a loader makes of that is not known"
        reasons.append(NotMeasured(name=file.path, reason=reason))
    return tuple(reasons)
