"""The rule `artifact-is-public`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.fact_rule import FactRule, fails, holds
from weighin.rules.shared.per_record import required_records, tasks

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
    declare_it: ClassVar[str] = (
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


def _is_url(text: str) -> bool:
    try:
        return urlsplit(text).scheme.lower() in _SCHEMES
    except ValueError:
        return False
