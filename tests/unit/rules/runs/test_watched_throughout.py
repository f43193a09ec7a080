"""Cases of `watched-throughout`, and what it says."""

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    foreign,
    gsm8k_with,
    outcome_of,
    with_gsm8k,
)

from weighin.evidence.records import Record, TakenAnswers
from weighin.evidence.watched import Looks, WatchedChange, WatchState
from weighin.rules.interface import Case, Outcome
from weighin.rules.runs.watched_throughout import WatchedThroughout

SWAPPED = WatchedChange(
    what="method",
    name="LlamaMLP.forward",
    before="of transformers/models/llama/modeling_llama.py",
    after="of tasks/swap.py",
    when="while tasks were loaded",
)

CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("watch.changes", (SWAPPED,)),
    UNDECIDED: lambda: gsm8k_with("watch.state", WatchState.OFF),
}


def test_what_was_replaced_is_named_with_its_moment_and_its_place():
    judged = gsm8k_with("watch.changes", (SWAPPED,))
    (finding,) = (f for f in WatchedThroughout().check(judged) if f.outcome is VIOLATED)
    assert "LlamaMLP.forward became another while tasks were loaded" in finding.statement
    assert finding.found == "of tasks/swap.py"


def test_a_change_violates_whatever_state_the_record_gives_itself():
    judged = gsm8k_with("watch.changes", (SWAPPED,))
    assert {r.watch.state for r in judged.records if r.watch} == {WatchState.HELD}
    assert outcome_of(WatchedThroughout(), judged) is VIOLATED


@pytest.mark.parametrize("state", sorted(set(WatchState) - {WatchState.HELD}))
def test_whoever_could_not_watch_has_not_shown_that_nothing_changed(state):
    assert outcome_of(WatchedThroughout(), gsm8k_with("watch.state", state)) is UNDECIDED


@pytest.mark.parametrize("number", [99, 101])
def test_answers_are_as_many_as_were_asked_for(number):
    judged = gsm8k_with("sent.answers", {"generate_until": number})
    assert outcome_of(WatchedThroughout(), judged) is UNDECIDED


LOOKS = Looks(
    passes=7, looks=3, bytes_looked_at=10, seconds=0.1, model_seconds=1.0, missed={"one": 0.5}
)


def gone_on_with(looks: Looks | None, *, taken: int, here: int) -> Case:
    """A record of which an attempt that was ended had given some answers."""

    def changed(record: Record) -> Record:
        assert record.sent is not None
        assert record.loaded is not None
        part = TakenAnswers(
            attempt_id="0",
            run_id="run-0",
            host="machine",
            began="2026-11-20T09:00:00Z",
            until="2026-11-20T09:10:00Z",
            weights=record.loaded.digest_before,
            settings={},
            journal_sha256="0" * 64,
            answers={"generate_until": taken},
            looks=looks,
        )
        sent = record.sent.model_copy(update={"answers": {"generate_until": here}})
        return record.model_copy(update={"taken": (part,), "sent": sent})

    return with_gsm8k(changed)


@pytest.mark.parametrize(
    ("looks", "taken", "here", "expected"),
    [
        (LOOKS, 40, 60, MET),
        (LOOKS, 100, 0, MET),
        (LOOKS, 40, 61, UNDECIDED),
        (LOOKS, 40, 59, UNDECIDED),
        (None, 40, 60, UNDECIDED),
    ],
)
def test_answers_of_an_attempt_that_was_ended_count_as_far_as_it_was_watched(
    looks, taken, here, expected
):
    assert outcome_of(WatchedThroughout(), gone_on_with(looks, taken=taken, here=here)) is expected


def test_how_closely_an_attempt_was_watched_that_was_ended_is_told():
    (finding,) = (
        f
        for f in WatchedThroughout().check(gone_on_with(LOOKS, taken=40, here=60))
        if "gsm8k" in f.benchmarks
    )
    assert "40 answers of attempt 0, which was ended: 7 passes, 3 looks" in finding.found


def test_a_record_of_ones_own_without_a_watch_is_undecided():
    assert outcome_of(WatchedThroughout(), gsm8k_with("watch", None)) is UNDECIDED


def test_logs_of_others_and_older_records_hold_no_watch():
    for silent in (
        foreign,
        lambda record: record.model_copy(
            update={"format": "weighin.record/1", "watch": None, "sent": None}
        ),
    ):
        findings = WatchedThroughout().check(with_gsm8k(silent))
        assert Outcome.NOT_APPLICABLE in {finding.outcome for finding in findings}
        assert outcome_of(WatchedThroughout(), with_gsm8k(silent)) is MET
