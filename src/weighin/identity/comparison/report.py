"""What `weighin compare` found, as one document: `weighin.compare/1`."""

from enum import StrEnum
from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Agreement, Facet

REPORT_FORMAT: Final = "weighin.compare/1"


class Kinship(StrEnum):
    """How two checkpoints relate, from the closest to the farthest."""

    SAME_FILES = "same files"
    """One checkpoint id."""
    SAME_CHECKPOINT = "same checkpoint in other files"
    """Every facet is equal; the files are cut otherwise."""
    SAME_BUT_FOR_FACETS = "same weights, other facets differ"
    SAME_TENSORS_RENAMED = "same tensors under other names or in another layout"
    SAME_AFTER_CAST = "same after a cast"
    """Casting one gives every byte of the other."""
    ADAPTER_ATTACHED = "same base, adapter attached"
    """The weights are equal, and one has an adapter that the other has not."""
    MERGED_ADAPTER = "merged adapter"
    """The base and what its adapter adds is the other, within what rounding leaves."""
    REQUANTISED = "re-quantised"
    """Every tensor is equal, cast, or within the steps of the scheme that it is packed with."""
    RELATED = "related"
    """Some matrices are equal, or point in a common direction."""
    NOT_MEASURED = "same names and shapes, not measured"
    """Only manifests were at hand, and they do not tell how far tensors differ."""
    UNKNOWN = "unknown"
    """What a hub publishes of a revision does not tell, and its bytes would; or one is packed in a
    way that is not read."""
    UNRELATED = "unrelated"
    """No matrix is equal, and none points in a common direction; or no shapes agree."""


class PatternKind(StrEnum):
    """What a difference looks like."""

    CAST = "cast"
    ROUND_TRIP = "round trip"
    REQUANTISED = "re-quantised"
    FEW_ELEMENTS = "few elements"
    MERGED_ADAPTER = "merged adapter"
    LOW_RANK = "low-rank change"
    SCALED = "scaled"
    PERMUTED = "permuted"
    EXCHANGED = "exchanged"
    SAME_NUMBERS = "same numbers, other bytes"
    DENSE = "dense change"
    NO_COMMON_DIRECTION = "no common direction"
    EQUAL = "equal"
    RESIZED = "rows added or removed"
    RENAMED = "renamed"
    REGROUPED = "fused or split"
    REORDERED = "rotary rows reordered"
    COPIED = "stored once more"
    FEW_BLOCKS = "few blocks only"
    MERGE = "merge of given parents"


class Side(StrictModel):
    """One of the two checkpoints.

    Attributes:
        name: As it was given, with the adapter attached to it if there is one.
        checkpoint_id: Its id; of a revision of a hub whose bytes are not at hand, its commit.
        weights: Its weights digest; empty if the bytes are not at hand.
        dtype: The dtypes of its tensors, most parameters first.
        tensors: How many it has.
        parameters: How many elements these have.
        size_bytes: Size of its weight files.
        is_readable: Whether its tensors were at hand, and not its manifest alone.
    """

    name: str
    checkpoint_id: str
    weights: str
    dtype: str
    tensors: int
    parameters: int
    size_bytes: int
    is_readable: bool


class FacetDifference(StrictModel):
    """A facet that is not the same in both.

    Attributes:
        facet: Which.
        agreement: `different`; `unknown` if it is set in one and unset in the other.
        first: Digest or literal in the first; `None` if unset.
        second: The same of the second.
    """

    facet: Facet
    agreement: Agreement
    first: str | None
    second: str | None


class MeasuredTensor(StrictModel):
    """A tensor of both that differs, measured in float64.

    Attributes:
        name: What transformers calls it, or the name that both have.
        first: Its name in the first; `name[begin:end]` if it is some rows of a fused tensor.
        second: Its name in the second.
        first_dtype: Its dtype in the first.
        second_dtype: Its dtype in the second.
        shape: Rows and columns that were measured.
        parameters: Number of elements that were measured.
        elements_differing: Elements that are not the same number.
        relative_frobenius: Norm of the difference over that of the first; over that of the second
            if the first is all zeros; `None` if one holds NaN or an infinity.
        cosine: Of the angle between the two; `None` if one is all zeros, or not finite.
        max_abs: Largest absolute difference; `None` if one holds NaN or an infinity.
        pattern: What the difference looks like.
        detail: Which dtypes, scheme or axis the pattern is of; empty if it has none.
        evidence: The numbers that say so.
    """

    name: str
    first: str
    second: str
    first_dtype: str
    second_dtype: str
    shape: tuple[int, ...]
    parameters: int
    elements_differing: int
    relative_frobenius: float | None
    cosine: float | None
    max_abs: float | None
    pattern: PatternKind
    detail: str
    evidence: dict[str, float]


class NotMeasured(StrictModel):
    """A tensor of both that differs and was not measured, and why."""

    name: str
    reason: str


class Pattern(StrictModel):
    """One pattern, over all tensors that show it.

    Attributes:
        kind: What it looks like.
        detail: Which dtypes, scheme or axis it is of; empty if it has none.
        statement: The same with its numbers, as a sentence.
        tensors: Names of the tensors.
        parameters: Number of their elements.
        evidence: The numbers.
    """

    kind: PatternKind
    detail: str
    statement: str
    tensors: tuple[str, ...]
    parameters: int
    evidence: dict[str, float]


class BlockDifference(StrictModel):
    """One transformer block, or one tensor outside the blocks.

    Attributes:
        name: For example `model.layers.3`.
        tensors: How many of the pairs lie in it.
        differing: How many of these differ.
        parameters: Elements of its pairs.
        relative_frobenius: Over its pairs that differ, as far as they were measured; 0 if none
            differ, `None` if none of those was measured.
    """

    name: str
    tensors: int
    differing: int
    parameters: int
    relative_frobenius: float | None


class ParentFit(StrictModel):
    """The second checkpoint as a sum of multiples of given parents, by least squares.

    Attributes:
        parents: As they were given.
        coefficients: Of each parent, over all tensors together.
        least: The least coefficient of each parent that a tensor of its own gives.
        most: The largest.
        tensors: Tensors that all have in one shape.
        parameters: Their elements.
        relative_residual: Norm of what the sum leaves, over that of the second.
        explained: Share of the squared distance to the first parent that the sum explains, from
            0 to 1; `None` if that distance is zero.
        within_rounding: Whether what is left is no more than rounding to the dtype leaves.
    """

    parents: tuple[str, ...]
    coefficients: tuple[float, ...]
    least: tuple[float, ...]
    most: tuple[float, ...]
    tensors: int
    parameters: int
    relative_residual: float
    explained: float | None
    within_rounding: bool


class ComparisonReport(StrictModel):
    """How two checkpoints differ.

    Attributes:
        format: Always `weighin.compare/1`.
        first: The first, as given.
        second: The second, as given.
        relation: How they relate.
        headline: The same as a sentence, with the patterns that matter.
        facets: Facets that are not the same.
        pairs: Tensors of one that answer to one of the other.
        equal: How many of these are equal, byte for byte, whatever their names.
        differing: Names of the others.
        only_in_first: Tensors of the first to which nothing answers.
        only_in_second: Tensors of the second to which nothing answers.
        shapes_differ: Tensors of both whose shapes cannot be compared.
        parameters_differing: Elements of the first in tensors that differ or are missing.
        share_differing: The same as a share, from 0 to 1.
        relative_frobenius: Over the pairs that were read, which equal ones were not; `None` if
            none was.
        cosine: The same.
        max_abs: The same.
        patterns: What the differences look like, most parameters first.
        blocks: Block by block, in the order of the model.
        measured: Every tensor that was measured.
        not_measured: Those that differ and were not, and why.
        parents: The fit to given parents; `None` if none were given or none share a tensor.
    """

    format: Literal["weighin.compare/1"] = REPORT_FORMAT
    first: Side
    second: Side
    relation: Kinship
    headline: str
    facets: tuple[FacetDifference, ...]
    pairs: int
    equal: int
    differing: tuple[str, ...]
    only_in_first: tuple[str, ...]
    only_in_second: tuple[str, ...]
    shapes_differ: tuple[str, ...]
    parameters_differing: int
    share_differing: float
    relative_frobenius: float | None
    cosine: float | None
    max_abs: float | None
    patterns: tuple[Pattern, ...]
    blocks: tuple[BlockDifference, ...]
    measured: tuple[MeasuredTensor, ...]
    not_measured: tuple[NotMeasured, ...]
    parents: ParentFit | None
