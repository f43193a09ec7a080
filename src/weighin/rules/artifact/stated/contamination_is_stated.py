"""The rule `contamination-is-stated`."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Level
from weighin.rules.shared.fact_rule import FactRule, stated_on


@dataclass(frozen=True, slots=True, kw_only=True)
class ContaminationIsStated(FactRule):
    """It is stated what is known of test data in the training data.

    Why:
        Nothing in a run shows whether the model had seen the answers. A statement or the report
        of a probe does not prove it either, but somebody stands for it.

    How:
        Looks for a statement that says something; it is shown, not verified.

    Fix:
        Declare `contamination` of the model: a statement, or where the report of a probe is.
    """

    id: ClassVar[str] = "contamination-is-stated"
    level: ClassVar[Level] = Level.NOTE
    fact: ClassVar[FactName] = FactName.CONTAMINATION
    unknown: ClassVar[str] = "nothing is stated on test data in the training data"
    declare_it: ClassVar[str] = (
        "declare `contamination` of the model: a statement, or the report of a probe"
    )
    fix: ClassVar[str] = declare_it

    def judge(self, value: JsonValue) -> Finding:
        """Met by any text."""
        return stated_on(value, "test data in the training data") or self.shapeless(value)
