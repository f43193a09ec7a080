"""Ratings of an arena: how far two artifacts of one name are apart, and what luck explains."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from weighin.evidence.scorecard import Unit
from weighin.rules.scorecard_artifacts import are_one
from weighin.rules.scorecard_interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard_numbers import (
    StatedNumber,
    grouped,
    numbers_of,
    read_number,
    source_key,
    stated_numbers,
    version_words,
)
from weighin.statistics.distributions import normal_cdf, normal_quantile
from weighin.statistics.planning import expected_maximum

_HALF_OF_95 = normal_quantile(0.975)


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
                fix="publish the rating of the artifact that people can obtain",
            )


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


def _win_share(points: float) -> float:
    """Share of votes that a lead wins on the scale of an arena."""
    return float(1 / (1 + 10 ** (-points / 400)))


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
        fix="rate the chosen artifact again on fresh votes, and publish that artifact",
    )
