"""Distribution functions that the standard library lacks, to about 14 digits."""

import math
from collections.abc import Callable
from statistics import NormalDist

_MAX_STEPS = 100_000
_PRECISION = 1e-16
_TINY = 1e-300
_BISECTIONS = 200

_NORMAL = NormalDist()


def normal_cdf(z: float) -> float:
    """Probability that a standard normal variable is at most `z`; accurate in both tails."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_quantile(probability: float) -> float:
    """The z below which a standard normal variable lies with a probability.

    Raises:
        ValueError: The probability is not between 0 and 1, both excluded.
    """
    if not 0 < probability < 1:
        raise ValueError(f"expected a probability above 0 and below 1, found {probability}")
    return _NORMAL.inv_cdf(probability)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised incomplete beta function I_x(a, b): the beta distribution's cdf.

    Args:
        a: First shape, above 0.
        b: Second shape, above 0.
        x: From 0 to 1.

    Raises:
        ValueError: A shape is not above 0, or x not from 0 to 1.
        ArithmeticError: The continued fraction does not converge.

    Source:
        NIST DLMF 8.17.22, evaluated with Lentz's method.
    """
    if not (a > 0 and b > 0 and 0 <= x <= 1):
        raise ValueError(f"expected a > 0, b > 0 and x from 0 to 1, found {a}, {b}, {x}")
    if x in (0.0, 1.0):
        return float(x)
    if x > (a + 1) / (a + b + 2):
        # There the fraction of the mirrored function converges fast.
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    return math.exp(log_front) * _beta_fraction(a, b, x) / a


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, _MAX_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for numerator in (even, odd):
            d = 1.0 / _away_from_zero(1.0 + numerator * d)
            c = _away_from_zero(1.0 + numerator / c)
            fraction *= c * d
        if abs(c * d - 1.0) < _PRECISION * 10:
            return fraction
    raise ArithmeticError(f"I_x({a}, {b}) at {x}: the continued fraction does not converge")


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def binomial_at_least(successes: int, trials: int, probability: float) -> float:
    """Probability of at least some number of successes.

    Args:
        successes: From 0 to `trials`; 0 gives 1.
        trials: Independent trials.
        probability: Of a success in each, from 0 to 1.

    Raises:
        ValueError: The successes are not from 0 to the trials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"expected successes from 0 to {trials}, found {successes}")
    if successes == 0:
        return 1.0
    return incomplete_beta(successes, trials - successes + 1, probability)


def root_of(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that grows from `low` to `high` crosses zero, by bisection.

    Args:
        function: Not falling between the bounds.
        low: Where it is at most zero.
        high: Where it is at least zero.
    """
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def student_two_sided(t: float, degrees: int) -> float:
    """Probability that Student's t lies as far from zero as `t`, or farther, on either side.

    Args:
        t: The statistic; finite.
        degrees: Degrees of freedom, at least 1.

    Source:
        NIST DLMF 8.17(iii) with Abramowitz and Stegun 26.7.1.
    """
    if t * t < 1:
        # Near zero the other argument is as good as 1, and what it lacks of it is lost.
        return 1 - incomplete_beta(0.5, degrees / 2, t * t / (degrees + t * t))
    return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t))


def student_quantile(confidence: float, degrees: int) -> float:
    """How far Student's t lies from zero at most, with a probability.

    Args:
        confidence: Above 0 and below 1.
        degrees: Degrees of freedom, at least 1.
    """
    largest = 1.0
    while student_two_sided(largest, degrees) > 1 - confidence:
        largest *= 2
    return root_of(lambda t: 1 - confidence - student_two_sided(t, degrees), 0.0, largest)
