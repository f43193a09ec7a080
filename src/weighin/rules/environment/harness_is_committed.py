"""The rule `harness-is-committed`."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding
from weighin.rules.shared.fact_rule import FactRule, fails, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class HarnessIsCommitted(FactRule):
    """The harness and the evaluation's code had no uncommitted changes.

    Why:
        A commit names code only if nothing was changed beside it: a task, a parser or a scorer that
        was edited in place leaves the commit as it was.

    How:
        Reads what the harness says of the working tree of its code.

    Fix:
        Commit the changes, publish them, and score the benchmark again.
    """

    id: ClassVar[str] = "harness-is-committed"
    fact: ClassVar[FactName] = FactName.HARNESS_IS_DIRTY
    unknown: ClassVar[str] = "whether the harness had uncommitted changes is not recorded"
    declare_it: ClassVar[str] = "declare `harness_is_dirty`"
    fix: ClassVar[str] = "commit the changes, and score it again"

    def judge(self, value: JsonValue) -> Finding:
        """Met where nothing was changed beside the commit."""
        if value is False:
            return holds("the harness had no uncommitted changes")
        if value is True:
            return fails(
                "the harness had uncommitted changes",
                expected="a clean working tree",
                found="uncommitted changes",
            )
        return self.shapeless(value)
