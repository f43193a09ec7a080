"""Every document leaves as JSON that any parser reads and no terminal obeys."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text

any_text = st.text(st.characters(codec=None))


class Named(StrictModel):
    name: str
    parts: tuple[str, ...] = ()


@given(any_text, any_text)
def test_any_text_is_ascii_and_holds_no_lone_surrogate(key, text):
    written = json_text({key: (text, Named(name=text, parts=(key,)))})
    assert written.isascii()
    json.dumps(json.loads(written), ensure_ascii=False).encode("utf-8")


def test_a_name_that_is_no_text_is_spelled_out():
    assert json.loads(json_text(Named(name="a\udcff")))["name"] == r"a\udcff"


def test_text_that_is_text_comes_back_as_it_was():
    named = Named(name='模型 "…"\n\x1b', parts=("é",))
    assert json.loads(json_text(named)) == named.model_dump(mode="json")


def test_the_last_character_of_ascii_is_escaped_as_the_others_are_that_a_terminal_obeys():
    assert json_text({"name": "a\x7f"}) == '{\n  "name": "a\\u007f"\n}\n'


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"score": float("nan")})


def test_no_document_commands_the_runner_of_ci_that_logs_it():
    written = json_text(Named(name="##[group]::x::", parts=("##teamcity[y]", "a ## b")))
    assert "##[" not in written
    assert "##teamcity[" not in written
    assert json.loads(written) == {
        "name": "##[group]::x::", "parts": ["##teamcity[y]", "a ## b"]
    }  # fmt: skip


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.just("##a[")
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)  # fmt: skip
def test_whatever_writes_it_the_text_is_that_of_the_standard_library(value):
    text = json.dumps({"value": value}, indent=2, ensure_ascii=True, allow_nan=False)
    assert json_text({"value": value}) == re.sub(r"#(?=#\w*\[)", r"\\u0023", text) + "\n"
