"""The rule `trajectories-are-complete`."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding
from weighin.rules.shared.fact_rule import FactRule, fails, holds, share
from weighin.rules.shared.wording import count


@dataclass(frozen=True, slots=True, kw_only=True)
class TrajectoriesAreComplete(FactRule):
    """Every document that was passed has the trajectory that shows how.

    Why:
        A pass that nobody can read could be anything: a solution, a look-up, a deleted test.

    How:
        Compares the number of passed documents with that of passed documents with a trajectory.

    Fix:
        Give the trajectories of all passed documents, or count the others as failed.
    """

    id: ClassVar[str] = "trajectories-are-complete"
    fact: ClassVar[FactName] = FactName.TRAJECTORIES
    unknown: ClassVar[str] = "it is not recorded which passed documents have a trajectory"
    declare_it: ClassVar[str] = "declare `trajectories` of the benchmark"
    fix: ClassVar[str] = "give the trajectories of all passed documents"

    def judge(self, value: JsonValue) -> Finding:
        """Met where as many have a trajectory as passed."""
        if isinstance(value, dict) and value.get("passed") == 0 == value.get("with_trajectory"):
            return holds("no document was passed")
        counted = share(value, "with_trajectory", "passed")
        if counted is None:
            return self.shapeless(value)
        kept, passed = counted
        told = f"{kept} of {count(passed, 'passed document')} with a trajectory"
        if kept == passed:
            return holds(told)
        return fails(told, expected=str(passed), found=kept)
