"""The rule `no-task-override`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Weaker
from weighin.rules.shared.fact_rule import FactRule, fails, holds, outside, texts
from weighin.rules.shared.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTaskOverride(FactRule):
    """No benchmark's own definition was replaced, beyond what is allowed.

    Why:
        An argument to a task can change its prompt, split or scorer while its name stays.

    How:
        Reads what the log says was passed to the task, beside its own definition.

    Fix:
        Score the task as it ships, or allow the override by name.

    Attributes:
        allowed: Overrides that may stand, as the log words them.
    """

    id: ClassVar[str] = "no-task-override"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"allowed": Weaker.MORE})
    fact: ClassVar[FactName] = FactName.TASK_OVERRIDES
    unknown: ClassVar[str] = "it is not recorded whether the task's own definition was replaced"
    declare_it: ClassVar[str] = "declare `task_overrides` of the benchmark"
    fix: ClassVar[str] = "score the task as it ships, or allow the override with `allowed`"

    allowed: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met by an empty list, or one of allowed overrides."""
        if (overrides := texts(value)) is None:
            return self.shapeless(value)
        if odd := outside(overrides, self.allowed):
            return fails(
                f"{count(len(odd), 'override')} of the task's own definition: {listed(odd)}",
                expected=listed(self.allowed) or "none",
                found=value,
            )
        return holds("the task's own definition was not replaced beyond what is allowed", value)
