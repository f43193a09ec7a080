"""Cases of `same-harness`, and what it says."""

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    only,
    outcome_of,
    with_gsm8k,
)
from tests.making.rules.facts import COMMIT, fact_of, golden

from weighin.evidence.facts import FactName
from weighin.rules.environment.same_harness import SameHarness

CASES = {
    MET: case,
    VIOLATED: lambda: with_gsm8k(lambda r: changed(r, "run.harness", "lm-eval 0.4.9")),
    UNDECIDED: lambda: with_gsm8k(lambda r: fact_of(r, FactName.HARNESS_COMMIT, COMMIT)),
}


def test_odd_version_of_the_harness_is_named_first():
    judged = with_gsm8k(lambda r: changed(r, "run.harness", "lm-eval 0.4.9"))
    finding = only(SameHarness(), judged, VIOLATED)
    assert finding.statement == "gsm8k: another harness than on 2 of 3 benchmarks"


def test_abbreviated_commit_of_the_harness_is_the_same_commit():
    judged = golden(FactName.HARNESS_COMMIT, COMMIT, gsm8k=COMMIT[:8])
    assert outcome_of(SameHarness(), judged) is MET


def test_harness_without_a_version_is_undecided():
    judged = with_gsm8k(lambda r: changed(r, "run.harness", "simple-evals"))
    assert UNDECIDED in {f.outcome for f in SameHarness().check(judged)}
