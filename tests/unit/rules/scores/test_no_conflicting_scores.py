"""Cases of `no-conflicting-scores`, and what it says."""

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    foreign,
    outcome_of,
    record,
)

from weighin.evidence.records import Record
from weighin.rules.scores.no_conflicting_scores import NoConflictingScores


def without_a_time(**changes: float) -> Record:
    return changed(foreign(record(**changes)), "run.started", "")


EXACTLY, TO_THE_SECOND = "2026-11-20T10:00:00.25Z", "2026-11-20T10:00:00Z"
CASES = {
    MET: case,
    VIOLATED: lambda: case(record(), record(value=0.44)),
    UNDECIDED: lambda: case(without_a_time(), without_a_time(value=0.44)),
}


def log(value: float = 0.41, started: str = EXACTLY, stamp: str = "") -> Record:
    bare = foreign(record(value=value, started=started))
    return changed(bare, "run.settings", {"file_stamp": stamp} if stamp else {})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (log(), log(0.44), VIOLATED),
        (log(), log(0.41 + 1e-12), MET),
        (log(), log(0.44, started="2026-11-20T11:00:00Z"), MET),
        (log(started="", stamp="a"), log(0.44, started="", stamp="a"), VIOLATED),
        (log(started="", stamp="a"), log(0.44, started="", stamp="b"), MET),
        (log(), log(0.44, started="2026-11-20T10:00:00.75Z"), MET),
        (log(started=TO_THE_SECOND), log(0.44, started=TO_THE_SECOND), UNDECIDED),
        (log(), log(0.44, started=TO_THE_SECOND), UNDECIDED),
        (log(started=TO_THE_SECOND, stamp="a"), log(0.44, started=TO_THE_SECOND, stamp="b"), MET),
        (
            log(started=TO_THE_SECOND, stamp="a"),
            log(0.44, started=TO_THE_SECOND, stamp="a"),
            VIOLATED,
        ),
        (log(stamp="a"), log(0.44, stamp="b"), VIOLATED),
        (log(started="", stamp="a"), log(0.44), UNDECIDED),
        (log(started=""), log(0.44, started=""), UNDECIDED),
        (record(), record(attempt="2", value=0.44), MET),
        (record(), log(0.44), MET),
    ],
)
def test_two_scores_conflict_only_within_one_run(one, other, expected):
    assert outcome_of(NoConflictingScores(), case(one, other)) is expected


def test_a_conflict_names_both_files():
    told = changed(log(0.44), "origin.file", "other.json")
    (finding,) = NoConflictingScores().check(case(log(), told))
    assert "other.json" in finding.found
    assert log().origin.file in finding.found


def test_a_score_that_stands_twice_in_one_record_conflicts():
    own = log()
    (score,) = own.scores
    twice = changed(own, "scores", (score, score.model_copy(update={"value": 0.44})))
    assert outcome_of(NoConflictingScores(), case(twice)) is VIOLATED
