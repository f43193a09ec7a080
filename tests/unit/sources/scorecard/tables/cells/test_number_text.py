"""Cells that people write in many ways are read as one number, or passed over by name."""

# ruff: noqa: RUF001  # signs that look alike are what it is about
import pytest

from weighin.sources.scorecard.tables.cells.table_cell import table_cell
from weighin.sources.scorecard.tables.grid import Cell, squared
from weighin.sources.scorecard.tables.layout.no_scores import looks_like_score


def text_of(written):
    """The text of a cell as it stands in a table."""
    rows = [[Cell(text="H", line=1, column=1)], [Cell(text=written, line=2, column=1)]]
    return squared(rows, "a file").rows[1][0].text


def number_of(written):
    cell = table_cell(text_of(written))
    return "" if cell.number is None else cell.number.number + "%" * cell.number.is_percentage


WITH_ERRORS = (
    "61.4 ±.02", "61.4±.02", "61.4 (±.02)", "6 1 . 4 ±1 . 0 9",
    "6 1 . 4 (1 . 0 9)", "61.4 +/- 1.09",
    "61.4* ± 1.09", "61.4 ± 1.09 (n=5)", "61.4<sub>±0.3</sub>", "61.4<sup>±0.3</sup>",
    "61.4, 95% CI [60, 63]", "61.4 95% CI 60-63", "61.4 (95% CI: 60.1–63.2)",
)  # fmt: skip
WITH_CHANGES = (
    "61.4 Δ -0.8", "61.4 (Δ=-0.8)", "61.4 ↑1.2", "61.4 (↑ 1.2%)", "61.4 +1.2pp", "61.4 (+1.2 pts)",
    "61.4 ⬆️ 1.2", "61.4 ▲ 1.2", "61.4<sup>+1.2</sup>", "61.4 ↑<sub>1.2</sub>",
)  # fmt: skip
WITH_MARKS = (
    "<sup>†</sup>61.4", "†61.4", "*61.4", "61.4 ^1", "61.4^a", "61.4<sup>♣</sup>", "61.4 †‡",
    "61.4 ★", "🥇 61.4", '"61.4"', "==61.4==", "<mark>61.4</mark>", "61.4;", "61.4 ← best",
)  # fmt: skip
WITH_WORDS = (
    "61.4 EM",
    "61.4 F1",
    "acc 61.4",
    "F1: 61.4",
    "61.4 5-shot",
    "61.4 pass@1",
    "６１．４",
)
WITH_PERCENT = (
    "61.4 ± 0.3%", "(61.4 ± 0.3)%", "61.4% ± 0.3%", "61.4 percent", "61.4 Prozent", "61.4％",
    "307 of 500 (61.4%)", "307/500 — 61.4%", "61.4% 307/500", "61.4%, 307/500", "(307/500) 61.4%",
    "6 1 . 4 %",
)  # fmt: skip
NO_NUMBER = (
    "~~61.4~~", "<del>61.4</del>", "61.4 / 70.2", "61.4 → 70.2", "61.4?", "~61.4", "≥ 61.4",
    "+61.4",
    "61.4 ours", "(61.4)", "61.4k", "$61.4", "61.4 ± 0.3 / 70.2 ± 0.4",
)  # fmt: skip


@pytest.mark.parametrize("written", [*WITH_ERRORS, *WITH_CHANGES, *WITH_MARKS, *WITH_WORDS])
def test_a_number_is_read_out_of_what_stands_around_it(written):
    assert number_of(written) == "61.4"


@pytest.mark.parametrize("written", WITH_PERCENT)
def test_a_percentage_is_one_wherever_its_sign_stands(written):
    assert number_of(written) == "61.4%"


@pytest.mark.parametrize("written", [*WITH_ERRORS, *WITH_CHANGES, *WITH_MARKS, *WITH_PERCENT])
def test_what_is_read_as_a_number_looks_like_a_score(written):
    assert looks_like_score(text_of(written))


@pytest.mark.parametrize("written", NO_NUMBER)
def test_what_is_no_single_number_is_passed_over_with_a_reason(written):
    cell = table_cell(text_of(written))
    assert cell.number is None
    assert cell.why


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("7.1234e-01", "0.71234"),
        ("7.12e-02", "0.0712"),
        ("6.14e+01", "61.4"),
        ("7.1e+00", "7.1e+00"),
    ],
)
def test_a_power_of_ten_of_a_computer_is_a_number_in_digits(written, number):
    assert text_of(written) == number


@pytest.mark.parametrize(
    "written", ["GPT-4", "Model 2.5 7B", "5-shot", "v1.2", "2024-05-01", "MMLU (5-shot)", "*Ours*"]
)
def test_a_label_stays_as_it_is(written):
    assert text_of(written) == written


@pytest.mark.parametrize(
    "written",
    ["$61.4$", r"$\mathbf{61.4}$", r"$61.4_{\pm 0.3}$", r"$61.4 \pm 0.3$", r"$\underline{61.4}$",
     r"$61.4^{*}$", r"**$61.4$**"],
)  # fmt: skip
def test_a_number_between_dollars_is_one_in_any_syntax(written):
    assert number_of(written) == "61.4"


def test_a_price_is_no_number_between_dollars():
    assert number_of("$61.4") == ""
