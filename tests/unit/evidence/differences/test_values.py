import pytest

from weighin.evidence.differences.held.values import held_mappings, held_values
from weighin.identity.facets import Agreement


@pytest.mark.parametrize(
    ("first", "second", "agreement"),
    [
        (0, 1, Agreement.DIFFERENT),
        (0, "0", Agreement.SAME),
        (1.0, 1, Agreement.SAME),
        (None, 1, Agreement.UNKNOWN),
        (0, None, Agreement.UNKNOWN),
        (False, None, Agreement.UNKNOWN),
    ],
)
def test_what_only_one_side_records_is_unknown(first, second, agreement):
    assert held_values("shots", first, second).agreement is agreement


def test_what_neither_records_is_no_answer():
    assert held_values("shots", None, None) is None
    assert held_mappings("seeds", {}, {}, is_whole=True) is None


def test_what_is_unset_in_one_list_is_a_difference_only_where_lists_are_whole():
    ours, theirs = {"a": 1, "b": 2}, {"a": 1}
    whole = held_mappings("arguments", ours, theirs, is_whole=True)
    assert (whole.agreement, whole.brief) == (Agreement.DIFFERENT, "b 2 → not set")
    part = held_mappings("arguments", ours, theirs, is_whole=False)
    assert (part.agreement, part.brief) == (Agreement.UNKNOWN, "set in only one: b")


def test_a_list_that_only_one_side_has_is_unknown():
    found = held_mappings("arguments", {"a": 1}, {}, is_whole=True)
    assert (found.agreement, found.brief) == (Agreement.UNKNOWN, "recorded only of A")


def test_several_differences_are_told_line_by_line():
    found = held_mappings("seeds", {"a": 1, "b": 1}, {"a": 2, "b": 3}, is_whole=True, noun="seed")
    assert found.brief == "2 seeds: a, b"
    assert found.lines == ("-a: 1", "+a: 2", "-b: 1", "+b: 3")
