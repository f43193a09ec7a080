"""Cases of `contamination-is-stated`."""

from tests.making.rules.facts import of_statement

from weighin.evidence.facts import FactName

CASES = of_statement(FactName.CONTAMINATION)
