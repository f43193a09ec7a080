"""The patterns of all tensors together, and the sentences that state them."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from weighin.identity.comparison.aligned.alignment import Alignment
from weighin.identity.comparison.measured.layout_patterns import few_blocks, layout_patterns
from weighin.identity.comparison.measured.pairs import MeasuredPair
from weighin.identity.comparison.quantities import counted, percent
from weighin.identity.comparison.report import ParentFit, Pattern, PatternKind

_MERGE_EXPLAINS: Final = 0.95
_ROUNDED_MERGE_EXPLAINS: Final = 0.5
"""If what is left is rounding: parents that lie close together are averaged hardly above it."""
_Evidence = Mapping[str, float]


def patterns_of(
    alignment: Alignment, measured: Sequence[MeasuredPair], fit: ParentFit | None
) -> tuple[Pattern, ...]:
    """What the differences of two checkpoints look like, most parameters first.

    How tensors are named and cut comes after what became of their numbers.
    """
    numbers = sorted(_of_numbers(measured), key=lambda p: (-p.parameters, p.kind, p.detail))
    return (
        *_of_parents(fit),
        *few_blocks(alignment),
        *numbers,
        *layout_patterns(alignment, measured),
    )


def _of_numbers(measured: Sequence[MeasuredPair]) -> Iterator[Pattern]:
    groups: defaultdict[tuple[PatternKind, str], list[MeasuredPair]] = defaultdict(list)
    for pair in measured:
        if pair.found is not None and pair.found.kind is not PatternKind.EQUAL:
            groups[pair.found.kind, pair.found.detail].append(pair)
    for (kind, detail), pairs in groups.items():
        evidence = _evidence(pairs)
        names = tuple(pair.pair.name for pair in pairs)
        yield Pattern(
            kind=kind,
            detail=detail,
            statement=f"{counted(len(pairs), 'tensor')}: {_WORDS[kind](detail, evidence)}",
            tensors=names,
            parameters=sum(pair.pair.elements for pair in pairs),
            evidence=dict(evidence),
        )


def _evidence(pairs: Sequence[MeasuredPair]) -> _Evidence:
    """Least and most of each number over some tensors, and the distances of all together."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        if pair.found is not None:
            for key, value in pair.found.evidence.items():
                values[key].append(value)
    evidence: dict[str, float] = {}
    for key, found in values.items():
        evidence |= {f"least_{key}": min(found), f"most_{key}": max(found)}
    sums = [pair.sums for pair in pairs if pair.sums is not None and pair.sums.is_finite]
    norm = sum(one.first for one in sums) or sum(one.second for one in sums)
    if sums and norm:
        difference = sum(one.difference for one in sums)
        evidence["relative_frobenius"] = math.sqrt(difference / norm)
        evidence["max_abs"] = max(one.max_abs for one in sums)
    cosines = [one.cosine for one in sums if one.cosine is not None]
    if cosines:
        evidence |= {"least_cosine": min(cosines), "most_cosine": max(cosines)}
    return evidence


def _span(evidence: _Evidence, key: str, spelled: str = ".4g") -> str:
    least, most = evidence[f"least_{key}"], evidence[f"most_{key}"]
    low, high = format(least, spelled), format(most, spelled)
    return low if low == high else f"{low} to {high}"


def _number(evidence: _Evidence, key: str, noun: str) -> str:
    plural = "" if evidence[f"most_{key}"] == 1 else "s"
    return f"{_span(evidence, key, '.0f')} {noun}{plural}"


def _at_least(share: float) -> str:
    told = percent(share)
    # What is told as more than a number is no least share of it.
    return told if share == 1 or told.startswith("more than") else f"at least {told}"


def _cast(detail: str, evidence: _Evidence) -> str:
    source, is_forward, dtypes = _arrow(detail)
    of, to = ("first", "second") if is_forward else ("second", "first")
    target = dtypes[0] if is_forward else source
    source = source if is_forward else dtypes[0]
    told = f"casting the {of} from {source} to {target} gives every number of the {to}"
    if evidence["most_elements_differing"]:
        return told
    return f"same numbers in other bytes: {told}, and none differs before it"


def _round_trip(detail: str, evidence: _Evidence) -> str:
    source, is_forward, dtypes = _arrow(detail)
    of, to = ("first", "second") if is_forward else ("second", "first")
    return (
        f"casting the {of} from {source} to {dtypes[0]} and back gives every number of the {to}, "
        f"{_span(evidence, 'elements_differing', '.0f')} of a tensor moved"
    )


def _requantised(detail: str, evidence: _Evidence) -> str:
    detail, _, scaled = detail.partition(", ")
    source, is_forward, dtypes = _arrow(detail)
    side = "second" if is_forward else "first"
    scheme = dtypes[0] if is_forward or "int" in dtypes[0] else source
    close = _at_least(evidence["least_share_within_half_step"])
    if "least_factor" in evidence:
        scaled += f" by about {_span(evidence, 'factor', '.2g')} on the whole"
    scheme += f" ({scaled})" if scaled else ""
    within = evidence.get("least_share_within_step", 1.0)
    beyond = "" if within == 1 else f", {_at_least(within)} within one"
    return (
        f"the {side} lies on the levels of {scheme}; {close} of the numbers of a tensor are within "
        f"half a step of the other{beyond}, all within {evidence['most_max_steps']:.3g} steps"
    )


def _merged_adapter(detail: str, evidence: _Evidence) -> str:
    _, is_forward, _ = _arrow(detail)
    base, merged = ("first", "second") if is_forward else ("second", "first")
    share = _at_least(evidence["least_share_within_rounding"])
    return (
        f"the {merged} is the {base} with its adapter merged: {share} of the numbers of a "
        "tensor are within what rounding while merging may move"
    )


def _few_elements(detail: str, evidence: _Evidence) -> str:
    told = f"{_number(evidence, 'elements_differing', 'element')} of a tensor not equal"
    if detail:
        first, is_forward, dtypes = _arrow(detail)
        of, target = ("first", dtypes[0]) if is_forward else ("second", first)
        return f"{told} after casting the {of} to {target}"
    if "least_bits_differing" not in evidence:
        return told
    return f"{told}, by {_number(evidence, 'bits_differing', 'bit')}"


def _low_rank(detail: str, evidence: _Evidence) -> str:
    rank = _span(evidence, "rank", ".0f")
    energy = _at_least(evidence["least_energy"])
    values, verb = "largest singular value", "holds"
    if evidence["most_rank"] != 1:
        values, verb = f"largest {rank} singular values", "hold"
    directions = f"the {values} {verb} {energy} of the energy of the difference"
    if detail == "up to rounding":
        return (
            f"low-rank change, consistent with a merged LoRA of rank {rank}: {directions}, "
            "and the rest is no more than rounding leaves"
        )
    return f"low-rank change for the most part: {directions}"


def _scaled(detail: str, evidence: _Evidence) -> str:
    factor = _span(evidence, "factor", ".6g")
    if detail:
        return (
            f"{_number(evidence, 'elements_differing', 'number')} of a tensor of the second "
            f"{factor} times those of the first, all others equal"
        )
    return (
        f"the second is {factor} times the first, "
        f"up to {evidence['most_relative_residual']:.2g} of its norm"
    )


def _permuted(detail: str, evidence: _Evidence) -> str:
    return (
        f"the {detail} of the first in another order, {_span(evidence, 'moved', '.0f')} of "
        f"{_span(evidence, 'count', '.0f')} in another place"
    )


def _exchanged(detail: str, evidence: _Evidence) -> str:
    del evidence
    return f"the second holds here the bytes that the first holds under {detail}"


def _same_numbers(detail: str, evidence: _Evidence) -> str:
    del detail, evidence
    return "same numbers in other bytes: every number is equal"


def _dense(detail: str, evidence: _Evidence) -> str:
    del detail
    share = _at_least(evidence["least_share_of_elements"])
    return (
        f"dense change of {share} of the elements of a tensor, in many directions: "
        f"relative distance {evidence.get('relative_frobenius', 0):.3g}, "
        f"largest difference {evidence.get('max_abs', 0):.3g}"
    )


def _no_common_direction(detail: str, evidence: _Evidence) -> str:
    del detail
    return f"no common direction: cosine {_span(evidence, 'cosine', '.2g')}"


def _arrow(detail: str) -> tuple[str, bool, list[str]]:
    """First dtype, whether the arrow leads from the first to the second, what follows."""
    arrow = " -> " if " -> " in detail else " <- "
    source, *others = detail.split(arrow)
    return source, arrow == " -> ", others


_WORDS: Mapping[PatternKind, Callable[[str, _Evidence], str]] = MappingProxyType(
    {
        PatternKind.CAST: _cast,
        PatternKind.ROUND_TRIP: _round_trip,
        PatternKind.REQUANTISED: _requantised,
        PatternKind.MERGED_ADAPTER: _merged_adapter,
        PatternKind.FEW_ELEMENTS: _few_elements,
        PatternKind.LOW_RANK: _low_rank,
        PatternKind.SCALED: _scaled,
        PatternKind.PERMUTED: _permuted,
        PatternKind.EXCHANGED: _exchanged,
        PatternKind.SAME_NUMBERS: _same_numbers,
        PatternKind.DENSE: _dense,
        PatternKind.NO_COMMON_DIRECTION: _no_common_direction,
    }
)


def _of_parents(fit: ParentFit | None) -> Iterator[Pattern]:
    if fit is None or fit.explained is None:
        return
    least = _ROUNDED_MERGE_EXPLAINS if fit.within_rounding else _MERGE_EXPLAINS
    if fit.explained < least:
        return
    terms = " + ".join(
        f"{coefficient:.4f} x {name}"
        for coefficient, name in zip(fit.coefficients, fit.parents, strict=True)
    )
    rest = "no more than rounding leaves" if fit.within_rounding else "more than rounding leaves"
    yield Pattern(
        kind=PatternKind.MERGE,
        detail="",
        statement=(
            f"{counted(fit.tensors, 'tensor')}: the second is {terms}, up to "
            f"{fit.relative_residual:.2g} of its norm, {rest}"
        ),
        tensors=(),
        parameters=fit.parameters,
        evidence={"relative_residual": fit.relative_residual, "explained": fit.explained},
    )
