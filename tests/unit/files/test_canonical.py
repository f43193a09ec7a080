"""Canonical JSON, by whichever of three ways it is written."""

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from weighin.files.canonical import canonical_json, strict_json
from weighin.files.json.foreign import parsed

_LARGEST_SAFE_INTEGER = 2**53 - 1
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-_LARGEST_SAFE_INTEGER, _LARGEST_SAFE_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(_VALUES)
@example({"\x7f": "\u2028", "\x00": '\x1f\b\f"\\/', "é": 0.0001, "e": 9999999999999998.0})
@example([1e-4, 0.00010000000000000002, 123456789012345.6, -0.1])
def test_canonical_bytes_are_those_of_the_reference(value):
    assert canonical_json(value) == rfc8785.dumps(value)


def test_nesting_beyond_what_the_fast_way_takes_is_written_alike():
    value: object = 1
    for _ in range(300):
        value = [value]
    assert canonical_json(value) == b"[" * 300 + b"1" + b"]" * 300


MANY = {
    "lists": (b'{"a":[', b"[],", b"[]]}"),
    "objects": (b'{"a":[', b"{},", b"0]}"),
    "small objects": (b'{"a":[', b'{"":0},', b"0]}"),
    "keys of one object": (b"{", b'"":0,', b'"":0}'),
    "numbers": (b'{"a":[', b"0.5,", b"0]}"),
    "lists, and then no JSON": (b'{"a":[', b"[],", b""),
}


@pytest.mark.parametrize("read", [strict_json, parsed], ids=["strict", "foreign"])
@pytest.mark.parametrize(("begin", "part", "end"), MANY.values(), ids=MANY.keys())
def test_what_would_fill_the_memory_is_refused_unparsed_by_what_was_counted(read, begin, part, end):
    content = begin + part * (32_000_000 // len(part)) + end
    with pytest.raises(ValueError, match=r"\d+ lists, \d+ objects, \d+ keys and \d+ commas"):
        read(content)


@pytest.mark.parametrize("read", [strict_json, parsed], ids=["strict", "foreign"])
def test_long_texts_are_no_reason_to_refuse(read):
    content = b'{"a":"' + b"one, two; three. " * 2_000_000 + b'"}'
    assert len(read(content)["a"]) == 34_000_000
