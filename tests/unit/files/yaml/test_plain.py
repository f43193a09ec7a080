"""The fast reader of YAML says what the complete one says, or nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighin.files.yaml.document import Document, read_document
from weighin.files.yaml.plain import NotPlainError, plain_yaml

WORDS = [
    "a", "b-c", "a: 1", "b: x", "- a: 1", "- - 1", "-", "- ", ": ", ":", "1", "-1", "0.5", "73.8%",
    "yes", "null", "~", "true", "1e3", '"x"', "'y'", "#", " # c", "&a", "*a", "!t", "|", ">", "[",
    "{}", ",", "?", "%", "@", "`", "\t", "\xe9", "...", "---", "2020-01-01", "0x1f", "<<: 1", "a:",
    "b:", "null: 1", "on: 1", "\\", '"', "'", "\x85", "\u2028", "\r", "a: b: c", "http://x/y#z", "",
]  # fmt: skip
INDENTS, STARTS, ENDS = ["", "  ", "    ", " "], ["", "- ", "c: "], ["", " ", ":"]
LINES = st.lists(
    st.tuples(*map(st.sampled_from, (INDENTS, STARTS, WORDS, ENDS))), min_size=1, max_size=6
)

CARD = """model-index:
- name: tiny
  results:
  - task:
      type: text-generation
    dataset:
      type: ai2_arc
      name: AI2 Reasoning Challenge (25-Shot)
      args:
        num_few_shot: 25
    metrics:
    - type: acc_norm
      value: 73.8%
      verified: false
    source:
      url: https://example.invalid/board?query=tiny
"""


def complete(text: str) -> object:
    """What the complete reader says; the class of its refusal if it refuses."""
    document = read_document(text)
    if not isinstance(document, Document) or document.problems:
        return NotPlainError
    return document.root


@settings(max_examples=1000, deadline=None)
@given(LINES)
def test_what_is_read_fast_is_what_the_complete_reader_reads(lines: list[tuple[str, ...]]):
    text = "\n".join("".join(parts) for parts in lines)
    try:
        value = plain_yaml(text)
    except NotPlainError:
        return
    assert repr(value) == repr(complete(text))


@pytest.mark.parametrize("text", [CARD, "- 1\n- a\n", "a:\n- b: 'c'\n  d:\n"])
def test_what_people_write_is_read_fast(text: str):
    assert plain_yaml(text) == complete(text)


@pytest.mark.parametrize(
    "text", ["a: &b 1", "a: [1]", "a: 1\n  2", "a: 1\na: 2", "a: # b", "", "a"]
)
def test_what_may_surprise_is_left_to_the_complete_reader(text: str):
    with pytest.raises(NotPlainError):
        plain_yaml(text)
