"""What a printed number can be: exact fractions, no floats."""

import math
import re
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from weighin.statistics.distributions import binomial_at_least

_PADDED = re.compile(r"\.\d+0$")
_PRINTED = re.compile(r"-?(?P<whole>[0-9]{0,12})(?:\.(?P<decimals>[0-9]{0,30}))?")
_WEAK, _VOID = 0.5, 0.95
_FEWEST_OF_FLOATS = 12
_SLOPPY = 64
_TIMES_SINGLE = 1 << (53 - 24)
"""The mantissa of a float has 53 bits, that of one of 32 bits 24."""


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number as it was printed; its trailing zeros count.

    Attributes:
        text: As printed, for example `57.20`.
        value: As a share of one where it was a percentage.
        unit: One of its last digit, in the same way.
    """

    text: str
    value: Fraction
    unit: Fraction

    def __hash__(self) -> int:
        """That of the text, which equal numbers share: fractions take a hundred times as long."""
        return hash(self.text)

    @property
    def rounding(self) -> Fraction:
        """The most that rounding to it can have changed."""
        return self.unit / 2

    @property
    def without_last_zero(self) -> "PrintedNumber | None":
        """The number before a 0 was added to its decimals, as tables of one width do.

        Returns:
            `None` if its last digit is no 0, or stands alone behind the point.
        """
        if not _PADDED.search(self.text):
            return None
        return PrintedNumber(text=self.text[:-1], value=self.value, unit=self.unit * 10)


class Power(StrEnum):
    """What it tells that a number can be had from a number of documents."""

    STRONG = "strong"
    WEAK = "weak"
    """A number at random could be had from it with a chance of at least one half."""
    VOID = "void"
    """Nearly every number could be had from it: the test says nothing."""


class Attainability(StrEnum):
    """Whether a whole number of passes gives a printed number."""

    ROUNDED = "rounded"
    """By rounding to the nearest, halves either way."""
    TRUNCATED = "truncated"
    """Only by rounding up or down."""
    NONE = "none"
    """By no rounding."""


@lru_cache(maxsize=8192)
def printed_number(text: str, *, is_percentage: bool) -> PrintedNumber:
    """Read a printed number.

    Args:
        text: Digits with at most one point, for example `57.2`, a hyphen before them below zero; a
            `%` at its end is taken off.
        is_percentage: Whether 100 means all.

    Raises:
        ValueError: The text is no such number.
    """
    bare = text.strip().removesuffix("%").strip()
    match = _PRINTED.fullmatch(bare)
    if match is None or not (match["whole"] or match["decimals"]):
        raise ValueError(f"expected a printed number such as 57.2, found {text[:40]!r}")
    scale = Fraction(1, 100 if is_percentage else 1)
    decimals = len(match["decimals"] or "")
    unit = Fraction(1, 10**decimals)
    if decimals >= _FEWEST_OF_FLOATS:
        unit = max(unit, _unit_of_float(float(bare)))
    return PrintedNumber(text=bare, value=Fraction(bare) * scale, unit=unit * scale)


def _unit_of_float(value: float) -> Fraction:
    """How exact a number is that was printed with all digits of a float.

    Sums and divisions of doubles are off by a few units of their last place; what was a float of
    32 bits has no more than seven digits, however many are printed.
    """
    exact: Fraction = Fraction(math.ulp(value)) * _SLOPPY
    single: float = struct.unpack("f", struct.pack("f", value))[0]
    return exact * _TIMES_SINGLE if abs(single - value) <= exact else exact


def attainable_counts(number: PrintedNumber, denominator: int) -> range:
    """The whole numbers of passes that round to a printed number.

    Args:
        number: The number.
        denominator: Documents, times the answers to each if several were scored.

    Returns:
        Empty if there are none. Halves may round either way.

    Raises:
        ValueError: The denominator is below 1.

    Source:
        Brown and Heathers (2017), The GRIM test, doi:10.1177/1948550616673876.
    """
    if denominator < 1:
        raise ValueError(f"expected a denominator from 1, found {denominator}")
    return _counts(*_bounds(number), denominator)


def is_above_all(number: PrintedNumber) -> bool:
    """Whether a printed number is more than all, however it was rounded."""
    least, _, whole = _bounds(number)
    return least > whole


@lru_cache(maxsize=8192)
def _bounds(number: PrintedNumber) -> tuple[int, int, int]:
    """The least and the most that a number stands for, in parts of the third.

    Whole numbers, for this is asked a hundred times of every number of a table.
    """
    value, unit = number.value, number.unit
    middle = 2 * value.numerator * unit.denominator
    half = unit.numerator * value.denominator
    return middle - half, middle + half, 2 * value.denominator * unit.denominator


def _counts(least: int, most: int, whole: int, denominator: int) -> range:
    low, high = -(-least * denominator // whole), most * denominator // whole
    return range(max(0, low), (min(denominator, high)) + 1)


def closest_count(number: PrintedNumber, denominator: int) -> int | None:
    """The closest to a printed number of the whole numbers of passes that round to it.

    Args:
        number: The number.
        denominator: As in `attainable_counts`.

    Returns:
        The lower of two that are as close; `None` if none rounds to it.

    Raises:
        ValueError: The denominator is below 1.
    """
    counts = attainable_counts(number, denominator)
    if not counts:
        return None
    value = number.value
    whole = 2 * value.denominator
    closest = -((value.denominator - 2 * value.numerator * denominator) // whole)
    return min(max(closest, counts.start), counts.stop - 1)


@lru_cache(maxsize=32_768)
def attainability(number: PrintedNumber, denominator: int) -> Attainability:
    """Whether some whole number of passes gives a printed number, and by which rounding.

    Raises:
        ValueError: The denominator is below 1.
    """
    if attainable_counts(number, denominator):
        return Attainability.ROUNDED
    # Strictly within one unit: a value that truncation or rounding up turned into the number.
    value, unit = number.value, number.unit
    middle, step = value.numerator * unit.denominator, unit.numerator * value.denominator
    whole = value.denominator * unit.denominator
    low = (middle - step) * denominator // whole + 1
    high = -(-(middle + step) * denominator // whole) - 1
    if range(max(0, low), min(denominator, high) + 1):
        return Attainability.TRUNCATED
    return Attainability.NONE


def random_pass_rate(number: PrintedNumber, denominator: int) -> float:
    """About the chance that a number of so many digits, taken at random, is attainable.

    Raises:
        ValueError: The denominator is below 1.
    """
    if denominator < 1:
        raise ValueError(f"expected a denominator from 1, found {denominator}")
    return min(1.0, (denominator + 1) * number.unit.numerator / number.unit.denominator)


def power_of(pass_rate: float) -> Power:
    """In a word, what a test says that a random number passes with some chance."""
    if pass_rate >= _VOID:
        return Power.VOID
    return Power.WEAK if pass_rate >= _WEAK else Power.STRONG


def macro_denominator(documents: Iterable[int]) -> int:
    """Denominator of the plain mean of the scores of several tasks.

    Args:
        documents: Number of documents of each task.

    Returns:
        The number of tasks times the least common multiple of the numbers of documents: every
        such mean is a whole number of its parts, though not every whole number is such a mean.

    Raises:
        ValueError: There are no tasks, or one has no documents.
    """
    sizes = tuple(documents)
    if not sizes or min(sizes) < 1:
        raise ValueError(f"expected tasks with documents, found {list(sizes)}")
    return len(sizes) * math.lcm(*sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class DenominatorFit:
    """How well one denominator describes a column of numbers.

    Attributes:
        denominator: The denominator.
        attainable: Numbers that it can give.
        numbers: Numbers in all.
        p_value: Chance that at least so many random numbers of their digits would be attainable.
    """

    denominator: int
    attainable: int
    numbers: int
    p_value: float


def coarsest_of(numbers: Iterable[PrintedNumber]) -> PrintedNumber:
    """The first of those numbers that have the fewest digits."""
    return max(numbers, key=lambda number: float(number.unit))


def denominator_profile(
    numbers: Sequence[PrintedNumber], denominators: Iterable[int]
) -> tuple[DenominatorFit, ...]:
    """For each denominator, how many of a column's numbers it can give, and how odd that is.

    Args:
        numbers: At least one.
        denominators: To try.

    Raises:
        ValueError: There are no numbers, or a denominator is below 1.
    """
    if not numbers:
        raise ValueError("expected at least one number, found none")
    fits: list[DenominatorFit] = []
    # The largest chance of any of them: on the safe side where their digits differ.
    coarsest = coarsest_of(numbers)
    bounds = Counter(map(_bounds, numbers))
    for denominator in denominators:
        chance = random_pass_rate(coarsest, denominator)
        attainable = sum(often for one, often in bounds.items() if _counts(*one, denominator))
        fits.append(
            DenominatorFit(
                denominator=denominator,
                attainable=attainable,
                numbers=len(numbers),
                p_value=binomial_at_least(attainable, len(numbers), chance),
            )
        )
    return tuple(fits)


def documents_from_standard_error(score: PrintedNumber, standard_error: PrintedNumber) -> range:
    """The numbers of documents that a score of 0 or 1 a document and its error can come from.

    lm-eval prints sqrt(p (1 - p) / (n - 1)): together with p, that gives n.

    Args:
        score: From 0 to 1.
        standard_error: In the same units; above half a unit of its last digit.

    Returns:
        Empty if no number of documents gives them.

    Raises:
        ValueError: The standard error may be 0, so that n has no bound.

    Source:
        The DEBIT test (Heathers and Brown, 2019) with n - 1 in the variance.
    """
    smallest_error = standard_error.value - standard_error.rounding
    if smallest_error <= 0:
        raise ValueError(f"expected a standard error above 0, found {standard_error.text}")
    low_score = max(Fraction(0), score.value - score.rounding)
    high_score = min(Fraction(1), score.value + score.rounding)
    ends = [share * (1 - share) for share in (low_score, high_score)]
    largest = Fraction(1, 4) if low_score <= Fraction(1, 2) <= high_score else max(ends)
    largest_error = standard_error.value + standard_error.rounding
    low = 1 + math.ceil(min(ends) / largest_error**2)
    high = 1 + math.floor(largest / smallest_error**2)
    return range(max(2, low), high + 1)


def simplest_fraction(number: PrintedNumber) -> Fraction:
    """The fraction with the smallest denominator that rounds to a printed number.

    Returns:
        Where the number has many digits and the denominator is small, that denominator divides
        the number of documents behind it.

    Source:
        Stern (1858) and Brocot (1861): the walk down the tree of fractions.
    """
    low = max(Fraction(0), number.value - number.rounding)
    return _simplest(low, number.value + number.rounding)


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    below = math.floor(low)
    return below + 1 / _simplest(1 / (high - below), 1 / (low - below))
