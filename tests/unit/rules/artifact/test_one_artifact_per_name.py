"""Cases of `one-artifact-per-name`, and what it says."""

import re

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    only,
    outcome_of,
    record,
    requirements,
    setting,
    with_identifiers,
)
from tests.making.rules.facts import COMMIT, fact_of, logs, row_of_open_rs, unknown, with_commit

from weighin.evidence.facts import FactName
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.rules.artifact.one_artifact_per_name import OneArtifactPerName
from weighin.rules.interface import Outcome

OTHER_COMMIT = "f" * 40


CASES = {
    MET: lambda: logs(FactName.ARTIFACT_LABEL, "RS1"),
    VIOLATED: lambda: logs(FactName.ARTIFACT_LABEL, "RS1", gsm8k="RS3"),
    UNDECIDED: lambda: logs(FactName.ARTIFACT_LABEL, "RS1", gsm8k=None),
}


def test_labels_under_one_name_are_all_named_the_odd_one_first():
    finding = only(
        OneArtifactPerName(),
        logs(FactName.ARTIFACT_LABEL, "RS1", gsm8k="RS3"),
        VIOLATED,
    )
    assert finding.found == "RS3 (gsm8k); RS1 (arc, lambada)"
    assert finding.statement == (
        "tiny is one name of 2 artifacts by label: gsm8k is of another label; 2 of 3 benchmarks "
        "are of RS1"
    )


def test_labels_of_which_each_covers_every_benchmark_are_counted():
    finding = only(OneArtifactPerName(), row_of_open_rs(), VIOLATED)
    assert finding.statement.startswith(
        "tiny is one name of 3 artifacts by label: RS1 (arc, gsm8k)"
    )


def two_commits():
    return [
        with_commit(unknown(task), commit, Grade.DECLARED)
        for task, commit in (("arc", COMMIT), ("gsm8k", OTHER_COMMIT))
    ]


def test_two_commits_may_hold_one_artifact():
    finding = only(OneArtifactPerName(), case(*two_commits()), UNDECIDED)
    assert finding.contradicts
    assert {COMMIT, OTHER_COMMIT} <= set(re.findall(r"[0-9a-f]{40}", finding.found))
    assert "--online" in finding.fix


def test_two_commits_are_two_artifacts_where_the_commit_itself_is_asked_for():
    asking = requirements(rules={"revision-is-immutable": setting()})
    assert outcome_of(OneArtifactPerName(), case(*two_commits(), requires=asking)) is VIOLATED


def test_branch_beside_a_commit_may_name_it():
    judged = logs(FactName.REVISION, COMMIT, gsm8k="main")
    assert outcome_of(OneArtifactPerName(), judged) is UNDECIDED


def test_same_bytes_are_one_artifact_whatever_they_are_called():
    rows = [fact_of(record(task), FactName.ARTIFACT_LABEL, task) for task in ("arc", "gsm8k")]
    assert outcome_of(OneArtifactPerName(), case(*rows)) is MET


def test_silent_logs_are_not_judged_by_their_names():
    judged = case(unknown("arc"), unknown("gsm8k"))
    assert outcome_of(OneArtifactPerName(), judged) is Outcome.NOT_APPLICABLE


def test_equal_arguments_and_counts_do_not_show_one_artifact():
    argument = Identifier(kind=Kind.ARGUMENT, value="x", grade=Grade.DECLARED, scope="peft")
    counted = Identifier(kind=Kind.TRAIT, value=8, grade=Grade.DECLARED, scope="parameters")
    rows = [
        with_identifiers(unknown(task), Facet.WEIGHTS, argument, counted)
        for task in ("arc", "gsm8k")
    ]
    assert outcome_of(OneArtifactPerName(), case(*rows)) is Outcome.NOT_APPLICABLE
