"""The rule `denominator-profile`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.rules.scorecard.counting.denominators import countings, why_not_counted
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import StatedNumber, grouped, numbers_of, stated_numbers
from weighin.rules.shared.wording import count
from weighin.statistics.printed_numbers import (
    DenominatorFit,
    Power,
    coarsest_of,
    denominator_profile,
    power_of,
    random_pass_rate,
)

_FEWEST_NUMBERS = 5
_SHOWN_FITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DenominatorProfile:
    """A column of numbers shares one number of documents and passes.

    Why:
        One number fits 198 documents by luck one time in five; ten numbers do not. A column tells
        how a benchmark was scored where no number alone can.

    How:
        For every way of counting and up to `most_passes` passes: how many numbers of the column
        can be had, and how likely random numbers of so many digits are to do as well; times the
        number of ways tried. Columns of fewer than five numbers, and ways that fit nearly every
        number, are left out.

    Fix:
        Declare documents and passes for the column.

    Attributes:
        most_passes: The largest number of passes that is tried.
    """

    id: ClassVar[str] = "denominator-profile"
    most_passes: int = 10

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every benchmark with enough numbers that can be counted."""
        counted = [s for s in stated_numbers(case) if s.is_share and not why_not_counted(s)]
        for column in grouped(counted, lambda s: s.subject).values():
            # Numbers that were copied from one table to the next are one number.
            distinct = tuple(
                {(s.artifact.name, s.number.printed): s for s in reversed(column)}.values()
            )[::-1]
            if len(distinct) >= _FEWEST_NUMBERS:
                yield from self._of(distinct)

    def _of(self, column: tuple[StatedNumber, ...]) -> Iterator[ScorecardFinding]:
        values = [stated.value for stated in column]
        ways = {
            (way.denominator, passes)
            for stated in column
            for way in countings(stated)
            if way.is_plain
            for passes in range(1, self.most_passes + 1)
        }
        coarsest = coarsest_of(values)
        informative = [
            (denominator, passes)
            for denominator, passes in sorted(ways, key=lambda pair: (pair[1], pair[0]))
            if power_of(random_pass_rate(coarsest, denominator * passes)) is not Power.VOID
        ]
        if not informative:
            return
        fits = denominator_profile(values, [d * passes for d, passes in informative])
        ranked = sorted(zip(fits, informative, strict=True), key=lambda pair: pair[0].p_value)
        best, (denominator, passes) = ranked[0]
        told = f"{len(column)} numbers on {column[0].number.benchmark}"
        yield ScorecardFinding(
            word=Word.CONSISTENT,
            statement=f"{told}: {best.attainable} of them fit {_in_words(denominator, passes)}, "
            "which random numbers would not",
            unresolved=f"{told}: too few, or of too few digits, to tell over how many documents "
            "and passes they were scored",
            arithmetic="; ".join(_told(one, *pair) for one, pair in ranked[:_SHOWN_FITS])
            + f"; {count(len(informative), 'way')} tried",
            numbers=numbers_of(column),
            otherwise=Word.VOID,
            has_power=False,
            p_value=min(1.0, best.p_value * len(informative)),
            fix="declare documents and passes for the column",
        )


def _in_words(denominator: int, passes: int) -> str:
    over = f"over {denominator} documents"
    return f"one pass {over}" if passes == 1 else f"{passes} passes {over}"


def _told(one: DenominatorFit, denominator: int, passes: int) -> str:
    return (
        f"{_in_words(denominator, passes)}: {one.attainable} of {one.numbers}, "
        f"chance {one.p_value:.1g}"
    )
