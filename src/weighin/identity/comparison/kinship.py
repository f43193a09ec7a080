"""How two checkpoints relate, block by block and as a whole."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weighin.identity.comparison.aligned.alignment import Alignment, Match, Pair
from weighin.identity.comparison.aligned.name_maps import block_of
from weighin.identity.comparison.manifests import Comparison, Relation
from weighin.identity.comparison.measured.measurement import Sums
from weighin.identity.comparison.measured.pairs import MeasuredPair, is_exact_cast
from weighin.identity.comparison.quantities import agreeing, counted, listed_words, percent
from weighin.identity.comparison.report import BlockDifference, Kinship, Pattern, PatternKind
from weighin.identity.facets import Facet

_FEWEST_FOR_DIRECTION: Final = 256
_KEPT_MATRIX: Final = frozenset(
    {
        PatternKind.EQUAL,
        PatternKind.CAST,
        PatternKind.ROUND_TRIP,
        PatternKind.REQUANTISED,
        PatternKind.MERGED_ADAPTER,
        PatternKind.FEW_ELEMENTS,
        PatternKind.PERMUTED,
        PatternKind.EXCHANGED,
        PatternKind.SCALED,
        PatternKind.SAME_NUMBERS,
    }
)
_EXPLAINED: Final = {
    PatternKind.MERGED_ADAPTER: Kinship.MERGED_ADAPTER,
    PatternKind.REQUANTISED: Kinship.REQUANTISED,
}
_SHOWN_PATTERNS: Final = 3
_FIRST_WORDS: Final = ("embed", "token_embd", "wte", "wpe")


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers over all pairs.

    Attributes:
        equal: Pairs that are equal, byte for byte, whatever their names.
        differing: Names of the others.
        parameters_differing: Elements of the first in tensors that differ or are missing.
        share_differing: The same as a share, from 0 to 1.
        relative_frobenius: Over all pairs with sums; `None` without any, or if those are zero.
        cosine: The same.
        max_abs: The same.
    """

    equal: int
    differing: tuple[str, ...]
    parameters_differing: int
    share_differing: float
    relative_frobenius: float | None
    cosine: float | None
    max_abs: float | None


def totals_of(
    alignment: Alignment, measured: Sequence[MeasuredPair], lost: int, parameters: int
) -> Totals:
    """Numbers over all pairs.

    Args:
        alignment: What answers to what.
        measured: The pairs that are not equal as they stand.
        lost: Elements of the tensors of the first to which nothing answers.
        parameters: Elements of the first.
    """
    differing = [pair for pair in measured if not _is_equal(pair)]
    changed = lost + sum(pair.pair.first.rows * pair.pair.first.columns for pair in differing)
    sums = _finite_sums(measured)
    together = _together(sums) if sums else None
    return Totals(
        equal=len(alignment.pairs) - len(differing),
        differing=tuple(pair.pair.name for pair in differing),
        parameters_differing=changed,
        share_differing=changed / parameters if parameters else 0.0,
        relative_frobenius=None if together is None else together.relative_frobenius,
        cosine=None if together is None else together.cosine,
        max_abs=None if together is None else together.max_abs,
    )


def kinship_of(
    comparison: Comparison,
    alignment: Alignment,
    measured: Sequence[MeasuredPair],
    *,
    is_attached: bool = False,
    is_adapter_unknown: bool = False,
) -> Kinship:
    """How two checkpoints relate, as far as it was measured.

    Args:
        comparison: Of their manifests.
        alignment: What answers to what.
        measured: The pairs that are not equal as they stand.
        is_attached: Whether one has an adapter attached and the other has none.
        is_adapter_unknown: Whether it is unknown what an adapter adds; then nothing is said that
            holds for all weights.
    """
    if comparison.relation is Relation.SAME_CHECKPOINT:
        is_one = comparison.first == comparison.second
        return Kinship.SAME_FILES if is_one else Kinship.SAME_CHECKPOINT
    if comparison.relation is Relation.SAME_BUT_FOR_FACETS:
        is_alone = comparison.facets == (Facet.ADAPTERS,) and not comparison.facets_unknown
        return Kinship.ADAPTER_ATTACHED if is_alone and is_attached else Kinship.SAME_BUT_FOR_FACETS
    missing = (*alignment.only_in_first, *alignment.only_in_second, *alignment.shapes_differ)
    is_resized = any(pair.is_resized for pair in alignment.pairs)
    is_partial = missing or is_resized or alignment.exchanged or is_adapter_unknown
    if alignment.pairs and not is_partial:
        if all(_is_equal(pair) and not _is_moved(pair) for pair in measured):
            return Kinship.SAME_TENSORS_RENAMED
        if any(map(_is_moved, measured)):
            return _kinship_of_numbers(comparison, alignment, measured)
        if all(map(is_exact_cast, measured)):
            return Kinship.SAME_AFTER_CAST
        for kind, kinship in _EXPLAINED.items():
            if all(is_exact_cast(pair) or _is_of(pair, kind) for pair in measured):
                return kinship
    return _kinship_of_numbers(comparison, alignment, measured)


def _kinship_of_numbers(
    comparison: Comparison, alignment: Alignment, measured: Sequence[MeasuredPair]
) -> Kinship:
    has_equal = any(pair.is_equal and _is_matrix(pair) for pair in alignment.pairs)
    has_kept = any(
        pair.is_of_one_origin
        or (pair.found is not None and pair.found.kind in _KEPT_MATRIX and _is_matrix(pair.pair))
        for pair in measured
    )
    if has_equal or has_kept:
        return Kinship.RELATED
    if any(pair.is_telling for pair in measured):
        return Kinship.UNRELATED
    if any(pair.found is None for pair in measured):
        most = 2 * len(alignment.pairs) > comparison.tensors
        return Kinship.NOT_MEASURED if most else Kinship.UNRELATED
    is_related = comparison.relation is Relation.RELATED
    return Kinship.RELATED if is_related else Kinship.UNRELATED


def headline_of(
    relation: Kinship,
    totals: Totals,
    patterns: Sequence[Pattern],
    comparison: Comparison,
    alignment: Alignment,
) -> str:
    """How two checkpoints relate, as a sentence."""
    if relation in {Kinship.SAME_FILES, Kinship.SAME_CHECKPOINT}:
        return f"{relation}: every tensor and every facet is equal"
    if relation is Kinship.SAME_BUT_FOR_FACETS:
        return _but_for(comparison)
    told = "; ".join(pattern.statement for pattern in patterns[:_SHOWN_PATTERNS])
    count = len(totals.differing)
    share = (
        f"{counted(count, 'tensor')} {agreeing(count, 'differ', 'differs')}, "
        f"{percent(totals.share_differing)} of the parameters"
    )
    for names, where in (
        (alignment.only_in_first, "only in the first"),
        (alignment.only_in_second, "only in the second"),
        (alignment.shapes_differ, "of shapes that cannot be compared"),
    ):
        # That none differs would say that all are there.
        share += f", {counted(len(names), 'tensor')} {where}" if names and not count else ""
    return f"{relation}: {share}" + (f"; {told}" if told else "")


def _but_for(comparison: Comparison) -> str:
    """The facets that differ, or are not known to be the same, as a sentence."""
    different, unknown = (
        [facet.replace("_", " ") for facet in facets]
        for facets in (comparison.facets, comparison.facets_unknown)
    )
    words = []
    if different:
        words.append(f"same but for the {listed_words(different)}")
    if unknown:
        head = "not known to be the same" if different else "same weights; not known to be the same"
        words.append(f"{head}: the {listed_words(unknown)}")
    return "; ".join(words)


def blocks_of(
    alignment: Alignment, measured: Sequence[MeasuredPair]
) -> tuple[BlockDifference, ...]:
    """Block by block: what lies before the blocks, the blocks, what lies after them."""
    pairs: defaultdict[tuple[int, str, int, str], list[Pair]] = defaultdict(list)
    for pair in alignment.pairs:
        pairs[_place(pair.name)].append(pair)
    found = {pair.pair.name: pair for pair in measured}
    return tuple(
        _block(place[3], members, [found[p.name] for p in members if p.name in found])
        for place, members in sorted(pairs.items())
    )


def _place(name: str) -> tuple[int, str, int, str]:
    block = block_of(name)
    if block is not None:
        return 1, block[0], block[1], f"{block[0]}.{block[1]}"
    return (0 if any(word in name for word in _FIRST_WORDS) else 2), name, 0, name


def _block(name: str, members: Sequence[Pair], measured: Sequence[MeasuredPair]) -> BlockDifference:
    differing = [pair for pair in measured if not _is_equal(pair)]
    sums = _finite_sums(differing)
    distance = _together(sums).relative_frobenius if sums else None
    return BlockDifference(
        name=name,
        tensors=len(members),
        differing=len(differing),
        parameters=sum(pair.first.rows * pair.first.columns for pair in members),
        relative_frobenius=distance if differing else 0.0,
    )


def _is_equal(pair: MeasuredPair) -> bool:
    is_equal = pair.found is not None and pair.found.kind is PatternKind.EQUAL
    return is_equal and not pair.pair.is_resized


def _is_of(pair: MeasuredPair, kind: PatternKind) -> bool:
    """Whether a pair shows a pattern, and no rows or columns were scaled before."""
    found = pair.found
    return found is not None and found.kind is kind and "least_column_factor" not in found.evidence


def _is_moved(pair: MeasuredPair) -> bool:
    """Whether rows lie in another order under the same name, where a loader expects one order."""
    return pair.is_reordered and pair.pair.match is Match.NAME


def _is_matrix(pair: Pair) -> bool:
    rows, columns = pair.first.rows, pair.first.columns
    return min(rows, columns) > 1 and rows * columns >= _FEWEST_FOR_DIRECTION


def _finite_sums(measured: Sequence[MeasuredPair]) -> list[Sums]:
    return [pair.sums for pair in measured if pair.sums is not None and pair.sums.is_finite]


def _together(sums: Sequence[Sums]) -> Sums:
    return Sums(
        elements=sum(one.elements for one in sums),
        changed=sum(one.changed for one in sums),
        difference=math.fsum(one.difference for one in sums),
        first=math.fsum(one.first for one in sums),
        second=math.fsum(one.second for one in sums),
        product=math.fsum(one.product for one in sums),
        max_abs=max(one.max_abs for one in sums),
        is_finite=True,
    )
