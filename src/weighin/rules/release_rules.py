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
    fact: ClassVar[FactName] = FactName.SIGNATURE
    unknown: ClassVar[str] = "no signature over the bundle was verified"
    record_it: ClassVar[str] = (
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
            fix=self.record_it,
        )


def _is_url(text: str) -> bool:
    try:
        return urlsplit(text).scheme.lower() in _SCHEMES
    except ValueError:
        return False


RELEASE_RULES: tuple[type[Rule], ...] = (ArtifactIsPublic, ReleaseIsStated, BundleIsSigned)
