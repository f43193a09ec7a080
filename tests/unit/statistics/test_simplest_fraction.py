from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighin.statistics.printed_numbers import printed_number, simplest_fraction


def share(text):
    return printed_number(text, is_percentage=False)


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("0.326666666666667", Fraction(49, 150)),
        ("0.188695652173913", Fraction(217, 1150)),
        ("0.36", Fraction(4, 11)),  # 0.3636 rounds to it
        ("0.333", Fraction(1, 3)),
        ("0", Fraction(0)),
        ("1.000", Fraction(1)),
    ],
)
def test_the_simplest_fraction_of_a_printed_number(text, fraction):
    assert simplest_fraction(share(text)) == fraction


@given(st.integers(0, 300), st.integers(1, 300))
def test_a_fraction_printed_at_full_precision_is_found_again(top, bottom):
    value = Fraction(min(top, bottom), bottom)
    assert simplest_fraction(share(f"{float(value):.12f}")) == value


@given(st.integers(0, 9999))
def test_no_smaller_denominator_rounds_to_the_number(digits):
    number = share(f"0.{digits:04d}")
    found = simplest_fraction(number)
    low, high = number.value - number.rounding, number.value + number.rounding
    assert low <= found <= high
    for denominator in range(1, found.denominator):
        nearest = round(number.value * denominator)
        assert not low <= Fraction(nearest, denominator) <= high
