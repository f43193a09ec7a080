"""The rule `best-of-n-inflation`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import numbers_of
from weighin.rules.scorecard.ratings import (
    Choice,
    RatingGap,
    choice_behind,
    rating_gaps,
    ratings_of,
)
from weighin.statistics.distributions import normal_cdf
from weighin.statistics.order_statistics import expected_maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class BestOfNInflation:
    """Choosing the best of several variants explains a rating's lead by luck alone.

    Why:
        Of 27 variants that are equally good, the best-rated looks better than it is. How much is
        known, so a lead can be held against it.

    How:
        The best of N equal variants is expected m_N standard errors above their mean, m_N being
        the mean of the largest of N normal variables (1.54 for 10, 2.00 for 27). The standard
        error is the largest that a printed interval of the chosen artifact gives, rounded up. It
        is taken off the gap to the other artifact of the name. Two spreads must not be mixed up:
        this one is the noise of one rating, and fades with fresh votes. The spread of true skill
        between variants is another and may be larger; but then the chosen variant really is
        another model, and the rating belongs to it alone.

    Fix:
        Say how many variants were tested, and rate the chosen one again on fresh votes.
    """

    id: ClassVar[str] = "best-of-n-inflation"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every gap of an artifact that was chosen from a known number."""
        ratings = ratings_of(case)
        for gap in rating_gaps(case):
            choice = choice_behind(gap, ratings)
            if choice is not None:
                yield _held_against_luck(gap, choice)


def _held_against_luck(gap: RatingGap, choice: Choice) -> ScorecardFinding:
    attempts, noise, inflation = choice.variants, choice.noise, choice.inflation
    largest = expected_maximum(attempts)
    rest = gap.points - inflation
    chosen = gap.high.artifact.name
    told = (
        f"choosing the best of {attempts} equal variants is worth +{inflation:.1f} points by luck "
        "alone"
    )
    return ScorecardFinding(
        word=Word.DIFFERENT_ARTIFACT,
        statement=f"{told}, which does not explain the {gap.points:.0f} points by which {chosen} "
        f"leads {gap.low.artifact.name}",
        unresolved=f"{told}, which may explain the {gap.points:.0f} points by which {chosen} leads "
        f"{gap.low.artifact.name}",
        arithmetic=f"standard error of one rating {noise:.1f}, times {largest:.3f}, the expected "
        f"largest of {attempts} normal variables, is {inflation:.1f}; {gap.points:.0f} - "
        f"{inflation:.1f} = {rest:.1f}, over {gap.error:.1f} is z = {rest / gap.error:.1f}. "
        f"If the variants differ in skill as well, the best of {attempts} may lead by more; but "
        "that lead is then of the chosen variant alone",
        numbers=numbers_of((gap.high, gap.low)),
        p_value=normal_cdf(-rest / gap.error),
        about=gap.about,
        in_short=told,
        fix="rate the chosen artifact again on fresh votes, and publish that artifact",
    )
