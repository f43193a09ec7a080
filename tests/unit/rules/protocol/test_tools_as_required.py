"""Cases of `tools-as-required`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, outcome_of
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.protocol.tools_as_required import ToolsAsRequired

CASES = of_fact(FactName.TOOLS, [], ["web_search"])


@pytest.mark.parametrize(
    ("tools", "outcome"),
    [
        (["python"], MET),
        (["python", "browser"], MET),
        (["browser"], VIOLATED),
        (["python", "shell"], VIOLATED),
        ({"python": 3}, MET),
        ("python", UNDECIDED),
        ([1], UNDECIDED),
    ],
)
def test_tools_are_those_required_and_any_allowed(tools, outcome):
    rule = ToolsAsRequired(required=("python",), allowed=("browser",))
    assert outcome_of(rule, golden(FactName.TOOLS, tools)) is outcome
