"""Whether the program that asked and scored, and the engine under it, are known and the same."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.fact_rule import FactRule, fact_at_hand, fails, holds
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import (
    for_each_record,
    nothing_recorded,
    place,
    required_records,
    tasks,
)
from weighin.rules.wording import count, listed

_SHA256 = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"\d")
_ABBREVIATED = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineIsAllowed:
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
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "benchmarks"

    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every record."""
        records = required_records(case)
        if records and not (self.allowed or self.denied):
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements allow and deny no engine by name",
            )
            return
        yield from for_each_record(case, records, self._engine)

    def _engine(self, record: Record) -> Iterator[Finding]:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class HarnessIsCommitted(FactRule):
    """The harness and the evaluation's code had no uncommitted changes.

    Why:
        A commit names code only if nothing was changed beside it: a task, a parser or a scorer that
        was edited in place leaves the commit as it was.

    How:
        Reads what the harness says of the working tree of its code.

    Fix:
        Commit the changes, publish them, and score the benchmark again.
    """

    id: ClassVar[str] = "harness-is-committed"
    fact: ClassVar[FactName] = FactName.HARNESS_IS_DIRTY
    unknown: ClassVar[str] = "whether the harness had uncommitted changes is not recorded"
    record_it: ClassVar[str] = (
        "run the evaluation from a git checkout with a harness that records its state, as Inspect "
        "does, or declare harness_is_dirty"
    )
    fix: ClassVar[str] = "commit the changes, and score it again"

    def judge(self, value: JsonValue) -> Finding:
        """Met where nothing was changed beside the commit."""
        if value is False:
            return holds("the harness had no uncommitted changes")
        if value is True:
            return fails(
                "the harness had uncommitted changes",
                expected="a clean working tree",
                found="uncommitted changes",
            )
        return self.shapeless(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SameHarness:
    """Every benchmark was scored by one harness, of one version and commit.

    Why:
        Two harnesses, and two versions of one, ask and parse differently: LLaMA-65B had three
        scores on one benchmark from 48.8 to 63.7, and the order of the models changed with them.

    How:
        Compares the name and version of the harness, and its commit where that is recorded. Where
        one benchmark says it and another does not, it is unknown.

    Fix:
        Score the odd benchmarks again with the harness of the others.
    """

    id: ClassVar[str] = "same-harness"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """The odd ones out, what is not recorded, else that all agree."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        versions = {id(r): r.run.harness.strip() for r in records}
        commits = _commits(case, records)
        problems = [
            *_odd_ones(records, versions, "harness"),
            *_odd_ones(records, commits, "commit of the harness"),
        ]
        silent = [r for r in records if not commits[id(r)] and not _has_version(r)]
        if any(commits.values()):
            silent = [r for r in records if not commits[id(r)]]
        if silent:
            problems.append(_version_not_recorded(silent))
        yield from problems or [_one_harness(records, commits)]


@dataclass(frozen=True, slots=True, kw_only=True)
class HarnessFilesAreAllowed(FactRule):
    """Every file of the harness and its scorers is one that is allowed.

    Why:
        Whoever can edit the scorer can give any score, and a version number does not change with
        it.

    How:
        Holds the SHA-256 of each file against `allowed`.

    Fix:
        Score the benchmark again with the files that are allowed.

    Attributes:
        allowed: SHA-256 of each file that may be used.
    """

    id: ClassVar[str] = "harness-files-are-allowed"
    fact: ClassVar[FactName] = FactName.HARNESS_FILES
    unknown: ClassVar[str] = "the files of the harness were not hashed"
    record_it: ClassVar[str] = "declare harness_files: the SHA-256 of each file by its path"
    fix: ClassVar[str] = "score it again with the files that are allowed"

    allowed: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met where each digest is allowed."""
        files = value if isinstance(value, dict) else {}
        digests = {n: d.lower() for n, d in files.items() if isinstance(d, str)}
        is_whole = all(_SHA256.fullmatch(digest) for digest in digests.values())
        if not files or len(digests) < len(files) or not is_whole:
            return self.shapeless(value)
        allowed = {digest.lower() for digest in self.allowed}
        others = tuple(name for name, digest in sorted(digests.items()) if digest not in allowed)
        if others:
            return fails(
                f"{count(len(others), 'file')} of the harness not among those allowed: "
                f"{listed(others)}",
                expected=f"only the {count(len(allowed), 'file')} that are allowed",
                found=", ".join(f"{n} sha256:{digests[n][:12]}" for n in others[:4]),
            )
        return holds(f"{count(len(files), 'file')} of the harness, each allowed")


def _is_like(engine: str, pattern: str) -> bool:
    return fnmatchcase(engine.lower(), pattern.lower().strip())


def _is_without_version(engine: str, pattern: str) -> bool:
    """Whether a pattern asks for a version of this engine, and none is recorded."""
    name, _, version = pattern.lower().strip().partition(" ")
    return version.strip("* ") != "" and engine.lower() == name


def _commits(case: Case, records: Sequence[Record]) -> dict[int, str]:
    """Commits by id of the records, in the length in which all of them are known."""
    found = {id(r): _commit(case, r) for r in records}
    lengths = {len(commit) for commit in found.values() if _ABBREVIATED.fullmatch(commit)}
    shortest = min(lengths, default=0)
    return {
        known: commit[:shortest] if _ABBREVIATED.fullmatch(commit) else commit
        for known, commit in found.items()
    }


def _commit(case: Case, record: Record) -> str:
    at_hand = fact_at_hand(case, record, FactName.HARNESS_COMMIT)
    value = None if at_hand is None else at_hand.fact.value
    return value.strip().lower() if isinstance(value, str) else ""


def _has_version(record: Record) -> bool:
    return _VERSION.search(record.run.harness.partition(" ")[2]) is not None


def _odd_ones(records: Sequence[Record], known: dict[int, str], what: str) -> Iterator[Finding]:
    groups: dict[str, list[Record]] = {}
    for record in records:
        if text := known[id(record)]:
            groups.setdefault(text, []).append(record)
    (norm, members), *others = sorted(groups.items(), key=lambda item: -len(tasks(item[1]))) or [
        ("", [])
    ]
    for text, odd in others:
        everyone = count(len(tasks(records)), "benchmark")
        yield Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{listed(tasks(odd))}: another {what} than on {len(tasks(members))} of "
            f"{everyone}",
            benchmarks=tasks(odd),
            expected=f"{norm}, as on {listed(tasks(members))}",
            found=text,
            where=tuple(r.origin for r in odd),
            fix=f"score {listed(tasks(odd))} again with {norm}",
        )


def _version_not_recorded(silent: Sequence[Record]) -> Finding:
    return Finding(
        outcome=Outcome.UNDECIDED,
        statement=f"{listed(tasks(silent))}: which version or commit of the harness is not "
        "recorded",
        benchmarks=tasks(silent),
        found=", ".join(dict.fromkeys(r.run.harness or "no harness" for r in silent)),
        where=tuple(r.origin for r in silent),
        fix="score it with a harness that records its commit, or declare harness_commit",
    )


def _one_harness(records: Sequence[Record], commits: dict[int, str]) -> Finding:
    commit = next(iter(commits.values()))
    return Finding(
        outcome=Outcome.MET,
        statement=f"{records[0].run.harness or 'one harness'} on "
        f"{count(len(tasks(records)), 'benchmark')}",
        benchmarks=tasks(records),
        found=f"{records[0].run.harness}{f' at {commit}' if commit else ''}".strip(),
        where=tuple(r.origin for r in records),
    )


HARNESS_RULES: tuple[type[Rule], ...] = (
    EngineIsAllowed,
    HarnessIsCommitted,
    SameHarness,
    HarnessFilesAreAllowed,
)
