"""The rule `arena-gap`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import numbers_of, version_words
from weighin.rules.scorecard.ratings import rating_error, rating_gaps
from weighin.statistics.distributions import normal_cdf


@dataclass(frozen=True, slots=True, kw_only=True)
class ArenaGap:
    """Artifacts of one name have the same rating, as far as their intervals tell.

    Why:
        Where a chat-tuned variant stands in for the released model, the rating of the variant is
        read as that of the model. The gap between both is what the substitution is worth.

    How:
        Ratings of two artifacts under one public name in one snapshot of one board. A 95 %
        interval is 1.96 standard errors to each side; those of a difference add in squares.
        Ratings of different snapshots are not compared: a board is re-anchored over time.

    Fix:
        Publish the rating of the released artifact, and name the other one beside its own.
    """

    id: ClassVar[str] = "arena-gap"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every two artifacts of one name that one snapshot rates."""
        for gap in rating_gaps(case):
            first, second = gap.high, gap.low
            where = version_words(first.number.source)
            told = f"{where} rates {first.artifact.name} {first.number.printed} and "
            told += f"{second.artifact.name} {second.number.printed}"
            yield ScorecardFinding(
                word=Word.DIFFERENT_ARTIFACT,
                statement=f"{told}: {gap.points:.0f} ± {gap.error:.1f} points apart under the one "
                f"name {first.artifact.claimed_as}",
                unresolved=f"{told}: {gap.points:.0f} ± {gap.error:.1f} points, which chance may "
                "explain",
                arithmetic=f"{first.number.printed} - {second.number.printed} = {gap.points:.0f}; "
                f"standard errors {rating_error(first):.1f} and {rating_error(second):.1f} from "
                f"the printed intervals, {gap.error:.1f} together (the ±); "
                f"z = {gap.points / gap.error:.1f}; the first wins "
                f"{_win_share(gap.points):.0%} of votes between them",
                numbers=numbers_of((first, second)),
                p_value=2 * normal_cdf(-gap.points / gap.error),
                about=gap.about,
                in_short=f"{where} rates it {gap.points:.0f} ± {gap.error:.1f} points above "
                f"{second.artifact.name}, ± being one standard error",
                fix="publish the rating of the artifact that people can obtain",
            )


def _win_share(points: float) -> float:
    """Share of votes that a lead wins on the scale of an arena."""
    return float(1 / (1 + 10 ** (-points / 400)))
