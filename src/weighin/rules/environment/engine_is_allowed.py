"""The rule `engine-is-allowed`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Level, Outcome, Weaker
from weighin.rules.shared.per_record import RecordRule, place
from weighin.rules.shared.wording import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineIsAllowed(RecordRule):
    """The inference engine of every benchmark is allowed, and none is denied.

    Why:
        Engines have served another checkpoint from a cache, doubled the BOS token and miscompiled a
        sampler, each in some versions; a scorecard from such a version is looked at again.

    How:
        Holds the engine with its version against `denied`, then against `allowed` if that lists
        any. `*` stands for any characters: `vllm 0.9.*`.

    Fix:
        Score the benchmark again with an allowed version.

    Attributes:
        allowed: Engines that may be used; empty allows all that are not denied.
        denied: Engines that must not be used.
    """

    id: ClassVar[str] = "engine-is-allowed"
    lack: ClassVar[CauseKind | None] = CauseKind.RUN_NOT_RECORDED
    level: ClassVar[Level] = Level.WARNING
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType(
        {"allowed": Weaker.MORE_OR_NONE, "denied": Weaker.FEWER}
    )

    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every record."""
        if self.records(case) and not (self.allowed or self.denied):
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements allow and deny no engine by name",
            )
            return
        yield from RecordRule.check(self, case)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on the engine."""
        del case
        engine = record.run.engine.strip()
        denied = tuple(p for p in self.denied if _is_like(engine, p))
        if denied:
            yield self._finding(record, Outcome.VIOLATED, f"{engine} is denied by {denied[0]!r}")
        elif not engine:
            yield self._finding(record, Outcome.UNDECIDED, "which engine ran is not recorded")
        elif any(_is_without_version(engine, p) for p in (*self.denied, *self.allowed)):
            yield self._finding(
                record, Outcome.UNDECIDED, f"the version of {engine} is not recorded"
            )
        elif self.allowed and not any(_is_like(engine, p) for p in self.allowed):
            yield self._finding(record, Outcome.VIOLATED, f"{engine} is not among those allowed")
        else:
            yield self._finding(record, Outcome.MET, f"{engine} is allowed")

    def _finding(self, record: Record, outcome: Outcome, statement: str) -> Finding:
        allowed = listed(self.allowed) or "any engine"
        denied = f"; none of {listed(self.denied)}" if self.denied else ""
        fix = {
            Outcome.VIOLATED: "score it again with an engine that is allowed",
            Outcome.UNDECIDED: record.observation(Facet.ENGINE).how_to_record
            or "score it with `weighin run`, which records engine and version",
        }
        return Finding(
            outcome=outcome,
            facet=Facet.ENGINE,
            statement=statement,
            expected=f"{allowed}{denied}",
            found=record.run.engine or "not recorded",
            where=(place(record, Facet.ENGINE),),
            fix=fix.get(outcome, ""),
        )


def _is_like(engine: str, pattern: str) -> bool:
    return fnmatchcase(engine.lower(), pattern.lower().strip())


def _is_without_version(engine: str, pattern: str) -> bool:
    """Whether a pattern asks for a version of this engine, and none is recorded."""
    name, _, version = pattern.lower().strip().partition(" ")
    return version.strip("* ") != "" and engine.lower() == name
