"""Cases of `variants-at-most`, and what it says."""

from tests.making.rules.builders import VIOLATED, case, only
from tests.making.rules.facts import fact_of, of_fact, unknown

from weighin.evidence.facts import FactName
from weighin.rules.runs.variants_at_most import VariantsAtMost

CASES = of_fact(FactName.VARIANTS_TESTED, met=1, violated=27)


def test_declared_variants_do_not_hide_those_in_the_evidence():
    rows = [
        fact_of(fact_of(unknown(task), FactName.VARIANTS_TESTED, 1), FactName.ARTIFACT_LABEL, task)
        for task in ("arc", "gsm8k")
    ]
    finding = only(VariantsAtMost(), case(*rows), VIOLATED)
    assert finding.statement == "2 variants scored under the name: arc, gsm8k"
