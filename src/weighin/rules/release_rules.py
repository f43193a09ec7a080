"""Whether others can have what was scored, and who stands for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.identity.facets import Grade
from weighin.rules.fact_rule import FactRule, fails, holds
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import required_records, tasks
from weighin.rules.wording import listed

_SCHEMES = frozenset({"http", "https", "hf", "ftp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactIsPublic(FactRule):
    """Everybody can obtain the artifact that was scored.

    Why:
        A score that nobody can obtain again is a statement about a model that nobody has.

    How:
        Reads where the artifact is published; where a hub answered for `model.released`, that
        answer counts. Whether the published bytes are the scored ones is for `released-is-scored`.

    Fix:
        Publish the artifact, or claim the score under a name that says it is not public.
    """

    id: ClassVar[str] = "artifact-is-public"
    anchor: ClassVar[str] = "model.released"
    fact: ClassVar[FactName] = FactName.PUBLIC_URL
    unknown: ClassVar[str] = "where the scored artifact can be obtained is not recorded"
    record_it: ClassVar[str] = (
        "declare public_url, or name the release as model.released: hf://org/name@<commit>"
    )
    fix: ClassVar[str] = "publish the artifact, or say in its name that it is not public"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on what is declared; else on what the hub answered."""
        revision = case.released_revision
        records = required_records(case)
        told = tuple(FactRule.check(self, case))
        is_silent = all(f.outcome is Outcome.UNDECIDED for f in told)
        if not records or revision is None or not is_silent:
            yield from told
            return
        yield Finding(
            outcome=Outcome.MET,
            statement=f"the hub publishes {revision.reference}",
            benchmarks=tasks(records),
            found=revision.reference,
        )

    def judge(self, value: JsonValue) -> Finding:
        """Met where there is an address."""
        if value is None:
            return fails(
                "nobody can obtain the scored artifact",
                expected="an address from which everybody can obtain it",
                found="null",
            )
        address = urlsplit(value) if isinstance(value, str) and _is_url(value) else None
        if address is None or not (address.netloc or address.path):
            return self.shapeless(value)
        return holds("the scored artifact can be obtained by everybody", value)


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
    record_it: ClassVar[str] = "declare release_statement: {text: TEXT, by: NAME}"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleIsSigned(FactRule):
    """The record's bundle carries a verified signature, by somebody who is expected.

    Why:
        Evidence without a signature is the word of whoever holds the folder last.

    How:
        Reads the identity of a signature that was verified over the bundle. A signature that is
        only declared was not verified.

    Fix:
        Sign the bundle, and verify it with `weighin verify`.

    Attributes:
        by: Identities of which one must have signed; empty accepts any.
    """

    id: ClassVar[str] = "bundle-is-signed"
    fact: ClassVar[FactName] = FactName.SIGNATURE
    unknown: ClassVar[str] = "no verified signature over the bundle is recorded"
    record_it: ClassVar[str] = (
        "sign the bundle and verify it with `weighin verify`; a declaration is no verification"
    )
    fix: ClassVar[str] = "let one of those expected sign the bundle"
    least: ClassVar[Grade] = Grade.PINNED

    by: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met where an expected identity signed."""
        signed = value if isinstance(value, dict) else {}
        by, covers = signed.get("by"), signed.get("covers")
        if not isinstance(by, str) or not by.strip() or not isinstance(covers, str) or not covers:
            return self.shapeless(value)
        if self.by and by not in self.by:
            return fails(
                f"signed by {by}, who is not among those expected",
                expected=listed(self.by),
                found=by,
            )
        return holds(f"signed by {by}", covers)


def _is_url(text: str) -> bool:
    try:
        return urlsplit(text).scheme.lower() in _SCHEMES
    except ValueError:
        return False


RELEASE_RULES: tuple[type[Rule], ...] = (ArtifactIsPublic, ReleaseIsStated, BundleIsSigned)
