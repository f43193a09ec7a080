"""Where an agent worked: its image, limits, network, and what it did there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.fact_rule import FactRule, counts, fact_at_hand, fails, holds, share, texts
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import for_each_record, required_records
from weighin.rules.wording import count, listed, literal

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SANDBOX_LOG = "give a log that holds the sandbox of every document, or declare it"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesAreAllowed(FactRule):
    """Every document was solved in a sandbox image that is pinned by digest, and allowed.

    Why:
        An image whose repository holds the commits of the future holds the solutions, too; a tag
        can be moved to such an image and back.

    How:
        Compares the digests of the images with a list of those that are denied, and, if there is
        one, of those that are allowed.

    Fix:
        Solve the documents again in the images of the current version of the benchmark.

    Attributes:
        allowed: Digests (`sha256:…`) that may be used; empty allows all that are not denied.
        denied: Digests that may not.
    """

    id: ClassVar[str] = "images-are-allowed"
    fact: ClassVar[FactName] = FactName.IMAGES
    unknown: ClassVar[str] = "it is not recorded in which sandbox image documents were solved"
    record_it: ClassVar[str] = (
        "start sandboxes by digest (`image@sha256:…`), which the log then holds, or declare "
        "`images` of the benchmark"
    )
    fix: ClassVar[str] = "solve these documents again in an allowed image"

    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met where every image has a digest, and no digest is outside the lists."""
        images = counts(value)
        if not images:
            return self.shapeless(value)
        allowed, denied = _digests(self.allowed), _digests(self.denied)
        refused = {
            image: documents
            for image, documents in images.items()
            if _digests((image,)) & denied or (allowed and _digests((image,)) - allowed)
        }
        if refused:
            documents = count(sum(refused.values()), "document")
            is_denied = any(_digests((image,)) & denied for image in refused)
            return fails(
                f"{documents} solved in {'a denied' if is_denied else 'no allowed'} image: "
                + listed(tuple(refused)),
                expected=f"one of {listed(self.allowed)}" if self.allowed else "no denied image",
                found=listed(tuple(images)),
            )
        if floating := tuple(image for image in images if not _digests((image,))):
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"images are named by tags that can move: {listed(floating)}",
                expected="images pinned by digest",
                found=listed(floating),
                fix=self.record_it,
            )
        return holds(f"{count(len(images), 'sandbox image')} pinned by digest, none refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultLimits:
    """The benchmark's own limits on time and resources held.

    Why:
        Twice the time was worth eight points on one benchmark of agents.

    How:
        The multiplier of time limits must be 1, and no limit may have been replaced, beyond what
        is allowed. Both must be recorded.

    Fix:
        Score it again with the benchmark's own limits.

    Attributes:
        allowed: Overrides that may stand, as the log words them.
    """

    id: ClassVar[str] = "default-limits"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    allowed: tuple[str, ...] = ()

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record of a required benchmark."""
        yield from for_each_record(
            case, required_records(case), lambda record: self._findings(case, record)
        )

    def _findings(self, case: Case, record: Record) -> Iterator[Finding]:
        times = fact_at_hand(case, record, FactName.TIMEOUT_MULTIPLIER)
        resources = fact_at_hand(case, record, FactName.RESOURCE_OVERRIDES)
        multiplier = None if times is None else times.fact.value
        overrides = None if resources is None else texts(resources.fact.value)
        is_number = isinstance(multiplier, int | float) and not isinstance(multiplier, bool)
        again = "score it again with the benchmark's own limits"
        if times is not None and is_number and multiplier != 1:
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"time limits were multiplied by {literal(multiplier)}",
                expected="1",
                found=literal(multiplier),
                where=(times.where,),
                fix=again,
            )
        odd = tuple(text for text in overrides or () if text not in self.allowed)
        if resources is not None and odd:
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"{count(len(odd), 'limit')} replaced: {listed(odd)}",
                expected=listed(self.allowed) or "none",
                found=listed(odd),
                where=(resources.where,),
                fix=again,
            )
        yield from self._unknown(is_multiplier_known=is_number, are_overrides_known=overrides)
        if is_number and multiplier == 1 and overrides is not None and not odd:
            yield Finding(outcome=Outcome.MET, statement="the benchmark's own limits held")

    def _unknown(
        self, *, is_multiplier_known: bool, are_overrides_known: tuple[str, ...] | None
    ) -> Iterator[Finding]:
        if not is_multiplier_known:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="it is not recorded whether the benchmark's own time limits held",
                fix="give the configuration of the run, or declare `timeout_multiplier`",
            )
        if are_overrides_known is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="it is not recorded whether limits on resources were replaced",
                fix="give the configuration of the run, or declare `resource_overrides`",
            )


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
    fact: ClassVar[FactName] = FactName.NETWORK
    unknown: ClassVar[str] = "it is not recorded what the sandbox could reach"
    record_it: ClassVar[str] = (
        "give the configuration of the sandbox, or declare `network`: none, allow-list or open"
    )
    fix: ClassVar[str] = "score it again with the required state of the network"

    allowed: tuple[Literal["none", "allow-list", "open"], ...] = ("none",)

    def judge(self, value: JsonValue) -> Finding:
        """Met by an allowed state."""
        if value not in {"none", "allow-list", "open"}:
            return self.shapeless(value)
        if value in self.allowed:
            return holds(f"network of the sandbox: {value}, as allowed")
        return fails(
            f"network of the sandbox: {value}", expected=" or ".join(self.allowed), found=value
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrajectoriesAreComplete(FactRule):
    """Every document that was passed has the trajectory that shows how.

    Why:
        A pass that nobody can read could be anything: a solution, a look-up, a deleted test.

    How:
        Compares the number of passed documents with that of passed documents with a trajectory.

    Fix:
        Give the trajectories of all passed documents, or count the others as failed.
    """

    id: ClassVar[str] = "trajectories-are-complete"
    fact: ClassVar[FactName] = FactName.TRAJECTORIES
    unknown: ClassVar[str] = "it is not recorded which passed documents have a trajectory"
    record_it: ClassVar[str] = "give the log of the whole run, with its messages, or declare it"
    fix: ClassVar[str] = "give the trajectories of all passed documents"

    def judge(self, value: JsonValue) -> Finding:
        """Met where as many have a trajectory as passed."""
        if isinstance(value, dict) and value.get("passed") == 0 == value.get("with_trajectory"):
            return holds("no document was passed")
        counted = share(value, "with_trajectory", "passed")
        if counted is None:
            return self.shapeless(value)
        kept, passed = counted
        told = f"{kept} of {count(passed, 'passed document')} with a trajectory"
        if kept == passed:
            return holds(told)
        return fails(told, expected=str(passed), found=kept)


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
    fact: ClassVar[FactName] = FactName.FORBIDDEN_ACCESSES
    unknown: ClassVar[str] = "the trajectories were not searched for forbidden accesses"
    record_it: ClassVar[str] = (
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


def _digests(images: tuple[str, ...]) -> frozenset[str]:
    return frozenset(found for image in images for found in _DIGEST.findall(image))


SANDBOX_RULES: tuple[type[Rule], ...] = (
    ImagesAreAllowed,
    DefaultLimits,
    NetworkAsRequired,
    TrajectoriesAreComplete,
    NoForbiddenAccess,
)
