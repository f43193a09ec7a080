"""The rule `tools-as-required`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Weaker
from weighin.rules.shared.fact_rule import FactRule, fails, holds, outside, texts
from weighin.rules.shared.wording import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolsAsRequired(FactRule):
    """The model had the tools that are required, and no others.

    Why:
        A model that browses or runs code answers another exam than one that does not.

    How:
        Compares the names of the tools that the log says the model was given.

    Fix:
        Score again with the required tools.

    Attributes:
        required: Tools that it must have.
        allowed: Further tools that it may have.
    """

    id: ClassVar[str] = "tools-as-required"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType(
        {"required": Weaker.FEWER, "allowed": Weaker.MORE}
    )
    fact: ClassVar[FactName] = FactName.TOOLS
    unknown: ClassVar[str] = "it is not recorded which tools the model was given"
    declare_it: ClassVar[str] = "declare `tools` of the benchmark"
    fix: ClassVar[str] = "score it again with the required tools"

    required: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met by exactly the required tools, and any of the allowed ones."""
        if (tools := texts(value)) is None:
            return self.shapeless(value)
        expected = listed((*self.required, *(f"{tool} (allowed)" for tool in self.allowed)))
        if odd := outside(tools, (*self.required, *self.allowed)):
            return fails(
                f"the model was given tools beyond the required ones: {listed(odd)}",
                expected=expected or "no tools",
                found=value,
            )
        if lacking := outside(self.required, tools):
            return fails(
                f"the model was not given {listed(lacking)}", expected=expected, found=value
            )
        return holds(f"the model was given {listed(tools) or 'no tools'}, as required")
