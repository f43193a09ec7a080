from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.making.rules.cards import REGISTRY, number, scorecard

from weighin.evidence.scorecard import Role, Unit
from weighin.rules.scorecard.interface import ScorecardCase
from weighin.rules.scorecard.judge import judge_scorecard

PRINTED = st.from_regex(r"\A(0|100|[0-9]{1,2}|1[0-9]{3})(\.[0-9]{0,4})?\Z")
NUMBERS = st.builds(
    number,
    PRINTED,
    st.sampled_from([b.id for b in REGISTRY.benchmarks] + ["arena", "Average", "MuSR team"]),
    of=st.sampled_from("abc"),
    unit=st.sampled_from(list(Unit)),
    role=st.sampled_from(list(Role)),
    metric=st.sampled_from(["", "acc", "f1", "em", "pass@1", "pass@8", "strict", "loose"]),
    split=st.sampled_from(["", "test", "train"]),
    row=st.sampled_from(["", "row"]),
    documents=st.none() | st.integers(1, 20_000),
    standard_error=st.just("") | PRINTED,
    interval=st.none() | st.just(("+12", "-9")) | st.just(("0", "0")),
    passes=st.sampled_from([None, 1, 3, "several"]),
    shots=st.sampled_from([None, 0, 5]),
    subset=st.sampled_from(["", "half"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_no_check_fails_whatever_the_card_says(numbers):
    report = judge_scorecard(ScorecardCase(scorecards=(scorecard(*numbers),), registry=REGISTRY))
    assert not [f.statement for _, f in report.findings if "the check failed" in f.statement]
