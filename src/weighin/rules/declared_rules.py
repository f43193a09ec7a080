"""What no log can show and people must state: lineage, contamination, access to test data."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.fact_rule import FactRule, fails, holds, texts
from weighin.rules.interface import Finding, Level, Rule
from weighin.rules.wording import listed, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageIsDeclared(FactRule):
    """The models from which this one was made are declared, and none of them is denied.

    Why:
        Merges inherit what their parents were trained on: test data of one model spread over a
        leaderboard through its descendants.

    How:
        Reads the declared parents; compares their names with a list of those that are denied. The
        declaration is somebody's word.

    Fix:
        Declare `parents` of the model; an empty list says that there are none.

    Attributes:
        denied: Names of models that may not be among the parents; case does not matter.
    """

    id: ClassVar[str] = "lineage-is-declared"
    level: ClassVar[Level] = Level.WARNING
    fact: ClassVar[FactName] = FactName.PARENTS
    unknown: ClassVar[str] = "it is not declared from which models this one was made"
    record_it: ClassVar[str] = "declare `parents` of the model; an empty list if there are none"
    fix: ClassVar[str] = "score a model without this parent"

    denied: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met by a list without a denied name."""
        parents = texts(value)
        if parents is None:
            return self.shapeless(value)
        denied = {name.casefold() for name in self.denied}
        if found := tuple(name for name in parents if name.casefold() in denied):
            return fails(
                f"made from {listed(found)}, which is denied",
                expected=f"none of {listed(self.denied)}",
                found=value,
            )
        return holds(f"made from {listed(parents)}" if parents else "made from no other model")


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
    record_it: ClassVar[str] = (
        "declare `contamination` of the model: a statement, or the report of a probe"
    )
    fix: ClassVar[str] = record_it

    def judge(self, value: JsonValue) -> Finding:
        """Met by any text."""
        return _stated(value, "test data in the training data") or self.shapeless(value)


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
    record_it: ClassVar[str] = (
        "declare `test_data_access` of the model: who saw which test data, and who paid for it"
    )
    fix: ClassVar[str] = record_it

    def judge(self, value: JsonValue) -> Finding:
        """Met by any text."""
        return _stated(value, "access to the test data") or self.shapeless(value)


def _stated(value: JsonValue, what: str) -> Finding | None:
    """The finding on a statement; `None` if it says nothing."""
    if isinstance(value, str) and value.strip():
        return holds(f"stated on {what}", literal(value)[:300])
    return None


DECLARED_RULES: tuple[type[Rule], ...] = (
    LineageIsDeclared,
    ContaminationIsStated,
    AccessIsStated,
)
