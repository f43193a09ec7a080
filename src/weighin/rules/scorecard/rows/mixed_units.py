"""Numbers of which nothing tells for sure in what they count."""

from collections.abc import Iterator, Sequence

from weighin.rules.scorecard.interface import ScorecardFinding, Word
from weighin.rules.scorecard.numbers import StatedNumber, in_short
from weighin.rules.shared.wording import listed

_MOST_NAMED = 6


def mixed_units(everything: Sequence[StatedNumber]) -> Iterator[ScorecardFinding]:
    """The question about numbers of which nothing tells for sure in what they count."""
    unsure = tuple(s.number for s in everything if not s.number.is_unit_sure)
    if unsure:
        them = "it counts" if len(unsure) == 1 else "they count"
        names = listed(tuple(dict.fromkeys(n.benchmark for n in unsure)), _MOST_NAMED)
        yield ScorecardFinding(
            word=Word.UNRESOLVED,
            statement=f"{in_short(unsure)}: in what {them} is not told; so nothing is held against "
            f"{'it' if len(unsure) == 1 else 'them'}",
            numbers=unsure,
            fix=f"say which: --unit BENCHMARK=share or --unit BENCHMARK=percent, of {names}",
        )
