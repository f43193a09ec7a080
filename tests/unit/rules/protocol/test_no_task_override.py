"""Cases of `no-task-override`, and what it says."""

from tests.making.rules.builders import MET, VIOLATED, only, outcome_of
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.protocol.no_task_override import NoTaskOverride

CASES = of_fact(FactName.TASK_OVERRIDES, [], ["num_fewshot=32"])


def test_override_can_be_allowed_by_name():
    of = golden(FactName.TASK_OVERRIDES, ["limit=10", "split=test"])
    assert outcome_of(NoTaskOverride(allowed=("limit=10", "split=test")), of) is MET
    finding = only(NoTaskOverride(allowed=("limit=10",)), of, VIOLATED)
    assert "split=test" in finding.statement
    assert "limit=10" not in finding.statement
