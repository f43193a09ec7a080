"""Names under which one table prints two numbers of one benchmark."""

from collections import Counter
from collections.abc import Iterator, Sequence

from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    grouped,
    in_short,
    numbers_of,
    source_key,
    source_words,
    stated_numbers,
)


def names_with_two_numbers(case: ScorecardCase) -> Iterator[ScorecardFinding]:
    """A finding for every name of which one place prints numbers that are not one rounded."""
    everything = [s for s in stated_numbers(case) if s.is_claim]
    averages = Counter(_row(s) for s in everything if s.is_average)
    # A row of several groups of benchmarks has an average of each.
    claims = [s for s in everything if not s.is_average or averages[_row(s)] == 1]
    twice: dict[tuple[str, object], list[StatedNumber]] = {}
    for alike in grouped(claims, _question).values():
        if len(alike) > 1 and not _are_one_rounded(alike):
            name, place = alike[0].artifact.name, _place(alike[0])
            twice.setdefault((name, place), []).extend(alike)
    for (name, _), stated in twice.items():
        yield ScorecardFinding(
            word=Word.UNDECLARED,
            statement=f"{name} is one name with two numbers in "
            f"{source_words(stated[0].number.source)}: {in_short(numbers_of(stated))}; what tells "
            "them apart is not said",
            numbers=numbers_of(stated),
            fix="give each its own name, or say in which setting each was scored",
            kind="printed twice, with two values",
        )


def _row(stated: StatedNumber) -> tuple[object, ...]:
    line = stated.number.pointer.partition(",")[0]
    return (stated.artifact.name, _place(stated), stated.number.row, line)


def _place(stated: StatedNumber) -> tuple[object, ...]:
    return (source_key(stated.number.source), stated.number.source.place, stated.number.by)


def _question(stated: StatedNumber) -> tuple[object, ...]:
    number, protocol = stated.number, stated.number.protocol
    said = (
        protocol.shots,
        protocol.passes,
        protocol.votes,
        protocol.temperature,
        protocol.averaging,
        protocol.tools,
        protocol.effort,
        protocol.subset,
    )
    # Two labels that the registry takes for one benchmark may still be two settings of it.
    asked = (number.benchmark, number.metric, number.split, number.unit, number.is_unit_sure)
    return (stated.artifact.name, _place(stated), asked, said)


def _are_one_rounded(alike: Sequence[StatedNumber]) -> bool:
    """Whether all can be one value that was printed with more or fewer digits."""
    low = max(s.value.value - s.value.rounding for s in alike)
    high = min(s.value.value + s.value.rounding for s in alike)
    return low <= high
