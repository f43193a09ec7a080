"""Ratings of an arena: how far two artifacts of one name are apart, and what luck explains."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from weighin.evidence.scorecard import Availability, Unit
from weighin.rules.scorecard.interface import ScorecardCase
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    grouped,
    read_number,
    source_key,
    stated_numbers,
)
from weighin.rules.scorecard.one_artifact import are_one
from weighin.statistics.distributions import normal_quantile
from weighin.statistics.order_statistics import expected_maximum

_HALF_OF_95 = normal_quantile(0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingGap:
    """Two ratings of one name in one snapshot, the higher first.

    Attributes:
        high: The higher rating.
        low: The lower one.
    """

    high: StatedNumber
    low: StatedNumber

    @property
    def points(self) -> float:
        """How far they are apart."""
        return float(self.high.value.value - self.low.value.value)

    @property
    def about(self) -> str:
        """The fact that it belongs to: that an artifact which nobody has bears the name."""
        hidden = [
            s.artifact.name
            for s in (self.high, self.low)
            if s.artifact.availability is Availability.NEVER_PUBLISHED
        ]
        return hidden[0] if len(hidden) == 1 else ""

    @property
    def error(self) -> float:
        """Standard error of that."""
        return math.hypot(rating_error(self.high), rating_error(self.low))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An artifact was chosen from several variants by their ratings.

    Attributes:
        variants: How many, at least 2.
        noise: Standard error of one rating, rounded up to a tenth.
    """

    variants: int
    noise: float

    @property
    def inflation(self) -> float:
        """By how much the best of equal variants is expected to lead their mean, in points."""
        return self.noise * expected_maximum(self.variants)


def ratings_of(case: ScorecardCase) -> tuple[StatedNumber, ...]:
    """Ratings with an interval that leaves room for chance."""
    return tuple(
        s
        for s in stated_numbers(case)
        if s.number.unit is Unit.RATING and s.number.interval is not None and rating_error(s) > 0
    )


def rating_gaps(case: ScorecardCase) -> Iterator[RatingGap]:
    """Every two ratings of different artifacts of one name in one snapshot of one board."""
    for rated in grouped(ratings_of(case), _snapshot).values():
        for pair in combinations(rated, 2):
            if not are_one(pair[0].artifact, pair[1].artifact):
                low, high = sorted(pair, key=lambda s: s.value.value)
                yield RatingGap(high=high, low=low)


def choice_behind(gap: RatingGap, ratings: Sequence[StatedNumber]) -> Choice | None:
    """The choice that the higher rating comes from; `None` if none is known.

    Args:
        gap: The two ratings.
        ratings: All ratings, for the noise of one of the chosen artifact.
    """
    chosen = gap.high.artifact
    if chosen.variants_tested is None or chosen.variants_tested < 2:  # noqa: PLR2004  # one is no choice
        return None
    noise = max(rating_error(other) for other in ratings if other.artifact.name == chosen.name)
    return Choice(variants=chosen.variants_tested, noise=math.ceil(noise * 10) / 10)


def _snapshot(stated: StatedNumber) -> tuple[object, ...]:
    number = stated.number
    return (stated.artifact.claimed_as, stated.subject, source_key(number.source), number.metric)


def half_widths(stated: StatedNumber) -> tuple[float, float]:
    """By how much the printed 95 % interval of a rating reaches above and below it.

    Raises:
        EvidenceError: It has no digit.
    """
    upper, lower = (
        float(read_number(text.lstrip("+-±−"), Unit.RATING, stated.cited).value)
        for text in stated.number.interval or ("0", "0")
    )
    return upper, lower


def rating_error(stated: StatedNumber) -> float:
    """Standard error of a rating: half of its 95 % interval, over 1.96."""
    return sum(half_widths(stated)) / 2 / _HALF_OF_95
