"""A comparison of two checkpoints told: how they relate, and what their differences look like."""

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from weighin.identity.comparison.quantities import agreeing, counted, percent
from weighin.identity.comparison.report import (
    BlockDifference,
    ComparisonReport,
    Kinship,
    MeasuredTensor,
    NotMeasured,
    Side,
)
from weighin.reports.page.model import (
    Bar,
    Bars,
    Column,
    Fact,
    Facts,
    Gist,
    Guide,
    Items,
    Lines,
    Page,
    Phrase,
    Run,
    Section,
    Series,
    Table,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.wording import capitalised
from weighin.rules.interface import Outcome

_SHOWN_DIGEST: Final = 12
_SHOWN_NAMES: Final = 6
_SHOWN_TENSORS: Final = 8
_SHOWN_REASONS: Final = 2
_FAINTEST: Final = 1e-8
"""Distance at which a bar is as short as can be; a full one is 1, in logarithmic steps."""
_COLOURS: Final = {
    Kinship.SAME_FILES: Outcome.MET,
    Kinship.SAME_CHECKPOINT: Outcome.MET,
    Kinship.SAME_TENSORS_RENAMED: Outcome.MET,
    Kinship.UNRELATED: Outcome.VIOLATED,
}
"""The outcome whose colour a relation wears, which decides nothing; undecided for the others."""
_SAME: Final = "Yes."
_NO: Final = "No."
_ANSWERS: Final = {
    Kinship.SAME_FILES: _SAME,
    Kinship.SAME_CHECKPOINT: "Yes, in other files.",
    Kinship.SAME_TENSORS_RENAMED: "The numbers are the same, under other names.",
    Kinship.SAME_BUT_FOR_FACETS: "The weights are the same, and not all that belongs to them.",
    Kinship.NOT_MEASURED: "That was not measured.",
    Kinship.UNKNOWN: "That is not known.",
}
LIMITS: Final = (
    "which of the two was scored on any benchmark: a record of `weighin run` does",
    "that a small distance means a small difference in what a model answers",
)
"""What a comparison does not prove."""
_TENSOR_COLUMNS: Final = (
    Column(""),
    Column("distance", is_number=True),
    Column("cosine", is_number=True),
    Column("largest", is_number=True),
    Column("pattern"),
)
_SCALE: Final = (
    "Each bar is the relative distance of a block: the length of its difference over that of its "
    "numbers in A. Heights count powers of ten: a full bar is 1, half of one is 0.0001, and the "
    "shortest 0.00000001 or less. A stroke at the foot is equal"
)
_BLOCK_BY_BLOCK: Final = "Block by block (relative distance, logarithmic, full at 1)"
_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
_THOUSAND: Final = 1000


def comparison_page(report: ComparisonReport, command: tuple[str, ...] = ()) -> Page:
    """The relation, what differs, its patterns, and where in the checkpoint it lies.

    Args:
        report: What is told.
        command: What came to it, with its arguments; made up from what was compared if empty.
    """
    colour = _COLOURS.get(report.relation, Outcome.UNDECIDED)
    sides = (("A", report.first), ("B", report.second))
    reasons = tuple(_not_measured(report.not_measured))
    bars = tuple(map(_bar, _runs(report.blocks))) if report.differing else ()
    return Page(
        title=(ours(report.relation.upper(), colour),),
        guide=_guide(report, colour, command),
        lead=(Facts(tuple(Fact(name(label), (foreign(_side(side)),)) for label, side in sides)),),
        sections=(
            _section("What differs", Lines(tuple(_differences(report)))),
            _section("Patterns", Lines(tuple((foreign(p.statement),) for p in report.patterns))),
            _section(_BLOCK_BY_BLOCK, Bars(bars)),
            *_tensors(report),
            _section(
                "Not measured", Lines(tuple((reason,) for reason in reasons), shown=_SHOWN_NAMES)
            ),
        ),
    )


def _guide(report: ComparisonReport, colour: Outcome, command: tuple[str, ...]) -> Guide:
    sides = (report.first, report.second)
    return Guide(
        answer=Gist(
            question=f"Are A ({report.first.name}) and B ({report.second.name}) one checkpoint?",
            answer=ours(_ANSWERS.get(report.relation, _NO), colour),
            why=(f"{capitalised('; '.join(report.headline.split('; ')[:_SHOWN_REASONS]))}.",),
        ),
        series=tuple(_series(report.blocks)) if report.differing else (),
        limits=LIMITS,
        command=command or ("weighin", "compare", *(side.name for side in sides)),
    )


def _series(blocks: Sequence[BlockDifference]) -> Iterator[Series]:
    """The blocks of each stack that holds more than one, in their order."""
    stacks: dict[str, list[BlockDifference]] = {}
    for block in blocks:
        stacks.setdefault(_stack(block), []).append(block)
    for stack, members in stacks.items():
        if len(members) > 1:
            number = sum(bool(block.differing) for block in members)
            yield Series(
                title=f"{stack}: {number} of {counted(len(members), 'block')} "
                f"{agreeing(number, 'differ', 'differs')}",
                bars=tuple(_bar([block]) for block in members),
                full="top: distance 1; each line below: 100 times less",
                meaning=_SCALE,
            )


def _not_measured(entries: Sequence[NotMeasured]) -> Iterator[Run]:
    """What was not measured, by the reason."""
    names: dict[str, list[str]] = {}
    for entry in entries:
        names.setdefault(entry.reason, []).append(entry.name)
    for reason, alike in names.items():
        more = len(alike) - _SHOWN_NAMES
        told = ", ".join(alike[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
        yield foreign(f"{told}: {reason}")


def _section(title: str, block: Lines | Bars) -> Section:
    return Section(title=(ours(title),), blocks=(block,))


def _side(side: Side) -> str:
    alone = "" if side.is_readable else " · manifest alone"
    return (
        f"{side.name} · {side.checkpoint_id[:_SHOWN_DIGEST]} · {counted(side.tensors, 'tensor')} · "
        f"{counted(side.parameters, 'parameter')} · {side.dtype} · {_size(side.size_bytes)}{alone}"
    )


def _size(size_bytes: int) -> str:
    power = min(int(math.log10(max(size_bytes, 1))) // 3, len(_UNITS) - 1)
    return f"{size_bytes / _THOUSAND**power:.3g} {_UNITS[power]}"


def _differences(report: ComparisonReport) -> Iterator[Phrase]:
    for difference in report.facets:
        told = [_digest(value) for value in (difference.first, difference.second)]
        words = f"{difference.facet}: {difference.agreement}, {told[0]} and {told[1]}"
        yield (foreign(words),)
    if report.differing:
        words = (
            f"{len(report.differing):,} of {counted(report.pairs, 'tensor')} in both "
            f"{agreeing(len(report.differing), 'differ', 'differs')}, "
            f"{percent(report.share_differing)} of the parameters of A"
        )
        yield (ours(words),)
    if alike := sum(not tensor.elements_differing for tensor in report.measured):
        yield (ours(f"same numbers in other bytes: {counted(alike, 'tensor')} of these"),)
    if report.relative_frobenius is not None:
        cosine = "" if report.cosine is None else f" · cosine {_cosine(report.cosine)}"
        words = (
            f"relative distance {report.relative_frobenius:.4g}{cosine} · largest difference "
            f"{report.max_abs or 0:.4g}, over the tensors that were read"
        )
        yield (ours(words),)
    for names, words in (
        (report.only_in_first, "only in A"),
        (report.only_in_second, "only in B"),
        (report.shapes_differ, "of shapes that cannot be compared"),
    ):
        if names:
            found = Items(tuple(map(name, names)), _SHOWN_NAMES)
            yield ours(f"{counted(len(names), 'tensor')} {words}: "), found


def _digest(value: str | None) -> str:
    return "none" if value is None else value[:_SHOWN_DIGEST]


def _cosine(cosine: float) -> str:
    """As many digits as tell it from 1."""
    distance = 1 - abs(cosine)
    digits = 4 if distance <= 0 else min(12, max(4, 2 - math.floor(math.log10(distance))))
    return f"{cosine:.{digits}f}"


def _bar(run: Sequence[BlockDifference]) -> Bar:
    first, last = run[0], run[-1]
    label = name(first.name if len(run) == 1 else f"{first.name} ... {last.name}")
    if not first.differing:
        return Bar(label, 0, "equal")
    distance = first.relative_frobenius
    remark = f"{first.differing} of {counted(first.tensors, 'tensor')}"
    if distance is None:
        return Bar(label, None, "not measured", remark)
    decades = math.log10(max(distance, _FAINTEST) / _FAINTEST) / -math.log10(_FAINTEST)
    return Bar(label, min(1.0, max(sys.float_info.epsilon, decades)), f"{distance:.3g}", remark)


def _runs(blocks: Sequence[BlockDifference]) -> Iterator[list[BlockDifference]]:
    """Blocks that differ, each alone; neighbours of one stack that do not, together."""
    run: list[BlockDifference] = []
    for block in blocks:
        is_more = run and not block.differing and _stack(run[-1]) == _stack(block)
        if run and not is_more:
            yield run
            run = []
        run.append(block)
        if block.differing:
            yield run
            run = []
    if run:
        yield run


def _stack(block: BlockDifference) -> str:
    stack, _, number = block.name.rpartition(".")
    return stack if number.isdecimal() else block.name


def _tensors(report: ComparisonReport) -> tuple[Section, ...]:
    if not report.measured:
        return ()
    ordered = sorted(report.measured, key=lambda tensor: -(tensor.relative_frobenius or 0.0))
    table = Table(_TENSOR_COLUMNS, tuple(map(_cells, ordered)), shown=_SHOWN_TENSORS)
    title, title_of_some = (ours("Tensors that differ"),), (ours("Tensors that differ most"),)
    return (Section(title=title, title_of_some=title_of_some, blocks=(table,)),)


def _cells(tensor: MeasuredTensor) -> tuple[Run, ...]:
    distance, largest = tensor.relative_frobenius, tensor.max_abs
    return (
        name(tensor.name),
        ours("" if distance is None else f"{distance:.3g}"),
        ours("" if tensor.cosine is None else _cosine(tensor.cosine)),
        ours("" if largest is None else f"{largest:.3g}"),
        foreign(f"{tensor.pattern} {tensor.detail}" if tensor.detail else tensor.pattern),
    )
