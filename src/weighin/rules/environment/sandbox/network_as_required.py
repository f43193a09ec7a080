"""The rule `network-as-required`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Finding, Weaker
from weighin.rules.shared.fact_rule import FactRule, fails, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAsRequired(FactRule):
    """The sandbox could reach what the requirements allow, and no more.

    Why:
        An agent with a network can find the solution instead of making it.

    How:
        Compares the recorded state of the sandbox's network with the allowed states.

    Fix:
        Score it again without a network, or allow the state in the open.

    Attributes:
        allowed: The states that may be: `none`, `allow-list`, `open`.
    """

    id: ClassVar[str] = "network-as-required"
    lack: ClassVar[CauseKind | None] = CauseKind.RUN_NOT_RECORDED
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"allowed": Weaker.MORE})
    fact: ClassVar[FactName] = FactName.NETWORK
    unknown: ClassVar[str] = "it is not recorded what the sandbox could reach"
    declare_it: ClassVar[str] = (
        "give the configuration of the sandbox, or declare `network`: none, allow-list or open"
    )
    fix: ClassVar[str] = "score it again with the required state of the network"

    allowed: tuple[Literal["none", "allow-list", "open"], ...] = ("none",)

    def judge(self, value: JsonValue) -> Finding:
        """Met by an allowed state."""
        if value not in ("none", "allow-list", "open"):
            return self.shapeless(value)
        if value in self.allowed:
            return holds(f"network of the sandbox: {value}, as allowed")
        return fails(
            f"network of the sandbox: {value}", expected=" or ".join(self.allowed), found=value
        )
