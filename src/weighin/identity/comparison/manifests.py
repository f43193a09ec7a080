"""How two checkpoints relate: a relation, not a boolean."""

from collections.abc import Mapping
from enum import StrEnum

from weighin.files.strict_model import StrictModel
from weighin.identity.containers.safetensors import element_count
from weighin.identity.facets import Facet
from weighin.identity.folder.gguf_parts import is_gguf
from weighin.identity.manifest import Manifest, TensorEntry

COMPARISON_FORMAT = "weighin.comparison/1"

_MEASURED_ABSENCE = frozenset({Facet.ADAPTERS, Facet.QUANTIZATION, Facet.REMOTE_CODE})
# What a GGUF file states by its keys, and other formats by JSON files.
_SPELLED_BY_FORMAT = frozenset(
    {Facet.CONFIG, Facet.GENERATION_CONFIG, Facet.TOKENIZER, Facet.SPECIAL_TOKENS}
)


class Relation(StrEnum):
    """How two checkpoints relate, from the closest to the farthest."""

    SAME_CHECKPOINT = "same checkpoint"
    SAME_BUT_FOR_FACETS = "same weights, other facets differ"
    RELATED = "related: same names and shapes, some tensors differ"
    UNRELATED = "unrelated shapes"


class TensorDistance(StrictModel):
    """How far one tensor differs, computed in float64.

    Attributes:
        name: Name of the tensor.
        parameters: Number of elements.
        relative_frobenius: Frobenius norm of the difference over that of the first tensor; over
            that of the second if the first is all zeros.
        max_abs: Largest absolute difference of an element.
    """

    name: str
    parameters: int
    relative_frobenius: float
    max_abs: float


class Comparison(StrictModel):
    """What differs between two checkpoints.

    Attributes:
        format: Always `weighin.comparison/1`.
        first: Checkpoint id; the smaller of the two as text.
        second: Checkpoint id.
        relation: How they relate.
        facets: Facets of the manifests that differ: set in both, and not equal. To have no
            adapter, quantization or remote code is a fact of a checkpoint, so one that only one
            of the two has differs as well.
        facets_unknown: Other facets set in one and unset in the other; and those that a GGUF file
            and a folder of JSON files spell in ways that cannot be compared.
        differing: Tensors in both whose bytes, dtype or shape differ.
        only_in_first: Tensor names.
        only_in_second: Tensor names.
        tensors: Number of distinct tensor names in both together.
        parameters: Number of elements of the first.
        parameters_differing: Elements of tensors of the first that differ or are missing.
        distances: For the differing tensors of equal shape, if both folders were at hand.
        relative_frobenius: Over all parameters of `distances` together, relative to the same
            parameters of the first; `None` without distances, or if those are all zeros.
        not_measured: Differing tensors of equal shape that have no distance although both folders
            were at hand: one holds NaN or an infinity, or is packed below a byte.
    """

    format: str = COMPARISON_FORMAT
    first: str
    second: str
    relation: Relation
    facets: tuple[Facet, ...]
    facets_unknown: tuple[Facet, ...]
    differing: tuple[str, ...]
    only_in_first: tuple[str, ...]
    only_in_second: tuple[str, ...]
    tensors: int
    parameters: int
    parameters_differing: int
    distances: tuple[TensorDistance, ...]
    relative_frobenius: float | None
    not_measured: tuple[str, ...] = ()


def compare_manifests(a: Manifest, b: Manifest) -> Comparison:
    """What differs between two checkpoints, without reading them.

    The order of the two does not matter. They are

    - the same checkpoint if no facet differs and none is unknown, however the files are cut;
    - the same weights, other facets aside, if the tensors are equal;
    - related if every tensor that both have has one shape in both, these are more than half of
      the tensors, and one has no tensor beyond those of the other (a tied `lm_head` may be stored
      once or twice);
    - else unrelated.
    """
    first, second = sorted((a, b), key=lambda manifest: manifest.checkpoint_id)
    ours = {tensor.name: tensor for tensor in first.tensors}
    theirs = {tensor.name: tensor for tensor in second.tensors}
    common = [name for name in ours if name in theirs]
    differing = tuple(name for name in common if ours[name] != theirs[name])
    only_in_first = tuple(name for name in ours if name not in theirs)
    only_in_second = tuple(name for name in theirs if name not in ours)
    facets, facets_unknown = _facets(first, second)
    return Comparison(
        first=first.checkpoint_id,
        second=second.checkpoint_id,
        relation=_relation(ours, theirs, facets, facets_unknown),
        facets=facets,
        facets_unknown=facets_unknown,
        differing=differing,
        only_in_first=only_in_first,
        only_in_second=only_in_second,
        tensors=len(ours.keys() | theirs.keys()),
        parameters=sum(element_count(tensor.shape) for tensor in ours.values()),
        parameters_differing=sum(
            element_count(ours[name].shape) for name in (*differing, *only_in_first)
        ),
        distances=(),
        relative_frobenius=None,
    )


def _facets(first: Manifest, second: Manifest) -> tuple[tuple[Facet, ...], tuple[Facet, ...]]:
    ours, theirs = facet_values(first), facet_values(second)
    unequal = [facet for facet in ours if ours[facet] != theirs[facet]]
    incomparable = _SPELLED_BY_FORMAT if _is_gguf(first) != _is_gguf(second) else frozenset()
    unknown = tuple(
        facet
        for facet in unequal
        if facet in incomparable
        or (None in {ours[facet], theirs[facet]} and facet not in _MEASURED_ABSENCE)
    )
    return tuple(facet for facet in unequal if facet not in unknown), unknown


def _is_gguf(manifest: Manifest) -> bool:
    return is_gguf(entry.path for entry in manifest.files if entry.role == "weights")


def facet_values(manifest: Manifest) -> dict[Facet, str | None]:
    """The digest or literal of each facet of a checkpoint; `None` where it has none."""
    adapter = manifest.adapter
    return {
        Facet.WEIGHTS: manifest.weights,
        Facet.CONFIG: manifest.config,
        Facet.GENERATION_CONFIG: manifest.generation_config,
        Facet.REMOTE_CODE: manifest.remote_code,
        Facet.TOKENIZER: manifest.tokenizer,
        Facet.SPECIAL_TOKENS: manifest.special_tokens,
        Facet.CHAT_TEMPLATE: manifest.chat_template,
        Facet.DTYPE: manifest.dtype,
        Facet.QUANTIZATION: manifest.quantization,
        Facet.ADAPTERS: None if adapter is None else f"{adapter.config_sha256} {adapter.weights}",
    }


def _relation(
    ours: Mapping[str, TensorEntry],
    theirs: Mapping[str, TensorEntry],
    facets: tuple[Facet, ...],
    facets_unknown: tuple[Facet, ...],
) -> Relation:
    if Facet.WEIGHTS not in facets:
        is_same = not facets and not facets_unknown
        return Relation.SAME_CHECKPOINT if is_same else Relation.SAME_BUT_FOR_FACETS
    common = ours.keys() & theirs.keys()
    if (
        all(ours[name].shape == theirs[name].shape for name in common)
        and len(common) in {len(ours), len(theirs)}
        and 2 * len(common) > max(len(ours), len(theirs))
    ):
        return Relation.RELATED
    return Relation.UNRELATED
