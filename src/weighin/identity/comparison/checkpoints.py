"""Two checkpoints compared: what differs, by how much, and what the differences look like."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.comparison.aligned.alignment import Alignment, Pair
from weighin.identity.comparison.aligned.computed_buffers import without_computed_buffers
from weighin.identity.comparison.aligned.logical_tensors import (
    adapter_at,
    in_common_layout,
    labels,
    logical_tensors,
    matched,
    with_adapter,
)
from weighin.identity.comparison.aligned.merged_adapter import AttachedAdapter
from weighin.identity.comparison.aligned.serving_scales import without_serving_scales
from weighin.identity.comparison.kinship import blocks_of, headline_of, kinship_of, totals_of
from weighin.identity.comparison.manifests import Comparison, compare_manifests, facet_values
from weighin.identity.comparison.measured.pairs import (
    MeasuredPair,
    PartDigests,
    Tensors,
    common_parts,
    measured_pair,
)
from weighin.identity.comparison.measured.parent_fit import fit_parents
from weighin.identity.comparison.measured.tensor_patterns import Found
from weighin.identity.comparison.pattern_words import patterns_of
from weighin.identity.comparison.report import (
    ComparisonReport,
    FacetDifference,
    Kinship,
    MeasuredTensor,
    NotMeasured,
    ParentFit,
    PatternKind,
    Side,
)
from weighin.identity.comparison.unread_packing import unread_packings
from weighin.identity.containers.safetensors import element_count
from weighin.identity.facets import Agreement
from weighin.identity.manifest import Manifest, TensorEntry
from weighin.identity.numbers.derivation import Logical
from weighin.identity.numbers.located import located_tensors
from weighin.identity.numbers.rows import LocatedTensor
from weighin.identity.parts.model_settings import ModelSettings, model_settings

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Given:
    """A checkpoint as it was given.

    Attributes:
        name: What the user called it.
        manifest: Its manifest.
        tensors: Its tensors; `None` if its manifest alone is at hand.
        settings: What its configuration states.
        adapter: The adapter that is attached to it; `None` for none, or if what it adds is unknown.
        adapter_why_not: Why that is unknown; empty if it is not.
    """

    name: str
    manifest: Manifest
    tensors: Tensors | None
    settings: ModelSettings = field(default_factory=ModelSettings)
    adapter: AttachedAdapter | None = None
    adapter_why_not: str = ""

    @classmethod
    def at(
        cls, name: str, manifest: Manifest, place: Path | None, adapter: Path | None = None
    ) -> "Given":
        """A checkpoint at a place; its manifest alone if there is no place.

        Args:
            name: What the user called it.
            manifest: Its manifest, with the adapter that is attached to it.
            place: Where it lies.
            adapter: Where that adapter lies; `None` if at the same place.

        Raises:
            CheckpointError: The place no longer holds what the manifest says.
        """
        if place is None:
            why_not = "" if manifest.adapter is None else f"only the manifest of {name} is at hand"
            return cls(name, manifest, None, adapter_why_not=why_not)
        attached, why_not = adapter_at(manifest, place, adapter)
        return cls(
            name if adapter is None else f"{name} with {adapter}",
            manifest,
            dict(located_tensors(manifest, place)),
            model_settings(place),
            attached,
            why_not,
        )

    def logical(self) -> Logical:
        """Its tensors as they are compared, without its adapter.

        Raises:
            CheckpointError: What says how tensors are packed is malformed or unreadable.
        """
        return logical_tensors(self.manifest, self.tensors, self.settings)

    def side(self, entries: Iterable[TensorEntry]) -> Side:
        """The same for the report, with the parameters of its tensors as they are compared."""
        manifest = self.manifest
        return Side(
            name=self.name,
            checkpoint_id=manifest.checkpoint_id,
            weights=manifest.weights,
            dtype=manifest.dtype,
            tensors=len(manifest.tensors),
            parameters=sum(element_count(tensor.shape) for tensor in entries),
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
    first, second = _with_settings_of(second, first), _with_settings_of(first, second)
    named = first.name, second.name
    ours, theirs, unmeasured = _as_compared(first, second)
    ours, theirs, scales = without_serving_scales(ours, theirs, named)
    settings = first.settings, second.settings
    ours, theirs, buffers = without_computed_buffers(ours, theirs, settings, named)
    ours, theirs, alignment = matched(ours, theirs)
    differing = [pair for pair in alignment.pairs if not pair.is_equal]
    measured = _measured(differing, (ours, theirs), named, on_progress)
    measured = _with_exchanges(measured, alignment)
    sizes = {name: element_count(entry.shape) for name, entry in ours.entries.items()}
    missing = (*alignment.only_in_first, *alignment.shapes_differ)
    lost = sum(sizes[name] for name in missing)
    totals = totals_of(alignment, measured, lost, sum(sizes.values()))
    fit = _parent_fit(second, parents)
    patterns = patterns_of(alignment, measured, fit)
    is_attached = (first.manifest.adapter is None) != (second.manifest.adapter is None)
    relation = kinship_of(
        comparison,
        alignment,
        measured,
        is_attached=is_attached,
        is_adapter_unknown=bool(unmeasured),
    )
    packed = unread_packings(alignment, (ours, theirs), named)
    if relation is Kinship.UNRELATED and packed and not any(pair.is_telling for pair in measured):
        relation = Kinship.UNKNOWN
    labelled = labels(ours), labels(theirs)
    entries = [_with_labels(pair.entry(), *labelled) for pair in measured if not pair.is_equal]
    return ComparisonReport(
        first=first.side(ours.entries.values()),
        second=second.side(theirs.entries.values()),
        relation=relation,
        headline=headline_of(relation, totals, patterns, comparison, alignment),
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
        not_measured=(
            *unmeasured,
            *scales,
            *buffers,
            *packed,
            *(entry for entry in entries if isinstance(entry, NotMeasured)),
        ),
        parents=fit,
    )


def _with_settings_of(other: Given, given: Given) -> Given:
    """A manifest alone with what the same configuration states in the other checkpoint."""
    same = given.manifest.config is not None and given.manifest.config == other.manifest.config
    is_alone = given.tensors is None and other.tensors is not None
    return replace(given, settings=other.settings) if same and is_alone else given


def _as_compared(first: Given, second: Given) -> tuple[Logical, Logical, tuple[NotMeasured, ...]]:
    """The tensors of both, adapters merged unless they are one, and what could not be told."""
    ours, theirs = first.logical(), second.logical()
    reasons: list[NotMeasured] = []
    if _adapter_id(first.manifest) != _adapter_id(second.manifest):
        adapted: list[Logical] = []
        for given, logical in ((first, ours), (second, theirs)):
            made, why_not = with_adapter(logical, given.adapter)
            adapted.append(made)
            if why_not := why_not or given.adapter_why_not:
                reasons.append(NotMeasured(name=f"the adapter of {given.name}", reason=why_not))
        ours, theirs = adapted
    ours, theirs = in_common_layout(ours, theirs, (first.settings, second.settings))
    return ours, theirs, tuple(reasons)


def _adapter_id(manifest: Manifest) -> tuple[str, str] | None:
    adapter = manifest.adapter
    return None if adapter is None else (adapter.config_sha256, adapter.weights)


def _measured(
    differing: Sequence[Pair],
    sides: tuple[Logical, Logical],
    named: tuple[str, str],
    on_progress: Progress | None,
) -> tuple[MeasuredPair, ...]:
    first, second = (side.tensors for side in sides)
    if first is None or second is None:
        alone = " and ".join(
            name for name, side in zip(named, sides, strict=True) if side.tensors is None
        )
        reason = f"only the manifest of {alone} is at hand"
        return tuple(MeasuredPair(pair, None, None, reason=reason) for pair in differing)
    parts = [common_parts(pair) for pair in differing]
    digests = PartDigests(ours for ours, _ in parts), PartDigests(theirs for _, theirs in parts)
    measured: list[MeasuredPair] = []
    for done, pair in enumerate(differing):
        if on_progress is not None:
            on_progress(done, len(differing), pair.name)
        measured.append(measured_pair(pair, first, second, digests))
    return tuple(measured)


def _with_labels(
    entry: MeasuredTensor | NotMeasured, ours: Mapping[str, str], theirs: Mapping[str, str]
) -> MeasuredTensor | NotMeasured:
    """An entry that names the stored tensors that derived ones follow from."""
    if isinstance(entry, NotMeasured):
        return entry
    first, second = ours.get(entry.first), theirs.get(entry.second)
    return entry.model_copy(
        update={"first": first or entry.first, "second": second or entry.second}
    )


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
    read = [_stored(parent.tensors) for parent in parents if parent.tensors is not None]
    return fit_parents(_stored(child.tensors), read, [parent.name for parent in parents])


def _stored(tensors: Tensors) -> Mapping[str, LocatedTensor]:
    return {n: tensor for n, tensor in tensors.items() if isinstance(tensor, LocatedTensor)}


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
