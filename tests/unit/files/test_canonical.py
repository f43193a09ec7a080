"""Canonical JSON, by whichever of three ways it is written."""

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from weighin.files.canonical import canonical_json

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
