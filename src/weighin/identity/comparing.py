"""Two checkpoints compared: what differs, by how much, and what the differences look like."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.alignment import Alignment, Pair, align
from weighin.identity.compare import Comparison, compare_manifests, facet_values
from weighin.identity.comparison_report import (
    ComparisonReport,
    FacetDifference,
    NotMeasured,
    ParentFit,
    PatternKind,
    Side,
)
from weighin.identity.facets import Agreement
from weighin.identity.locating import located_tensors
from weighin.identity.manifest import Manifest
from weighin.identity.pair_measuring import (
    MeasuredPair,
    PartDigests,
    Tensors,
    common_parts,
    measured_pair,
)
from weighin.identity.parent_fit import fit_parents
from weighin.identity.pattern_words import patterns_of
from weighin.identity.relating import blocks_of, headline_of, kinship_of, totals_of
from weighin.identity.safetensors import element_count
from weighin.identity.tensor_patterns import Found

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Given:
    """A checkpoint as it was given.

    Attributes:
        name: What the user called it.
        manifest: Its manifest.
        tensors: Its tensors; `None` if its manifest alone is at hand.
    """

    name: str
    manifest: Manifest
    tensors: Tensors | None

    @classmethod
    def at(cls, name: str, manifest: Manifest, place: Path | None) -> "Given":
        """A checkpoint at a place; its manifest alone if there is no place.

        Raises:
            CheckpointError: The place no longer holds what the manifest says.
        """
        return cls(name, manifest, None if place is None else located_tensors(manifest, place))

    def side(self) -> Side:
        """The same for the report."""
        manifest = self.manifest
        return Side(
            name=self.name,
            checkpoint_id=manifest.checkpoint_id,
            weights=manifest.weights,
            dtype=manifest.dtype,
            tensors=len(manifest.tensors),
            parameters=sum(element_count(tensor.shape) for tensor in manifest.tensors),
            size_bytes=sum(f.size_bytes for f in manifest.files if f.role == "weights"),
            is_readable=self.tensors is not None,
        )


def compare_checkpoints(
    first: Given,
    second: Given,
    *,
    parents: Sequence[Given] = (),
    on_progress: Progress | None = None,
) -> ComparisonReport:
    """How two checkpoints differ.

    Only tensors that differ are read, a block at a time, and verified against the manifests.

    Args:
        first: One of them.
        second: The other; changes are told as from the first to it.
        parents: Checkpoints that the second may be a merge of.
        on_progress: Called before each reading of a pair: pairs done, pairs in all, its name.

    Raises:
        CheckpointError: A checkpoint no longer holds what its manifest says, or a parent is a
            manifest alone.
    """
    comparison = compare_manifests(first.manifest, second.manifest)
    alignment = align(first.manifest.tensors, second.manifest.tensors)
    differing = [pair for pair in alignment.pairs if not pair.is_equal]
    measured = _with_exchanges(_measured(differing, first, second, on_progress), alignment)
    sizes = {tensor.name: element_count(tensor.shape) for tensor in first.manifest.tensors}
    missing = (*alignment.only_in_first, *alignment.shapes_differ)
    lost = sum(sizes[name] for name in missing)
    totals = totals_of(alignment, measured, lost, sum(sizes.values()))
    fit = _parent_fit(second, parents)
    patterns = patterns_of(alignment, measured, fit)
    relation = kinship_of(comparison, alignment, measured)
    entries = [pair.entry() for pair in measured if not pair.is_equal]
    return ComparisonReport(
        first=first.side(),
        second=second.side(),
        relation=relation,
        headline=headline_of(relation, totals, patterns, comparison),
        facets=_facets(first.manifest, second.manifest, comparison),
        pairs=len(alignment.pairs),
        equal=totals.equal,
        differing=totals.differing,
        only_in_first=alignment.only_in_first,
        only_in_second=alignment.only_in_second,
        shapes_differ=alignment.shapes_differ,
        parameters_differing=totals.parameters_differing,
        share_differing=totals.share_differing,
        relative_frobenius=totals.relative_frobenius,
        cosine=totals.cosine,
        max_abs=totals.max_abs,
        patterns=patterns,
        blocks=blocks_of(alignment, measured),
        measured=tuple(entry for entry in entries if not isinstance(entry, NotMeasured)),
        not_measured=tuple(entry for entry in entries if isinstance(entry, NotMeasured)),
        parents=fit,
    )


def _measured(
    differing: Sequence[Pair], first: Given, second: Given, on_progress: Progress | None
) -> tuple[MeasuredPair, ...]:
    if first.tensors is None or second.tensors is None:
        alone = " and ".join(g.name for g in (first, second) if g.tensors is None)
        reason = f"only the manifest of {alone} is at hand"
        return tuple(MeasuredPair(pair, None, None, reason=reason) for pair in differing)
    parts = [common_parts(pair) for pair in differing]
    digests = PartDigests(ours for ours, _ in parts), PartDigests(theirs for _, theirs in parts)
    measured: list[MeasuredPair] = []
    for done, pair in enumerate(differing):
        if on_progress is not None:
            on_progress(done, len(differing), pair.name)
        measured.append(measured_pair(pair, first.tensors, second.tensors, digests))
    return tuple(measured)


def _with_exchanges(
    measured: Sequence[MeasuredPair], alignment: Alignment
) -> tuple[MeasuredPair, ...]:
    """The pairs; of those that hold what another name held before, that is the pattern."""
    return tuple(
        replace(pair, found=Found(PatternKind.EXCHANGED, alignment.exchanged[pair.pair.name], {}))
        if pair.pair.name in alignment.exchanged
        else pair
        for pair in measured
    )


def _parent_fit(child: Given, parents: Sequence[Given]) -> ParentFit | None:
    for given in (child, *parents) if parents else ():
        if given.tensors is None:
            raise CheckpointError(
                f"{given.name}: expected tensors to fit parents with, found a manifest alone; "
                "give the folder"
            )
    if not parents or child.tensors is None:
        return None
    read = [parent.tensors for parent in parents if parent.tensors is not None]
    return fit_parents(child.tensors, read, [parent.name for parent in parents])


def _facets(
    first: Manifest, second: Manifest, comparison: Comparison
) -> tuple[FacetDifference, ...]:
    ours, theirs = facet_values(first), facet_values(second)
    return tuple(
        FacetDifference(
            facet=facet,
            agreement=agreement,
            first=ours[facet],
            second=theirs[facet],
        )
        for facets, agreement in (
            (comparison.facets, Agreement.DIFFERENT),
            (comparison.facets_unknown, Agreement.UNKNOWN),
        )
        for facet in facets
    )
