"""The rule `bundle-is-signed`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.identity.facets import Grade
from weighin.rules.interface import Finding, Outcome, Weaker
from weighin.rules.shared.fact_rule import FactRule
from weighin.rules.shared.wording import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleIsSigned(FactRule):
    """The record's bundle carries a signature that weighin verified, by somebody who is expected.

    Why:
        Evidence without a signature is the word of whoever holds the folder last, and a line in it
        that says who signed it is one line more of the same word.

    How:
        A signature that the evidence tells of is named and not believed, whatever grade it claims.
        weighin verifies no signature over records yet, so this is undecided until it does.

    Fix:
        Ask whoever scored it for the results folder itself; that a checkpoint's files are signed
        is verified by `weighin verify --signature`.

    Attributes:
        by: Identities of which one must have signed; empty accepts any.
    """

    id: ClassVar[str] = "bundle-is-signed"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"by": Weaker.MORE_OR_NONE})
    fact: ClassVar[FactName] = FactName.SIGNATURE
    unknown: ClassVar[str] = "no signature over the bundle was verified"
    declare_it: ClassVar[str] = (
        "ask whoever scored it for the results folder itself; `weighin verify --signature` "
        "verifies the files of a checkpoint, none verifies records yet"
    )
    fix: ClassVar[str] = ""
    # No grade that the evidence gives itself makes it better, or worth more words.
    least: ClassVar[Grade] = Grade.ABSENT

    by: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Undecided, with who is said to have signed: a word of the evidence about itself."""
        by = value.get("by") if isinstance(value, dict) else None
        if not isinstance(by, str) or not by.strip():
            return self.shapeless(value)
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"the evidence says that {by.strip()} signed it; weighin did not verify it",
            expected=listed(self.by) if self.by else "a signature that weighin verified",
            found=by,
            fix=self.record_it(),
        )
