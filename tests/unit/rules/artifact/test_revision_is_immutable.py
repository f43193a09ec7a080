"""Cases of `revision-is-immutable`, and what it says."""

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    foreign,
    only,
    outcome_of,
    with_gsm8k,
)
from tests.making.rules.facts import COMMIT, fact_of, logs, unknown, with_commit

from weighin.evidence.facts import FactName
from weighin.identity.facets import Grade
from weighin.rules.artifact.revision_is_immutable import RevisionIsImmutable

CASES = {
    MET: lambda: logs(FactName.REVISION, COMMIT),
    VIOLATED: lambda: logs(FactName.REVISION, COMMIT, gsm8k="main"),
    UNDECIDED: lambda: with_gsm8k(foreign),
}


def test_branch_can_move_and_the_finding_says_so():
    finding = only(RevisionIsImmutable(), logs(FactName.REVISION, COMMIT, gsm8k="main"), VIOLATED)
    assert finding.statement == "gsm8k: the revision 'main' can move"
    assert "revision=<40-hex commit>" in finding.fix


def test_commit_that_a_log_looked_up_does_not_make_main_immutable():
    row = with_commit(fact_of(unknown("gsm8k"), FactName.REVISION, "main"), COMMIT, Grade.DECLARED)
    assert outcome_of(RevisionIsImmutable(), case(row)) is VIOLATED


def test_commit_that_was_looked_up_without_a_revision_is_undecided():
    row = with_commit(unknown("gsm8k"), COMMIT, Grade.DECLARED)
    assert outcome_of(RevisionIsImmutable(), case(row)) is UNDECIDED


def test_commit_of_what_was_loaded_is_immutable():
    row = with_commit(unknown("gsm8k"), COMMIT, Grade.PINNED)
    assert outcome_of(RevisionIsImmutable(), case(row)) is MET


def test_hashed_weights_need_no_revision():
    assert outcome_of(RevisionIsImmutable(), case()) is MET


def test_abbreviated_commit_is_none():
    judged = logs(FactName.REVISION, COMMIT[:8])
    assert outcome_of(RevisionIsImmutable(), judged) is VIOLATED
