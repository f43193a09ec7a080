"""Laws of the reader, tried on many files."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from weighin.errors import RequirementsError
from weighin.files.yaml.document import Document, read_document
from weighin.requirements.loading import load_requirements

NASTY = [
    "\t", "\n", "\n  ", ": ", "- ", "? ", "*a", "&a ", "!!python/object:os.system ", "!<x> ", "! ",
    "<<: ", "%YAML 1.1\n---\n", "---\n", "...\n", "|\n", ">-\n", "[", "]", "{", "}", "'", '"', "#",
    "null", "~", "yes", "1e999", ".nan", "0x1", "1_0", "2024-01-01", "\x00", "\x85", "\u2028",
    "\ufeff", "\\uD800", '"\\UFFFFFFFF"', "\\x", "@", "`", "=", "hf://a/b@main", "sha256:", "é😀",
]  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "requirements.yaml"


def only_our_errors(file: Path, content: bytes, known_rules) -> None:
    file.write_bytes(content)
    told = ""
    try:
        load_requirements(file, known_rules)
    except RequirementsError as error:
        told = str(error)
    assert all(line.startswith(f"{file}:") for line in told.split("\n") if told)
    assert told.encode("utf-8").decode("utf-8") == told


@settings(max_examples=150, deadline=None)
@given(text=st.text())
def test_only_our_error_leaves_the_loader_on_any_text(file, known_rules, text):
    only_our_errors(file, text.encode("utf-8", "surrogatepass"), known_rules)


@settings(max_examples=100, deadline=None)
@given(content=st.binary())
def test_only_our_error_leaves_the_loader_on_any_bytes(file, known_rules, content):
    only_our_errors(file, content, known_rules)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_only_our_error_leaves_the_loader_on_a_damaged_file(
    file, known_rules, example, served, data
):
    text = data.draw(st.sampled_from([example, served]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 12))
        inserted = data.draw(st.sampled_from(NASTY) | st.text(max_size=3))
        text = text[:start] + inserted + text[start + length :]
    only_our_errors(file, text.encode("utf-8", "surrogatepass"), known_rules)


# YAML limits a key on one line to 1024 characters; `json.dumps` may write twelve for one.
KEYS = st.text(max_size=40)


def json_values(leaves: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=12,
    )


ANY_JSON = json_values(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)


@settings(max_examples=150, deadline=None)
@given(value=ANY_JSON)
def test_json_is_read_as_the_value_that_it_is(value):
    """JSON is YAML 1.2 (section 1.2 of its specification), so it is a second implementation."""
    document = read_document(json.dumps(value))
    assert isinstance(document, Document)
    assert document.problems == ()
    assert json.dumps(document.root, sort_keys=True) == json.dumps(value, sort_keys=True)


@settings(max_examples=100, deadline=None)
@given(replacement=ANY_JSON, data=st.data())
def test_only_our_error_leaves_the_loader_on_a_value_of_another_shape(
    file, known_rules, example, replacement, data
):
    document = read_document(example)
    assert isinstance(document, Document)
    keys = data.draw(st.sampled_from([keys for keys in document.places if keys]))
    root = json.loads(json.dumps(document.root))
    holder = root
    for key in keys[:-1]:
        holder = holder[key]
    holder[keys[-1]] = replacement
    only_our_errors(file, json.dumps(root).encode(), known_rules)
