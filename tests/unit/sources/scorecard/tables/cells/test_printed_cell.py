"""Cells of pasted tables: numbers as printed, their marks, and what is no number."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighin.sources.scorecard.tables.cells.printed_cell import (
    footnote_key,
    label_and_marks,
    printed_cell,
)


@pytest.mark.parametrize("text", ["57.20", "0.572", "80", "80.", ".572", "1417"])
def test_a_number_keeps_its_digits(text):
    assert printed_cell(text).number == text


@pytest.mark.parametrize(
    "text", ["**57.20**", "`57.20`", " 57.20\u00a0", "<b>57.20</b>", "_57.20_"]
)
def test_emphasis_is_taken_off(text):
    assert printed_cell(text).number == "57.20"


def test_commas_between_thousands_are_taken_out():
    assert printed_cell("1,417").number == "1417"


@pytest.mark.parametrize("text", ["57.2%", "57.2 %", "**57.2%**"])
def test_a_percent_sign_says_percent(text):
    assert printed_cell(text).is_percentage


@pytest.mark.parametrize(
    "text", ["", "-", "\u2013", "\u2014", "N/A", "TBD", "No multimodal support"]
)
def test_signs_and_words_say_that_there_is_no_number(text):
    assert printed_cell(text) is None


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("57.2¹", ("1",)),
        ("57.2*", ("*",)),
        ("57.2†‡", ("†‡",)),
        ("57.2[^a]", ("a",)),
        ("57.2<sup>2</sup>", ("2",)),
        ("**57.2**¹²", ("12",)),
        ("57.2%*", ("*",)),
        ("57.2¹, *", ("1", "*")),
    ],
)
def test_footnote_marks_are_kept(text, marks):
    cell = printed_cell(text)
    assert (cell.number, cell.marks) == ("57.2", marks)


def test_what_stands_in_parentheses_is_a_note():
    assert printed_cell("57.2 (5-shot, CoT)").notes == ("5-shot, CoT",)


def test_a_plus_minus_is_a_note_for_nothing_says_what_it_is():
    cell = printed_cell("57.2 ± 1.3")
    assert (cell.number, cell.notes, cell.interval) == ("57.2", ("± 1.3",), None)


@pytest.mark.parametrize("text", ["1417 +13/-12", "1417 (+13/-12)", "1417+13/\u221212"])
def test_half_widths_are_an_interval(text):
    assert printed_cell(text).interval == ("+13", "-12")


@pytest.mark.parametrize("text", ["-3.20", "\u22123.20", "\u20133.20", "**-3.20**\u00b9"])
def test_a_sign_before_a_digit_is_kept_as_a_hyphen(text):
    assert printed_cell(text).number == "-3.20"


@pytest.mark.parametrize(
    "text",
    [
        "57,2",
        "+3.2",
        "--3.2",
        "- 3.2",
        "~57",
        ">90",
        "42.2/36.6",
        "57.2 percent",
        "1e3",
        "57.2.1",
        "١٢",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"expected a number such as 57\.2"):
        printed_cell(text)


@pytest.mark.parametrize(
    ("text", "label", "marks"),
    [
        ("**MMLU**¹", "MMLU", ("1",)),
        ("τ²-bench", "τ²-bench", ()),
        ("HumanEval+", "HumanEval+", ()),
        ("GPQA Diamond*†", "GPQA Diamond", ("*", "†")),
        ("MMB<sup>EN</sup>", "MMB EN", ()),
        ("MMB<sup>a</sup>", "MMB", ("a",)),
    ],
)
def test_marks_at_the_end_of_a_label_are_taken_off(text, label, marks):
    assert label_and_marks(text) == (label, marks)


def test_a_note_is_no_key_of_a_footnote():
    assert (footnote_key("¹"), footnote_key("(note)")) == ("1", None)


@given(st.text(max_size=60) | st.from_regex(r"[0-9.,%*()+/\[\]^ ]{0,30}", fullmatch=True))
def test_every_text_is_a_number_none_or_refused(text):
    with suppress(ValueError):
        cell = printed_cell(text)
        assert cell is None or float(cell.number) >= 0
