"""The rule `lineage-is-declared`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Level, Weaker
from weighin.rules.shared.fact_rule import FactRule, fails, holds, texts
from weighin.rules.shared.wording import listed


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
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"denied": Weaker.FEWER})
    fact: ClassVar[FactName] = FactName.PARENTS
    unknown: ClassVar[str] = "it is not declared from which models this one was made"
    declare_it: ClassVar[str] = "declare `parents` of the model; an empty list if there are none"
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
