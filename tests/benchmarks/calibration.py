"""False-alarm rate of every test at its nominal level, and power at stated effects, by simulation.

Prints a line a test: what was simulated, the nominal rate, the rate that was found with its Monte
Carlo error. It fails if a false-alarm rate is above its nominal level by more than four Monte Carlo
errors, or a stated power is missed by as much.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.making.rules.cards import case, number, rating, rerun

from weighin.rules.scorecard.checks.arena_gap import ArenaGap
from weighin.rules.scorecard.checks.attainable_score import AttainableScore
from weighin.rules.scorecard.checks.claim_against_rerun import ClaimAgainstRerun
from weighin.rules.scorecard.interface import Word
from weighin.rules.scorecard.judge import judge_scorecard
from weighin.statistics.claims import ClaimVerdict, compare_claim, documents_to_confirm
from weighin.statistics.distributions import normal_cdf
from weighin.statistics.intervals import (
    clopper_pearson_interval,
    hypergeometric_interval,
    wilson_interval,
)
from weighin.statistics.multiplicity import holm
from weighin.statistics.order_statistics import expected_maximum
from weighin.statistics.paired import mcnemar_exact, paired_difference
from weighin.statistics.printed_numbers import (
    attainable_counts,
    denominator_profile,
    documents_from_standard_error,
    printed_number,
)
from weighin.statistics.standard_errors import share_standard_error

RUNS, SEED = 20_000, 20_250_405
ALPHA, POWER = 0.05, 0.8
MARGIN, ERRORS_ALLOWED = 0.02, 4
_LARGEST = {variants: expected_maximum(variants) for variants in (1, 27)}

Random: TypeAlias = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """One property of one test.

    Attributes:
        test: Which test.
        setting: What is simulated.
        nominal: The rate that the test promises: at most for alarms, at least for power.
        happens: Simulates once; whether the test said it.
        is_power: Whether the rate should be large.
        cost: A run of it counts as so many.
    """

    test: str
    setting: str
    nominal: float
    happens: Callable[[Random], bool]
    is_power: bool = False
    cost: int = 1

    def rate(self, runs: int, seed: int) -> tuple[float, float]:
        """The rate over some runs, and the Monte Carlo error of a rate that is as promised."""
        random = np.random.default_rng([seed, sum(map(ord, self.test + self.setting))])
        count = max(50, runs // self.cost)
        found = sum(self.happens(random) for _ in range(count)) / count
        return found, math.sqrt(max(self.nominal * (1 - self.nominal), 1 / count) / count)

    def is_kept(self, rate: float, error: float) -> bool:
        """Whether a rate is on the promised side, give or take chance."""
        slack = ERRORS_ALLOWED * error
        return rate >= self.nominal - slack if self.is_power else rate <= self.nominal + slack


def _claim(random: Random, true: float, claimed: float, documents: int) -> ClaimVerdict:
    measured = random.binomial(documents, true) / documents
    return compare_claim(
        claimed=claimed,
        measured=measured,
        standard_error=max(1e-9, share_standard_error(measured, documents)),
        margin=MARGIN,
        alpha=ALPHA,
    ).verdict


def _false_confirmation(random: Random) -> bool:
    return _claim(random, 0.68, 0.70, 12_032) is ClaimVerdict.CONFIRMED


def _false_overstatement(random: Random) -> bool:
    return _claim(random, 0.70, 0.70, 1_319) is ClaimVerdict.OVERSTATED


def _right_confirmation(random: Random) -> bool:
    needed = documents_to_confirm(share=0.7, margin=MARGIN, alpha=ALPHA, power=POWER)
    return _claim(random, 0.70, 0.70, needed) is ClaimVerdict.CONFIRMED


def _right_overstatement(random: Random) -> bool:
    return _claim(random, 0.65, 0.70, 1_319) is ClaimVerdict.OVERSTATED


def _mcnemar(random: Random, share: float, discordant: int) -> bool:
    first = int(random.binomial(discordant, share))
    return mcnemar_exact(first, discordant - first) < ALPHA


def _paired(random: Random, documents: int) -> bool:
    """Whether the difference of two equal runs is above 1.96 of its standard errors."""
    ease = random.uniform(0.1, 0.9, documents)
    first, second = (random.random((2, documents)) < ease).astype(float)
    found = paired_difference(first, second)
    return abs(found.value) > 1.96 * found.standard_error


def _clustered(random: Random, documents: int, clusters: int) -> bool:
    """The same where the documents of a cluster gain and lose together, nothing on average."""
    groups = np.arange(documents) % clusters
    ease = random.uniform(0.4, 0.6, clusters)
    gain = random.uniform(-0.3, 0.3, clusters)
    first = (random.random(documents) < ease[groups]).astype(float)
    second = (random.random(documents) < (ease + gain)[groups]).astype(float)
    found = paired_difference(first, second, groups)
    return abs(found.value) > 1.96 * found.standard_error


def _missed(random: Random, interval: Callable[[int, int], tuple[float, float]]) -> bool:
    share = random.uniform(0.05, 0.95)
    low, high = interval(int(random.binomial(198, share)), 198)
    return not low <= share <= high


def _hypergeometric(random: Random) -> bool:
    right = int(random.integers(100, 1_220))
    found = int(random.hypergeometric(right, 1_319 - right, 100))
    low, high = hypergeometric_interval(found, 100, 1_319)
    return not low <= right <= high


def _holm(random: Random) -> bool:
    """Whether any of 20 tests, of which 15 have nothing to find, is a false alarm."""
    shift = np.r_[np.zeros(15), np.full(5, 3.0)]
    p_values = [normal_cdf(-float(z)) for z in random.standard_normal(20) + shift]
    return any(p < ALPHA for p in holm(p_values)[:15])


def _printed(share: float) -> str:
    return f"{share * 100:.1f}"


def _honest_is_not_attainable(random: Random) -> bool:
    value = printed_number(_printed(int(random.integers(0, 199)) / 198), is_percentage=True)
    return not attainable_counts(value, 198)


def _random_is_attainable(random: Random) -> bool:
    value = printed_number(_printed(random.random()), is_percentage=True)
    return bool(attainable_counts(value, 198))


def _profile(numbers: list[str]) -> bool:
    values = [printed_number(text, is_percentage=True) for text in numbers]
    return denominator_profile(values, [198])[0].p_value < ALPHA


def _random_column(random: Random) -> bool:
    return _profile([_printed(random.random()) for _ in range(8)])


def _honest_column(random: Random) -> bool:
    return _profile([_printed(int(k) / 198) for k in random.integers(0, 199, 8)])


def _wrong_n(random: Random) -> bool:
    """Whether the documents behind a printed score and error are not among those recovered."""
    documents = int(random.integers(50, 2_000))
    right = int(random.integers(1, documents))
    error = share_standard_error(right / documents, documents)
    score = printed_number(f"{right / documents:.4f}", is_percentage=False)
    try:
        bounds = documents_from_standard_error(
            score, printed_number(f"{error:.4f}", is_percentage=False)
        )
    except ValueError:
        return False
    return documents not in bounds


def _arena(random: Random, gap: float, variants: int = 1) -> bool:
    """Whether a lead is called more than luck; of the best of some variants, one kind of noise."""
    noise = 6.4
    chosen = gap + noise * random.standard_normal(variants).max()
    lead = chosen - noise * random.standard_normal()
    rest = lead - noise * _LARGEST[variants]
    tail = normal_cdf(-abs(rest) / (noise * math.sqrt(2)))
    return (2 * tail if variants == 1 else normal_cdf(-rest / (noise * math.sqrt(2)))) < ALPHA


def _whole_report(random: Random) -> bool:
    """Whether a card of true claims, re-runs and equal ratings gets any firm word."""
    numbers = []
    for place, share in enumerate(random.uniform(0.4, 0.9, 5)):
        of = f"m{place}"
        right = int(random.binomial(164, share))
        numbers += [
            number(f"{100 * right / 164:.1f}", "HumanEval", of=of),
            number(f"{100 * share:.1f}", "MMLU Pro", of=of),
            rerun(f"{random.binomial(12_032, share) / 120.32:.2f}", "MMLU Pro", of=of),
        ]
    ratings = {of: f"{1_300 + 5.1 * random.standard_normal():.0f}" for of in ("one", "other")}
    numbers += [
        rating(printed, ("+10", "-10"), of=of, day="2025-04-11") for of, printed in ratings.items()
    ]
    report = judge_scorecard(case(*numbers), (AttainableScore, ArenaGap, ClaimAgainstRerun))
    return report.worst in {Word.IMPOSSIBLE, Word.DIFFERENT_ARTIFACT, Word.OVERSTATED}


SIMULATIONS = (
    Simulation(
        test="whole report",
        setting="any firm word on 15 true scores, 5 of them re-run, and 2 equal ratings",
        nominal=ALPHA,
        happens=_whole_report,
        cost=20,
    ),
    Simulation(
        test="claim confirmed",
        setting="true score 2 points below the claim, margin 2 points, 12,032 documents",
        nominal=ALPHA,
        happens=_false_confirmation,
    ),
    Simulation(
        test="claim overstated",
        setting="true claim, 1,319 documents",
        nominal=ALPHA,
        happens=_false_overstatement,
    ),
    Simulation(
        test="claim confirmed",
        setting="true claim, as many documents as it says are needed",
        nominal=POWER,
        happens=_right_confirmation,
        is_power=True,
    ),
    Simulation(
        test="claim overstated",
        setting="true score 5 points below the claim, 1,319 documents",
        nominal=0.98,
        happens=_right_overstatement,
        is_power=True,
    ),
    Simulation(
        test="exact McNemar",
        setting="equal runs, 60 discordant pairs",
        nominal=ALPHA,
        happens=lambda random: _mcnemar(random, 0.5, 60),
    ),
    Simulation(
        test="exact McNemar",
        setting="7 of 10 discordant pairs one way, 60 pairs",
        nominal=POWER,
        happens=lambda random: _mcnemar(random, 0.7, 60),
        is_power=True,
    ),
    Simulation(
        test="paired difference",
        setting="equal runs, 1,000 documents",
        nominal=ALPHA,
        happens=lambda random: _paired(random, 1_000),
        cost=4,
    ),
    Simulation(
        test="paired difference, clusters",
        setting="equal runs, 100 clusters of 10 that gain and lose together",
        nominal=ALPHA,
        happens=lambda random: _clustered(random, 1_000, 100),
        cost=4,
    ),
    Simulation(
        test="Clopper-Pearson interval",
        setting="misses the true share, 198 documents",
        nominal=ALPHA,
        happens=lambda random: _missed(random, clopper_pearson_interval),
        cost=40,
    ),
    Simulation(
        test="Wilson interval",
        setting="misses the true share, 198 documents, on average over shares",
        nominal=ALPHA,
        happens=lambda random: _missed(random, wilson_interval),
    ),
    Simulation(
        test="hypergeometric interval",
        setting="misses the score on 1,319 documents, from 100 of them",
        nominal=ALPHA,
        happens=_hypergeometric,
        cost=40,
    ),
    Simulation(
        test="Holm",
        setting="any false alarm among 20 tests, 15 of them with nothing to find",
        nominal=ALPHA,
        happens=_holm,
    ),
    Simulation(
        test="attainable score",
        setting="a true score over 198 documents is called impossible",
        nominal=0.0,
        happens=_honest_is_not_attainable,
    ),
    Simulation(
        test="attainable score",
        setting="a random number of one decimal passes, 198 documents",
        nominal=0.199,
        happens=_random_is_attainable,
    ),
    Simulation(
        test="denominator profile",
        setting="8 random numbers fit 198 documents",
        nominal=ALPHA,
        happens=_random_column,
    ),
    Simulation(
        test="denominator profile",
        setting="8 true scores over 198 documents fit them",
        nominal=1.0,
        happens=_honest_column,
        is_power=True,
    ),
    Simulation(
        test="score and error give n",
        setting="the true number of documents is not among those recovered",
        nominal=0.0,
        happens=_wrong_n,
    ),
    Simulation(
        test="arena gap",
        setting="equal artifacts, standard error 6.4 each",
        nominal=ALPHA,
        happens=lambda random: _arena(random, 0.0),
    ),
    Simulation(
        test="best of N",
        setting="the best of 27 equal variants leads by more than luck",
        nominal=ALPHA,
        happens=lambda random: _arena(random, 0.0, variants=27),
    ),
    Simulation(
        test="best of N",
        setting="the best of 27 variants that are 40 points better than the other artifact",
        nominal=0.98,
        happens=lambda random: _arena(random, 40.0, variants=27),
        is_power=True,
    ),
)


def main() -> int:
    """Print the table. Returns 1 if a rate is not as promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    started = time.perf_counter()
    worst = 0
    for kind, is_power in (("false alarms: at most", False), ("power: at least", True)):
        print(f"\n{kind:<26} {'nominal':>8} {'found':>8} {'error':>7}")
        for simulation in (s for s in SIMULATIONS if s.is_power is is_power):
            rate, error = simulation.rate(options.runs, options.seed)
            is_kept = simulation.is_kept(rate, error)
            worst |= not is_kept
            print(
                f"{simulation.test:<26} {simulation.nominal:>8.3f} {rate:>8.4f} {error:>7.4f}  "
                f"{simulation.setting}{'' if is_kept else '  NOT AS PROMISED'}"
            )
    print(f"\nseed {options.seed}, {time.perf_counter() - started:.0f} s")
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
