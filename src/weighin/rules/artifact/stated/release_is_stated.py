"""The rule `release-is-stated`."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Level
from weighin.rules.shared.fact_rule import FactRule, fails, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseIsStated(FactRule):
    """Somebody states in writing that what was scored is what is released.

    Why:
        A model that was scored before its release can change on the way; where its bytes cannot be
        compared, somebody's word is all that there is, and a word needs a name.

    How:
        Reads the statement and by whom it is. It proves nothing; it says who answers for it.

    Fix:
        Give the statement with the name of whoever makes it.
    """

    id: ClassVar[str] = "release-is-stated"
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "model.released"
    fact: ClassVar[FactName] = FactName.RELEASE_STATEMENT
    unknown: ClassVar[str] = "nobody states that what was scored is what is released"
    declare_it: ClassVar[str] = "declare release_statement: {text: TEXT, by: NAME}"
    fix: ClassVar[str] = "give the statement with the name of whoever makes it"

    def judge(self, value: JsonValue) -> Finding:
        """Met where there is a statement with a name."""
        if not isinstance(value, dict) or not isinstance(text := value.get("text"), str):
            return self.shapeless(value)
        by = value.get("by")
        if not text.strip() or not isinstance(by, str) or not by.strip():
            return fails(
                "the statement on the release is without text or name",
                expected="a text, and by whom it is",
                found=value,
            )
        return holds(f"{by.strip()} states that what was scored is what is released", text)
