"""The rule `declared-everywhere`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weighin.rules.scorecard.declared.printed_alike import declared, printed_alike
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    in_short,
    numbers_of,
    passes_in,
    version_words,
)
from weighin.rules.shared.wording import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredEverywhere:
    """What one source declares of a number, the others that print it declare, too.

    Why:
        Readers of a table do not see the footnote of a blog. A number that needs several passes,
        votes or a tool is another number without that remark.

    How:
        Numbers of one artifact on one benchmark that are printed alike in different sources, of
        which one declares passes, votes, shots, temperature, effort, tools or a subset and another
        does not.

    Fix:
        Repeat the declaration wherever the number is printed.
    """

    id: ClassVar[str] = "declared-everywhere"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for everything that some sources declare and others do not."""
        gaps: dict[tuple[str, ...], list[_Gap]] = {}
        for alike in printed_alike(case):
            for stated in alike:
                if missing := _missing(stated, alike):
                    gaps.setdefault(tuple(_declarations(missing)), []).append((stated, missing))
        for same in gaps.values():
            yield _left_out(same)


_Gap = tuple[StatedNumber, Mapping[str, StatedNumber]]
"""A number, and who declares what it does not."""


def _missing(stated: StatedNumber, alike: Sequence[StatedNumber]) -> Mapping[str, StatedNumber]:
    """What others declare of a number and it does not: who says it, by the word for it."""
    ours = declared(stated.number.protocol)
    missing: dict[str, StatedNumber] = {}
    for other in alike:
        for field in declared(other.number.protocol).keys() - ours.keys():
            missing.setdefault(field, other)
    return missing


def _declarations(missing: Mapping[str, StatedNumber]) -> Iterator[str]:
    for field, other in sorted(missing.items()):
        value = declared(other.number.protocol)[field]
        yield f"{field} {value} in {version_words(other.number.source)}"


def _left_out(same: Sequence[_Gap]) -> ScorecardFinding:
    """The finding on numbers of which some sources declare what others leave out."""
    missing = same[0][1]
    silent = tuple(dict.fromkeys(stated.number.source.title for stated, _ in same))
    telling = tuple(dict.fromkeys(other.number.source.title for other in missing.values()))
    numbers = numbers_of(stated for stated, _ in same)
    others = numbers_of(other for _, found in same for other in found.values())
    return ScorecardFinding(
        word=Word.UNDECLARED,
        statement=f"{in_short(numbers)}: {listed(tuple(sorted(missing)))} declared in "
        f"{listed(telling)}, not in {listed(silent)}",
        arithmetic="; ".join(_declarations(missing)),
        numbers=tuple(dict.fromkeys((*numbers, *others))),
        tells=tuple(
            dict.fromkeys(
                passes_in(stated.number.source, stated.subject)
                for stated, left_out in same
                if "passes" in left_out
            )
        ),
        is_headline=True,
        fix=f"repeat the declaration in {listed(silent)}",
    )
