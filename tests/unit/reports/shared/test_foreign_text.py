"""Foreign text is shown, never obeyed."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighin.reports.shared.foreign_text import clipped, in_ascii, unobeyed, visible, well_formed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31mred", r"\x9b31mred"),
        ("two\nlines\r", r"two\nlines\r"),
        ("gpt\u202etpg", r"gpt\u202etpg"),
        ("a\u200bb", r"a\u200bb"),
        ("\ud800", r"\ud800"),
        ("\ufffe", r"\ufffe"),
        ("naïve 模型 ✓", "naïve 模型 ✓"),
        ("tiny ::add-mask::2026", r"tiny \x3a:add-mask::2026"),
        ("a::b::c", r"a\x3a:b::c"),
        ("std::vector of std", "std::vector of std"),
        ("##[group]a##teamcity[x]##vso[y]", r"\x23#[group]a\x23#teamcity[x]\x23#vso[y]"),
        ("::::[", r"\x3a\x3a\x3a:["),
        ("a: b :: c ## d #[e]", "a: b :: c ## d #[e]"),
    ],
)
def test_what_would_be_obeyed_is_spelled_out(text, shown):
    assert visible(text) == shown


@given(st.text())
def test_visible_text_holds_no_control_character(text):
    assert not {unicodedata.category(c) for c in visible(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text())
def test_visible_text_stays_as_it_is(text):
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(codec="ascii")))
def test_ascii_stays_ascii(text):
    assert in_ascii(text) == text


@given(st.text())
def test_every_text_can_be_written_in_ascii(text):
    assert in_ascii(text).isascii()


def test_our_own_signs_have_a_spelling_in_ascii():
    assert in_ascii("0.5 ± 0.1 · sha256:1f0c…") == "0.5 +/- 0.1 - sha256:1f0c..."


@given(st.text(st.characters(codec=None)))
def test_well_formed_text_can_be_encoded(text):
    assert well_formed(text).encode("utf-8") is not None


def test_clipping_says_how_much_is_gone():
    assert clipped("abcdef", 4) == "abcd… (2 more characters)"


@given(st.text("a:#[ ]\n"))
def test_no_line_however_it_is_wrapped_is_a_command_of_ci(text):
    shown = visible(text)
    assert not any(re.match(r"\s*::[^\s:].*::", shown[start:]) for start in range(len(shown)))
    assert not any(re.match(r"\s*::[^\s:]", unobeyed(shown[n:])) for n in range(len(shown)))
    assert not re.search(r"##\w*\[", shown)
