"""Patterns of how tensors are named, cut and stored, beside what became of their numbers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from weighin.identity.comparison.aligned.alignment import Alignment, Match, Pair
from weighin.identity.comparison.aligned.name_maps import block_of
from weighin.identity.comparison.measured.pairs import MeasuredPair
from weighin.identity.comparison.quantities import agreeing, counted, ranges
from weighin.identity.comparison.report import Pattern, PatternKind

_SHOWN_NAMES: Final = 5


def few_blocks(alignment: Alignment) -> Iterator[Pattern]:
    """For each stack of which at most half the blocks differ: which."""
    stacks: defaultdict[str, set[int]] = defaultdict(set)
    changed: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in alignment.pairs:
        if block := block_of(pair.name):
            stacks[block[0]].add(block[1])
            if not pair.is_equal:
                changed[block[0]].append(pair)
    for stack, pairs in changed.items():
        numbers = {block[1] for pair in pairs if (block := block_of(pair.name))}
        if 2 * len(numbers) > len(stacks[stack]):
            continue
        yield Pattern(
            kind=PatternKind.FEW_BLOCKS,
            detail=stack,
            statement=(
                f"{len(numbers)} of {counted(len(stacks[stack]), 'block')} of {stack} "
                f"{agreeing(len(numbers), 'differ: blocks', 'differs: block')} {ranges(numbers)}"
            ),
            tensors=tuple(pair.name for pair in pairs),
            parameters=sum(pair.elements for pair in pairs),
            evidence={"blocks": float(len(stacks[stack])), "differing": float(len(numbers))},
        )


def layout_patterns(alignment: Alignment, measured: Sequence[MeasuredPair]) -> Iterator[Pattern]:
    """Rows added, other names, other cuts, another order of rows, copies."""
    equal = {
        pair.pair.name
        for pair in measured
        if pair.found is not None and pair.found.kind is PatternKind.EQUAL
    }
    # Of other rows than before, but not because some were added: the whole tensor is another.
    resized = [p for p in alignment.pairs if p.is_resized and p.name not in alignment.exchanged]
    yield from _resized(resized, equal)
    others = [p for p in alignment.pairs if p.first.entry.name != p.second.entry.name]
    yield from _renamed([p for p in others if p.first.is_whole and p.second.is_whole])
    yield from _regrouped(
        [p for p in others if not (p.first.is_whole and p.second.is_whole)], equal
    )
    reordered = [pair.pair for pair in measured if pair.is_reordered]
    if reordered:
        yield _layout(
            PatternKind.REORDERED,
            f"{counted(len(reordered), 'tensor')} with interleaved rotary halves on one side, "
            "compared in one order",
            reordered,
            {},
        )
    if copies := (*alignment.copies_in_first, *alignment.copies_in_second):
        more = len(copies) - _SHOWN_NAMES
        names = ", ".join(copies[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
        yield Pattern(
            kind=PatternKind.COPIED,
            detail="",
            statement=f"stored on one side only, and equal to another tensor there: {names}",
            tensors=copies,
            parameters=0,
            evidence={},
        )


def _resized(pairs: Sequence[Pair], equal: set[str]) -> Iterator[Pattern]:
    for pair in pairs:
        added = pair.second.rows - pair.first.rows
        verb = "added to" if added > 0 else "removed from"
        same = "equal" if pair.name in equal else "not equal"
        yield _layout(
            PatternKind.RESIZED,
            f"{pair.name}: {counted(abs(added), 'row')} {verb} {pair.first.rows:,}; the rows that "
            f"both have are {same}",
            [pair],
            {
                "rows_first": float(pair.first.rows),
                "rows_second": float(pair.second.rows),
                "equal": float(pair.name in equal),
            },
        )


def _renamed(pairs: Sequence[Pair]) -> Iterator[Pattern]:
    if not pairs:
        return
    by_map = sum(pair.match is Match.MAP for pair in pairs)
    by_prefix = sum(pair.match is Match.PREFIX for pair in pairs)
    by_content = len(pairs) - by_map - by_prefix
    found = {"by_map": by_map, "by_content": by_content}
    told = f"{by_prefix:,} by names alike but for a prefix, " if by_prefix else ""
    yield _layout(
        PatternKind.RENAMED,
        f"{counted(len(pairs), 'tensor')} under other names: {by_map:,} by a published map, "
        f"{told}{by_content:,} by equal content",
        pairs,
        {key: float(n) for key, n in (found | ({"by_prefix": by_prefix} if told else {})).items()},
    )


def _regrouped(pairs: Sequence[Pair], equal: set[str]) -> Iterator[Pattern]:
    if not pairs:
        return
    same = sum(pair.name in equal for pair in pairs)
    yield _layout(
        PatternKind.REGROUPED,
        f"{counted(len(pairs), 'tensor')} fused or split, {same:,} of them equal byte for byte",
        pairs,
        {"equal": float(same)},
    )


def _layout(
    kind: PatternKind, statement: str, pairs: Sequence[Pair], evidence: dict[str, float]
) -> Pattern:
    return Pattern(
        kind=kind,
        detail="",
        statement=statement,
        tensors=tuple(pair.name for pair in pairs),
        parameters=sum(pair.elements for pair in pairs),
        evidence=evidence,
    )
