"""The words of a command line are those of a shell, and nothing in it is filled in."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighin.errors import UsageError
from weighin.sources.command_lines.words import MOST_CHARACTERS, shell_words

PLAIN = st.text("abc=,._-/:@ \t\"'\\[]{}", max_size=40)


def texts(command: str) -> list[str]:
    return [word.text for word in shell_words(command)]


def as_a_shell(command: str) -> list[str] | None:
    try:
        return shlex.split(command)
    except ValueError:
        return None


@given(PLAIN)
def test_words_are_those_of_a_posix_shell(command):
    expected = as_a_shell(command)
    # A blank behind a backslash is taken for a line that once went on there.
    if expected is None or "\\ " in command or "\\\t" in command or command.endswith("\\"):
        return
    assert texts(command) == expected


@given(st.lists(st.text(max_size=12), max_size=6))
def test_what_shlex_joins_is_taken_apart_again(words):
    words = [word.replace("\r\n", "\n") for word in words]
    assert texts(shlex.join(words)) == words
    assert not any(
        word.is_unresolved or word.is_operator for word in shell_words(shlex.join(words))
    )


@given(st.text("ab'\"\\$`~;|&<>()#\n -=", max_size=30))
def test_only_a_quote_that_is_not_closed_is_refused(command):
    try:
        shell_words(command)
    except UsageError as error:
        if "close the" not in str(error):
            raise


@pytest.mark.parametrize(
    "command",
    [
        "lm_eval --model hf \\\n  --tasks a",
        "lm_eval --model hf \\ \n  --tasks a",
        "lm_eval --model hf \\\r\n  --tasks a",
        "lm_eval --model hf \\  --tasks a",
        "lm_eval --model hf --tasks a  # five shots",
        "lm_eval --model hf --tasks a \\",
    ],
)
def test_a_line_goes_on_however_it_was_pasted(command):
    assert [word for word in texts(command) if word.strip()] == [
        "lm_eval", "--model", "hf", "--tasks", "a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "is_unresolved"),
    [
        ("$MODEL", True),
        ("a=${MODEL}", True),
        ('"a=$MODEL"', True),
        ("a=`pwd`", True),
        ("$(pwd)", True),
        ("a=$(ls -d 'x y' | (head -1))/b", True),
        ('"$(ls -d x)"', True),
        ("${A:-b c}", True),
        ("~/model", True),
        ("pretrained=~/model", True),
        ("'$MODEL'", False),
        ("\\$MODEL", False),
        ('"\\$MODEL"', False),
        ("costs$", False),
        ("a~b", False),
    ],
)
def test_what_a_shell_would_fill_in_is_known(command, is_unresolved):
    (word,) = shell_words(command)
    assert word.is_unresolved is is_unresolved


def test_operators_and_redirections_stand_by_themselves():
    found = shell_words("a > log 2>&1 && b|tee c; d &")
    assert [w.text for w in found if w.is_operator] == [">", "2>&1", "&&", "|", ";", "&"]


def test_a_text_far_longer_than_a_command_line_is_refused():
    with pytest.raises(UsageError, match="at most"):
        shell_words("a" * (MOST_CHARACTERS + 1))
