"""What the rules on artifacts, claims and copied answers say."""

import pytest
from tests.making.rules.builders import case, only, outcome_of, record, requirements
from tests.making.rules.identity_cases import COMMIT, claiming, logs, unknown
from tests.making.rules.protocol_cases import fact_of

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.artifact.one_artifact_per_name import OneArtifactPerName
from weighin.rules.artifact.revision_is_immutable import RevisionIsImmutable
from weighin.rules.interface import Case, Outcome
from weighin.rules.scores.claimed_scores_are_recorded import ClaimedScoresAreRecorded, prints_as

OTHER_COMMIT = "f" * 40


def with_commit(of: Record, commit: str, grade: Grade) -> Record:
    weights = Identifier(kind=Kind.COMMIT, value=f"org/tiny@{commit}", grade=grade)
    observations = tuple(
        o.model_copy(update={"identifiers": (*o.identifiers, weights)})
        if o.facet is Facet.WEIGHTS
        else o
        for o in of.observations
    )
    return of.model_copy(update={"observations": observations})


def row_of_open_rs() -> Case:
    """AMC23 and AIME24 of three checkpoints, whose logs carry one name and no commit."""
    scores = {
        ("RS1", "arc"): 0.700, ("RS1", "gsm8k"): 0.3,
        ("RS2", "arc"): 0.800, ("RS2", "gsm8k"): 0.3,
        ("RS3", "arc"): 0.725, ("RS3", "gsm8k"): 14 / 30,
    }  # fmt: skip
    rows = []
    for (label, task), value in scores.items():
        row = unknown(task, scores=record(task, value=value).scores)
        row = row.model_copy(update={"origin": row.origin.model_copy(update={"file": label})})
        rows.append(fact_of(row, FactName.ARTIFACT_LABEL, label, Grade.NAMED))
    return case(*rows)


def test_branch_can_move_and_the_finding_says_so():
    finding = only(
        RevisionIsImmutable(), logs(FactName.REVISION, COMMIT, gsm8k="main"), Outcome.VIOLATED
    )
    assert finding.statement == "gsm8k: the revision 'main' can move"
    assert "revision=<40-hex commit>" in finding.fix


def test_commit_that_a_log_looked_up_does_not_make_main_immutable():
    row = with_commit(fact_of(unknown("gsm8k"), FactName.REVISION, "main"), COMMIT, Grade.DECLARED)
    assert outcome_of(RevisionIsImmutable(), case(row)) is Outcome.VIOLATED


def test_commit_that_was_looked_up_without_a_revision_is_undecided():
    row = with_commit(unknown("gsm8k"), COMMIT, Grade.DECLARED)
    assert outcome_of(RevisionIsImmutable(), case(row)) is Outcome.UNDECIDED


def test_commit_of_what_was_loaded_is_immutable():
    row = with_commit(unknown("gsm8k"), COMMIT, Grade.PINNED)
    assert outcome_of(RevisionIsImmutable(), case(row)) is Outcome.MET


def test_hashed_weights_need_no_revision():
    assert outcome_of(RevisionIsImmutable(), case()) is Outcome.MET


def test_abbreviated_commit_is_none():
    judged = logs(FactName.REVISION, COMMIT[:8])
    assert outcome_of(RevisionIsImmutable(), judged) is Outcome.VIOLATED


def test_labels_under_one_name_are_all_named_the_odd_one_first():
    finding = only(
        OneArtifactPerName(),
        logs(FactName.ARTIFACT_LABEL, "RS1", gsm8k="RS3"),
        Outcome.VIOLATED,
    )
    assert finding.found == "RS3 (gsm8k); RS1 (arc, lambada)"
    assert finding.statement == (
        "tiny is one name of 2 artifacts by label: gsm8k is of another label; 2 of 3 benchmarks "
        "are of RS1"
    )


def test_labels_of_which_each_covers_every_benchmark_are_counted():
    finding = only(OneArtifactPerName(), row_of_open_rs(), Outcome.VIOLATED)
    assert finding.statement.startswith(
        "tiny is one name of 3 artifacts by label: RS1 (arc, gsm8k)"
    )


def test_two_commits_are_two_artifacts():
    rows = [
        with_commit(unknown(task), commit, Grade.DECLARED)
        for task, commit in (("arc", COMMIT), ("gsm8k", OTHER_COMMIT))
    ]
    assert outcome_of(OneArtifactPerName(), case(*rows)) is Outcome.VIOLATED


def test_branch_beside_a_commit_may_name_it():
    judged = logs(FactName.REVISION, COMMIT, gsm8k="main")
    assert outcome_of(OneArtifactPerName(), judged) is Outcome.UNDECIDED


def test_same_bytes_are_one_artifact_whatever_they_are_called():
    rows = [fact_of(record(task), FactName.ARTIFACT_LABEL, task) for task in ("arc", "gsm8k")]
    assert outcome_of(OneArtifactPerName(), case(*rows)) is Outcome.MET


def test_silent_logs_are_not_judged_by_their_names():
    judged = case(unknown("arc"), unknown("gsm8k"))
    assert outcome_of(OneArtifactPerName(), judged) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("46.7%", 14 / 30),
        ("46.7", 14 / 30),
        ("0.467", 14 / 30),
        ("0.47", 46.6667),
        ("80", 0.8),
        ("80%", 80.0),
        ("57.20", 0.572),
        # A half goes either way; this one is just below it as a double.
        ("0.29", 0.285),
        ("0.28", 0.285),
        # Cut off instead of rounded.
        ("46.6", 14 / 30),
        ("12.25", 12.25),
        ("100", 1.0),
        ("0", 0.0),
    ],
)
def test_score_prints_as_its_rounding_in_either_unit(printed, value):
    assert prints_as(printed, value)


@pytest.mark.parametrize(
    ("printed", "value"),
    [("46.8", 14 / 30), ("46.5", 14 / 30), ("57.2", 0.5731), ("0.8", 0.008), ("50%", 0.05)],
)
def test_score_does_not_print_as_another_number(printed, value):
    assert not prints_as(printed, value)


def test_headline_of_two_checkpoints_is_of_neither():
    finding = only(
        ClaimedScoresAreRecorded(),
        claiming(row_of_open_rs(), arc="80%", gsm8k="46.7%"),
        Outcome.VIOLATED,
    )
    assert finding.statement == (
        "arc, gsm8k: each published score is recorded, but no one artifact has them all: "
        "80% on arc is of RS2; 46.7% on gsm8k is of RS3"
    )


def test_row_of_one_checkpoint_among_many_is_recorded():
    judged = claiming(row_of_open_rs(), arc="72.5", gsm8k="46.7")
    assert outcome_of(ClaimedScoresAreRecorded(), judged) is Outcome.MET


def test_claim_that_was_never_recorded_names_what_was():
    finding = only(ClaimedScoresAreRecorded(), claiming(case(), gsm8k="57.2"), Outcome.VIOLATED)
    assert finding.expected == "57.2"
    assert finding.found == "0.41"


def test_without_claims_the_rule_does_not_apply():
    assert outcome_of(ClaimedScoresAreRecorded(), case()) is Outcome.NOT_APPLICABLE


def test_claim_in_another_metric_than_the_required_one_is_undecided():
    benchmark = BenchmarkRequirement(task="gsm8k", metric="f1", claimed="41")
    judged = case(record(), requires=requirements(benchmarks=(benchmark,)))
    assert outcome_of(ClaimedScoresAreRecorded(), judged) is Outcome.UNDECIDED
