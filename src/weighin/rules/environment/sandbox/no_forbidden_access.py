"""The rule `no-forbidden-access`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Weaker
from weighin.rules.shared.fact_rule import FactRule, fails, holds
from weighin.rules.shared.wording import count, listed, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class NoForbiddenAccess(FactRule):
    """No trajectory shows an access that is forbidden.

    Why:
        Agents read later commits, test files and solutions where they can reach them.

    How:
        Reads what a scan of the trajectories found, by document. Without a scan it is undecided.

    Fix:
        Count these documents as failed, or solve them again where the access is not possible.

    Attributes:
        documents: How many documents with a forbidden access may stand.
    """

    id: ClassVar[str] = "no-forbidden-access"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"documents": Weaker.HIGHER})
    fact: ClassVar[FactName] = FactName.FORBIDDEN_ACCESSES
    unknown: ClassVar[str] = "the trajectories were not searched for forbidden accesses"
    declare_it: ClassVar[str] = (
        "search the trajectories and declare `forbidden_accesses` of the benchmark: what was "
        "done, by document; empty if nothing was found"
    )
    fix: ClassVar[str] = "count these documents as failed, and report that score"

    documents: Annotated[int, Field(ge=0)] = 0

    def judge(self, value: JsonValue) -> Finding:
        """Met where few enough documents stand in it."""
        if not isinstance(value, dict):
            return self.shapeless(value)
        if len(value) <= self.documents:
            return holds(f"{count(len(value), 'document')} with a forbidden access")
        what = tuple(dict.fromkeys(literal(done)[:80] for done in value.values()))
        return fails(
            f"{count(len(value), 'document')} with a forbidden access: {listed(tuple(value))}",
            expected=f"at most {self.documents}",
            found=listed(what),
        )
