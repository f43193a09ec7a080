"""Cases of `test-data-access-is-stated`."""

from tests.making.rules.facts import of_statement

from weighin.evidence.facts import FactName

CASES = of_statement(FactName.TEST_DATA_ACCESS)
