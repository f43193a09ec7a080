"""Lines of before events had a format: they are read for ever, and held against each other."""

import pytest
from tests.making.runs.ledgers import lines_of, old_lines, write_lines

from weighin.evidence.ledger import LEDGER_NAME, Ledger, ledgers_at, read_ledger
from weighin.files.canonical import sha256_hex


@pytest.fixture
def path(tmp_path):
    """Four lines, as weighin wrote them before."""
    write_lines(tmp_path, old_lines(*(f"event-{number}" for number in range(4))))
    return tmp_path / LEDGER_NAME


def test_an_untouched_ledger_has_no_breaks(path):
    content = read_ledger(path)
    assert [line.event for line in content.lines] == [f"event-{n}" for n in range(4)]
    assert (content.breaks, content.torn) == ((), ())


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_altered_line_breaks_the_line_after_it(path, number):
    path.write_bytes(path.read_bytes().replace(b"event-%d" % number, b"event-9"))
    assert read_ledger(path).breaks == (f"line {number + 2} does not follow the line before it",)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_removed_line_breaks_the_line_after_it(path, number):
    kept = [line for position, line in enumerate(lines_of(path.parent)) if position != number]
    write_lines(path.parent, kept)
    assert read_ledger(path).breaks == (f"line {number + 1} does not follow the line before it",)


def test_lines_in_another_order_are_breaks(path):
    first, second, *rest = lines_of(path.parent)
    write_lines(path.parent, [second, first, *rest])
    assert len(read_ledger(path).breaks) == 3


def test_a_line_that_stands_twice_is_a_break(path):
    *_, last = lines_of(path.parent)
    path.write_bytes(path.read_bytes() + last + b"\n")
    assert read_ledger(path).breaks == ("line 5 does not follow the line before it",)


def test_a_ledger_put_behind_itself_is_a_break(path):
    write_lines(path.parent, old_lines("run-started", "run-finished") * 2)
    assert read_ledger(path).breaks == ("line 3 does not follow the line before it",)


def test_a_ledger_put_behind_another_is_told(path):
    write_lines(path.parent, [*old_lines("run-started"), *old_lines("run-started", run_id="b")])
    content = read_ledger(path)
    assert content.breaks == ()
    assert content.joined == ("line 2 begins another ledger, put behind this one",)


@pytest.mark.parametrize(
    "hostile",
    [
        b"null",
        b"[" * 5000,
        b'{"event": NaN}',
        b"\xff\xfe",
        b'{"event": "run-started", "event": "run-finished"}',
        b'"\\ud800"',
    ],
)
def test_a_hostile_line_is_told_and_the_others_are_read(path, hostile):
    path.write_bytes(hostile + b"\n" + path.read_bytes())
    content = read_ledger(path)
    assert content.torn == ("line 1 cannot be read",)
    assert len(content.lines) == 4
    assert content.breaks == ("line 2 does not follow the line before it",)


def test_events_behind_old_lines_break_nothing(path):
    Ledger(path.parent, run_id="run-1", model="tiny").append("run-started")
    content = read_ledger(path)
    assert (len(content.lines), content.breaks, content.joined) == (5, (), ())


def test_a_line_of_an_older_weighin_behind_events_is_bound_to_them(path):
    Ledger(path.parent, run_id="run-1", model="tiny").append("run-started")
    last = sha256_hex(lines_of(path.parent)[-1])
    write_lines(path.parent, [*lines_of(path.parent), *old_lines("run-started", previous=last)])
    Ledger(path.parent, run_id="run-1", model="tiny").append("run-finished")
    assert read_ledger(path).breaks == ()


@pytest.mark.parametrize("left", [0, 1, 3])
def test_a_cut_tail_of_old_lines_is_found_by_a_later_run(path, left):
    Ledger(path.parent, run_id="run-1", model="tiny").append("run-started")
    *lines, event = lines_of(path.parent)
    write_lines(path.parent, [*lines[:left], event])
    (problem,) = ledgers_at(path.parent).problems
    assert sha256_hex(lines[-1]) in problem.expected
    assert problem.expected.endswith("of file ledger.jsonl, which run run-1 saw")


def test_old_lines_under_another_name_are_what_a_later_run_saw(path):
    Ledger(path.parent, run_id="run-1", model="tiny").append("run-started")
    *lines, event = lines_of(path.parent)
    write_lines(path.parent, lines, "ledger-of-before.jsonl")
    write_lines(path.parent, [event])
    assert ledgers_at(path.parent).problems == ()
