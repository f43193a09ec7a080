"""The rule `test-data-access-is-stated`."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Level
from weighin.rules.shared.fact_rule import FactRule, stated_on


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessIsStated(FactRule):
    """It is stated who had access to the test data, or paid for it.

    Why:
        A developer who commissioned a benchmark may hold its problems and solutions; readers
        learned of such a case late.

    How:
        Looks for a statement that says something; it is shown, not verified.

    Fix:
        Declare `test_data_access` of the model: who saw which test data, and who paid for it.
    """

    id: ClassVar[str] = "test-data-access-is-stated"
    level: ClassVar[Level] = Level.NOTE
    fact: ClassVar[FactName] = FactName.TEST_DATA_ACCESS
    unknown: ClassVar[str] = "nothing is stated on who had access to the test data"
    declare_it: ClassVar[str] = (
        "declare `test_data_access` of the model: who saw which test data, and who paid for it"
    )
    fix: ClassVar[str] = declare_it

    def judge(self, value: JsonValue) -> Finding:
        """Met by any text."""
        return stated_on(value, "access to the test data") or self.shapeless(value)
