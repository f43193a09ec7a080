"""The rule `same-harness`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.shared.fact_rule import fact_at_hand
from weighin.rules.shared.per_record import nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import count, listed

_VERSION = re.compile(r"\d")
_ABBREVIATED = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SameHarness(Rule):
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
    lack: ClassVar[CauseKind | None] = CauseKind.RUN_NOT_RECORDED

    def check(self, case: Case) -> Iterator[Finding]:
        """The odd ones out, what is not recorded, else that all agree."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        versions = [r.run.harness.strip() for r in records]
        commits = _commits(case, records)
        problems = [
            *_odd_ones(records, versions, "harness"),
            *_odd_ones(records, commits, "commit of the harness"),
        ]
        silent = [record for record, commit in zip(records, commits, strict=True) if not commit]
        if not any(commits):
            silent = [record for record in silent if not _has_version(record)]
        if silent:
            problems.append(_version_not_recorded(silent))
        yield from problems or [_one_harness(records, commits)]


def _commits(case: Case, records: Sequence[Record]) -> list[str]:
    """The commit of each record, in the length in which all of them are known."""
    found = [_commit(case, record) for record in records]
    shortest = min((len(commit) for commit in found if _ABBREVIATED.fullmatch(commit)), default=0)
    return [commit[:shortest] if _ABBREVIATED.fullmatch(commit) else commit for commit in found]


def _commit(case: Case, record: Record) -> str:
    at_hand = fact_at_hand(case, record, FactName.HARNESS_COMMIT)
    value = None if at_hand is None else at_hand.fact.value
    return value.strip().lower() if isinstance(value, str) else ""


def _has_version(record: Record) -> bool:
    return _VERSION.search(record.run.harness.partition(" ")[2]) is not None


def _odd_ones(records: Sequence[Record], known: Sequence[str], what: str) -> Iterator[Finding]:
    groups: dict[str, list[Record]] = {}
    for record, text in zip(records, known, strict=True):
        if text:
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
        fix=how_to_record(silent, Part.HARNESS_VERSION, "declare `harness_commit`"),
    )


def _one_harness(records: Sequence[Record], commits: Sequence[str]) -> Finding:
    commit = commits[0]
    return Finding(
        outcome=Outcome.MET,
        statement=f"{records[0].run.harness or 'one harness'} on "
        f"{count(len(tasks(records)), 'benchmark')}",
        benchmarks=tasks(records),
        found=f"{records[0].run.harness}{f' at {commit}' if commit else ''}".strip(),
        where=tuple(r.origin for r in records),
    )
