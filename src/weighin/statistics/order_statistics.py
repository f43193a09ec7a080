"""What choosing the best of many attempts is worth."""

import math

from weighin.statistics.distributions import normal_cdf

_INTEGRATION_LIMIT = 12.0
_INTEGRATION_STEPS = 4800


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
