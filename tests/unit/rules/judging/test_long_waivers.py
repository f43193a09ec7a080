"""A waiver is for a time: one that ends more than a year ahead does not apply yet."""

from datetime import timedelta

import pytest
from tests.making.rules.builders import TODAY, waiver

from weighin.rules.catalogue import CATALOGUE
from weighin.rules.interface import Finding, Outcome
from weighin.rules.judging.waiving import MOST_DAYS_AHEAD, waived


@pytest.mark.parametrize("rule", [rule.id for rule in CATALOGUE.judged(())])
@pytest.mark.parametrize(("days", "applies"), [(0, True), (1, False)])
def test_a_waiver_of_any_rule_applies_up_to_its_longest_time(rule, days, applies):
    long = waiver(rule, expires=TODAY + timedelta(days=MOST_DAYS_AHEAD + days))
    violated = Finding(outcome=Outcome.VIOLATED, statement="it differs", benchmarks=("gsm8k",))
    ((finding, accepted),) = waived([violated], [long], TODAY)
    assert (accepted is long, finding.outcome is Outcome.WAIVED) == (applies, applies)


def test_what_is_accepted_remembers_what_it_was():
    violated = Finding(outcome=Outcome.VIOLATED, statement="differs")
    ((finding, _),) = waived([violated], [waiver("same-weights")], TODAY)
    assert (finding.outcome, finding.before_waiver) == (Outcome.WAIVED, Outcome.VIOLATED)
