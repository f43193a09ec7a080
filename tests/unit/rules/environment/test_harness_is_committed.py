"""Cases of `harness-is-committed`."""

from tests.making.rules.facts import of_fact

from weighin.evidence.facts import FactName

CASES = of_fact(FactName.HARNESS_IS_DIRTY, met=False, violated=True)
