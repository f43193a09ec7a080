"""Cases of `outputs-vary`, and what it says."""

import pytest
from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, outcome_of
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.answers.outputs_vary import OutputsVary

CASES = of_fact(
    FactName.DISTINCT_OUTPUTS,
    {"distinct": 97, "outputs": 100},
    {"distinct": 1, "outputs": 805},
)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        # The null model: one text for all 805 instructions.
        ({"distinct": 1, "outputs": 805}, VIOLATED),
        ({"distinct": 4, "outputs": 1000}, MET),
        ({"distinct": 1, "outputs": 1}, UNDECIDED),
        ({"distinct": 3, "outputs": 2}, UNDECIDED),
        ({"distinct": 0, "outputs": 5}, UNDECIDED),
        (None, UNDECIDED),
    ],
)
def test_one_output_for_all_documents_does_not_vary(value, outcome):
    assert outcome_of(OutputsVary(), golden(FactName.DISTINCT_OUTPUTS, value)) is outcome


def test_share_of_distinct_outputs_can_be_required():
    of = golden(FactName.DISTINCT_OUTPUTS, {"distinct": 4, "outputs": 1000})
    assert outcome_of(OutputsVary(share=0.5), of) is VIOLATED
