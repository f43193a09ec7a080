import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighin.statistics.printed_numbers import (
    Attainability,
    Power,
    attainability,
    attainable_counts,
    closest_count,
    denominator_profile,
    documents_from_standard_error,
    macro_denominator,
    power_of,
    printed_number,
    random_pass_rate,
)


def percent(text):
    return printed_number(text, is_percentage=True)


def share(text):
    return printed_number(text, is_percentage=False)


# The Llama 4 and Llama 3.x cards on GPQA-Diamond (198), HumanEval (164), MBPP (500), MMMU (900).
@pytest.mark.parametrize(
    ("text", "documents", "counts"),
    [
        ("57.2", 198, []),
        ("69.8", 198, []),
        ("50.5", 198, [100]),
        ("49.0", 198, [97]),
        ("71.21", 198, [141]),
        ("56.06", 198, [111]),
        ("86.37", 164, []),
        ("88.4", 164, [145]),
        ("89.0", 164, [146]),
        ("77.6", 500, [388]),
        ("71.89", 900, [647]),
    ],
)
def test_which_counts_give_a_printed_score(text, documents, counts):
    assert list(attainable_counts(percent(text), documents)) == counts


@given(st.integers(1, 3000), st.integers(0, 1000))
def test_the_closest_count_is_that_of_the_definition(documents, tenths):
    number = percent(f"{tenths // 10}.{tenths % 10}")
    distances = {
        k: abs(Fraction(k, documents) - number.value) for k in attainable_counts(number, documents)
    }
    closest = min(distances, key=lambda k: distances[k], default=None)
    assert closest_count(number, documents) == closest


def test_the_closest_of_endlessly_many_counts_is_found_at_once():
    assert closest_count(percent("50.0"), 10**40) == 5 * 10**39


def test_the_gpqa_scores_of_the_llama_4_card_need_three_and_four_passes():
    for printed, passes in (("57.2", 3), ("69.8", 4)):
        fit = (n for n in range(1, 11) if attainable_counts(percent(printed), 198 * n))
        assert next(fit) == passes


def test_a_score_that_was_rounded_up_is_told_from_one_that_cannot_be():
    assert attainability(percent("53.6"), 198) is Attainability.TRUNCATED  # 106 of 198
    assert attainability(percent("50.5"), 198) is Attainability.ROUNDED
    assert attainability(percent("57.2"), 9) is Attainability.NONE


@given(st.integers(1, 20_000), st.data(), st.integers(1, 4))
def test_no_score_that_was_counted_is_refused(documents, data, decimals):
    count = data.draw(st.integers(0, documents))
    half_up = math.floor(Fraction(count, documents) * 100 * 10**decimals + Fraction(1, 2))
    text = f"{half_up // 10**decimals}.{half_up % 10**decimals:0{decimals}}"
    assert count in attainable_counts(percent(text), documents)


@given(st.integers(1, 3000), st.integers(0, 1000))
def test_attainable_counts_are_those_of_the_definition(documents, tenths):
    number = percent(f"{tenths // 10}.{tenths % 10}")
    by_definition = [
        k
        for k in range(documents + 1)
        if abs(Fraction(k, documents) - Fraction(tenths, 1000)) <= Fraction(1, 2000)
    ]
    assert list(attainable_counts(number, documents)) == by_definition


def test_a_trailing_zero_counts():
    assert attainable_counts(percent("57"), 198)
    assert not attainable_counts(percent("57.20"), 198)


@pytest.mark.parametrize(
    ("documents", "text", "expected"),
    [(30, "1.0", 0.031), (164, "1.0", 0.165), (164, "1.00", 0.0165), (198, "1.0", 0.199),
     (500, "1.0", 0.501), (1172, "1.0", 1.0), (1319, "1.00", 0.132)],
)  # fmt: skip
def test_how_often_a_random_number_is_attainable(documents, text, expected):
    assert random_pass_rate(percent(text), documents) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rate", "power"), [(0.2, Power.STRONG), (0.5, Power.WEAK), (0.95, Power.VOID), (1, Power.VOID)]
)
def test_a_test_that_nearly_every_number_passes_is_void(rate, power):
    assert power_of(rate) is power


def test_the_denominators_of_musr_and_ifeval():
    # MuSR: three tasks of 250, 256 and 250 documents; IFEval: the mean over 541 and over 834.
    assert macro_denominator([250, 256, 250]) == 96_000
    assert macro_denominator([541, 834]) == 902_388


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.data())
def test_every_mean_of_tasks_is_on_its_lattice(sizes, data):
    counts = [data.draw(st.integers(0, n)) for n in sizes]
    mean = sum(Fraction(k, n) for k, n in zip(counts, sizes, strict=True)) / len(sizes)
    assert (mean * macro_denominator(sizes)).denominator == 1


def test_a_column_names_its_denominator():
    random = np.random.default_rng(23)
    column = [percent(f"{100 * k / 164:.2f}") for k in random.integers(0, 165, 12)]
    fits = {fit.denominator: fit for fit in denominator_profile(column, [164, 163, 200])}
    assert fits[164].attainable == 12
    assert fits[164].p_value < 1e-15
    assert fits[163].attainable < 6


# Rows of lm-eval, printed with four digits: share, error, and the documents behind them.
@pytest.mark.parametrize(
    ("score", "error", "documents"),
    [("0.8920", "0.0197", 250), ("0.8360", "0.0235", 250), ("0.8100", "0.0394", 100),
     ("0.9167", "0.0328", 72), ("0.6366", "0.0238", 410), ("0.8215", "0.0143", 717)],
)  # fmt: skip
def test_a_score_and_its_error_tell_the_documents(score, error, documents):
    possible = documents_from_standard_error(share(score), share(error))
    assert [n for n in possible if attainable_counts(share(score), n)] == [documents]


@given(st.integers(10, 3000), st.data())
def test_the_true_number_of_documents_is_never_left_out(documents, data):
    count = data.draw(st.integers(1, documents - 1))
    p = count / documents
    error = math.sqrt(p * (1 - p) / (documents - 1))
    possible = documents_from_standard_error(share(f"{p:.4f}"), share(f"{error:.4f}"))
    assert documents in possible


@pytest.mark.parametrize(
    "text", ["", ".", "1e3", "-", "--1", "+1", "57,2", "nan", "0x1", "1.2.3", "٣"]
)
def test_what_is_no_printed_number_is_refused(text):
    with pytest.raises(ValueError, match="expected a printed number"):
        percent(text)


def test_a_percent_sign_is_taken_off():
    assert percent("57.2 %") == percent("57.2")


def test_an_error_of_zero_tells_nothing():
    with pytest.raises(ValueError, match="a standard error above 0"):
        documents_from_standard_error(share("0.5"), share("0.0000"))


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("16.70", "16.7"),
        ("50.00", "50.0"),
        ("16.7", None),
        ("50.0", None),
        ("50", None),
        ("0", None),
    ],
)
def test_a_zero_that_was_added_stands_behind_other_decimals(text, before):
    found = printed_number(text, is_percentage=True).without_last_zero
    assert (found and found.text) == before
    if found is not None:
        assert found == printed_number(before, is_percentage=True)
