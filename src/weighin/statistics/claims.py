"""A published score against a run of one's own: confirmed, overstated, or not resolved."""

import math
from dataclasses import dataclass
from enum import StrEnum

from weighin.statistics.distributions import normal_cdf, normal_quantile

DEFAULT_ALPHA = 0.05
DEFAULT_POWER = 0.8
_LARGEST_ALPHA = 0.5


class ClaimVerdict(StrEnum):
    """The three answers to a claim."""

    CONFIRMED = "confirmed"
    """The claim and the run are the same within the margin."""
    OVERSTATED = "overstated"
    """The claim is above the run by more than chance and rounding explain."""
    UNRESOLVED = "unresolved"
    """Neither: the run is too small to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimComparison:
    """A claim held against a run.

    Attributes:
        verdict: The answer.
        difference: Run minus claim, in the units of the score.
        equivalence_p_value: Of the two one-sided tests: small confirms.
        overstatement_p_value: One-sided, of the run being no lower than the claim: small says that
            the claim is overstated.
        documents_needed: Documents that would confirm a true claim with the power asked for.
    """

    verdict: ClaimVerdict
    difference: float
    equivalence_p_value: float
    overstatement_p_value: float
    documents_needed: int


def compare_claim(  # noqa: PLR0913  # each is a number of its own
    *,
    claimed: float,
    measured: float,
    standard_error: float,
    margin: float,
    rounding: float = 0.0,
    alpha: float = DEFAULT_ALPHA,
    power: float = DEFAULT_POWER,
) -> ClaimComparison:
    """Hold a claim against a run, with the rounding of the claim given to it on both sides.

    Args:
        claimed: The printed score, from 0 to 1.
        measured: The score of the run, from 0 to 1.
        standard_error: Of the run, in the same units, above 0.
        margin: The largest difference that does not matter, above 0.
        rounding: Half a unit of the last printed digit.
        alpha: Chance of a wrong confirmation, and of a wrong overstatement.
        power: For `documents_needed`.

    Raises:
        ValueError: The margin or the standard error is not above 0, or alpha not below 0.5.

    Source:
        Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15: two one-sided tests.
    """
    if not (margin > 0 and standard_error > 0 and 0 < alpha < _LARGEST_ALPHA and rounding >= 0):
        raise ValueError(
            "expected a margin and a standard error above 0, alpha above 0 and below 0.5, found "
            f"{margin}, {standard_error}, {alpha}"
        )
    difference = measured - claimed
    # Worst case of what was printed: the claim may be anywhere within its rounding.
    distance = abs(difference) + rounding
    equivalence = normal_cdf((distance - margin) / standard_error)
    overstatement = normal_cdf((difference + rounding) / standard_error)
    verdict = ClaimVerdict.UNRESOLVED
    if equivalence < alpha:
        verdict = ClaimVerdict.CONFIRMED
    elif overstatement < alpha:
        verdict = ClaimVerdict.OVERSTATED
    return ClaimComparison(
        verdict=verdict,
        difference=difference,
        equivalence_p_value=equivalence,
        overstatement_p_value=overstatement,
        documents_needed=documents_to_confirm(
            share=claimed, margin=margin, rounding=rounding, alpha=alpha, power=power
        ),
    )


def documents_to_confirm(
    *,
    share: float,
    margin: float,
    rounding: float = 0.0,
    alpha: float = DEFAULT_ALPHA,
    power: float = DEFAULT_POWER,
) -> int:
    """Documents that confirm a true claim on a score of 0 or 1 a document.

    Args:
        share: The claimed score, from 0 to 1.
        margin: The largest difference that does not matter, above `rounding`.
        rounding: Half a unit of the last printed digit.
        alpha: Chance of a wrong confirmation.
        power: Chance of a right one.

    Returns:
        At least 2.

    Raises:
        ValueError: The margin is not above the rounding, or the share not from 0 to 1.

    Source:
        Chow, Shao and Wang (2008), Sample Size Calculations in Clinical Research, section 4.1.3,
        for one sample and a true difference of 0.
    """
    if not 0 <= share <= 1 or not margin > rounding:
        raise ValueError(
            f"expected a share from 0 to 1 and a margin above {rounding}, found {share}, {margin}"
        )
    z = normal_quantile(1 - alpha) + normal_quantile((1 + power) / 2)
    return max(2, math.ceil(z**2 * share * (1 - share) / (margin - rounding) ** 2))
