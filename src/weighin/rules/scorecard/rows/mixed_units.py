"""Numbers of which nothing tells in what they count."""

from collections.abc import Iterator, Sequence

from weighin.rules.scorecard.interface import ScorecardFinding, Word
from weighin.rules.scorecard.numbers import StatedNumber, in_short


def mixed_units(everything: Sequence[StatedNumber]) -> Iterator[ScorecardFinding]:
    """The question about numbers of which nothing tells whether they are shares."""
    unsure = tuple(s.number for s in everything if not s.number.is_unit_sure)
    if unsure:
        them = "it" if len(unsure) == 1 else "them"
        mixed = "units are mixed, and " if len(unsure) < len(everything) else ""
        names = ", ".join(dict.fromkeys(n.benchmark for n in unsure))
        are = "it is a share or a percentage" if len(unsure) == 1 else "they are shares"
        yield ScorecardFinding(
            word=Word.UNRESOLVED,
            statement=f"{in_short(unsure)}: {mixed}whether {are} is not told; so "
            f"nothing is held against {them}",
            numbers=unsure,
            fix=f"say which: --unit BENCHMARK=share or --unit BENCHMARK=percent, of {names}",
        )
