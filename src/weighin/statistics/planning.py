"""How many documents a difference needs, and what choosing the best of many attempts is worth."""

import math

from weighin.statistics.claims import DEFAULT_ALPHA, DEFAULT_POWER
from weighin.statistics.distributions import normal_cdf, normal_quantile

_INTEGRATION_LIMIT = 12.0
_INTEGRATION_STEPS = 4800


def documents_to_detect(
    difference: float,
    variance: float,
    *,
    alpha: float = DEFAULT_ALPHA,
    power: float = DEFAULT_POWER,
) -> int:
    """Documents that show a difference between two runs over the same documents.

    Args:
        difference: To be shown, in the units of the score; not 0.
        variance: Of the difference of a document's two scores, above 0.
        alpha: Two-sided chance of a false alarm.
        power: Chance to show it.

    Raises:
        ValueError: The difference is 0, or the variance not above 0.

    Source:
        Miller (2024), arXiv:2411.00640, eq. 9.
    """
    if difference == 0 or not variance > 0:
        raise ValueError(
            f"expected a difference and a variance above 0, found {difference}, {variance}"
        )
    return math.ceil(_z(alpha, power) ** 2 * variance / difference**2)


def minimum_detectable_difference(
    standard_error: float, *, alpha: float = DEFAULT_ALPHA, power: float = DEFAULT_POWER
) -> float:
    """The smallest true difference that a comparison shows with the given power.

    Args:
        standard_error: Of the difference, from 0.
        alpha: Two-sided chance of a false alarm.
        power: Chance to show it.

    Raises:
        ValueError: The standard error is negative.
    """
    if standard_error < 0:
        raise ValueError(f"expected a standard error from 0, found {standard_error}")
    return _z(alpha, power) * standard_error


def expected_maximum(attempts: int) -> float:
    """Expected largest of some standard normal variables.

    Args:
        attempts: At least 1; 1 gives 0.

    Raises:
        ValueError: There is no attempt.

    Source:
        Tippett (1925), Biometrika 17: the integral of 1 - F^n over the line, by Simpson's rule.
    """
    if attempts < 1:
        raise ValueError(f"expected at least one attempt, found {attempts}")
    step = _INTEGRATION_LIMIT / _INTEGRATION_STEPS
    total = 0.0
    for n in range(_INTEGRATION_STEPS + 1):
        x = n * step
        weight = 1 if n in (0, _INTEGRATION_STEPS) else 2 + 2 * (n % 2)
        # log1p keeps the far tail, where the distribution function is 1 in doubles.
        upper = -math.expm1(attempts * math.log1p(-normal_cdf(-x)))
        total += weight * (upper - normal_cdf(-x) ** attempts)
    return total * step / 3


def best_of_n_inflation(attempts: int, spread: float, *, correlation: float = 0.0) -> float:
    """How much the best of several attempts is above their mean, if they differ by chance only.

    Args:
        attempts: At least 1.
        spread: Standard deviation of an attempt. The noise of one score if all attempts are one
            model; the spread of true scores if each is another model.
        correlation: Between attempts, from 0 to 1: what they share does not help to choose.

    Returns:
        In the units of `spread`.

    Raises:
        ValueError: The spread is negative, or the correlation not from 0 to 1.
    """
    if spread < 0 or not 0 <= correlation <= 1:
        raise ValueError(
            f"expected a spread from 0 and a correlation from 0 to 1, found {spread}, {correlation}"
        )
    return spread * math.sqrt(1 - correlation) * expected_maximum(attempts)


def _z(alpha: float, power: float) -> float:
    return normal_quantile(1 - alpha / 2) + normal_quantile(power)
