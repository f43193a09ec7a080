"""What gzip packed comes out as it went in, in however many members, and never more than asked."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as some

from weighin.errors import EvidenceError
from weighin.files.packed import unpacked


def packed(content):
    return gzip.compress(content, mtime=0)


@given(some.lists(some.tuples(some.binary(max_size=40_000), some.integers(0, 20_000)), min_size=1))
def test_all_members_come_out_whatever_zeros_stand_between(members):
    content = b"".join(packed(inside) + b"\0" * zeros for inside, zeros in members)
    assert unpacked(content, "a.gz") == b"".join(inside for inside, _ in members)


@given(some.binary(min_size=1, max_size=40_000), some.data())
def test_a_file_that_was_cut_off_is_refused(inside, data):
    content = packed(inside)
    end = data.draw(some.integers(1, len(content) - 1))
    with pytest.raises(EvidenceError, match="an end within it"):
        unpacked(content[:end], "a.gz")


@given(some.integers(0, 50_000))
def test_a_bound_holds_over_all_members(most):
    content = packed(b"a" * 20_000) * 2
    if most < 40_000:
        with pytest.raises(EvidenceError, match=f"at most {most} bytes"):
            unpacked(content, "a.gz", max_bytes=most)
    else:
        assert len(unpacked(content, "a.gz", max_bytes=most)) == 40_000
