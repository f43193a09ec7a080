"""The rule `no-conflicting-scores`."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isclose
from typing import ClassVar

from weighin.evidence.records import Record, Score
from weighin.identity.facets import Agreement
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.shared.per_record import nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import count, listed, number

_CLOSE = 1e-9
_STAMP = "file_stamp"
# What a harness gives every run of its own, then the moment in the name of its file.
_IDS = ("eval_id", "run_id", _STAMP)
_FRACTION = re.compile(r"\d\.\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoConflictingScores(Rule):
    """No run of a benchmark is told with two different scores.

    Why:
        One run has one score. Where two files tell it with two, one of them was changed or belongs
        to something else, and choosing between them is choosing the result.

    How:
        Compares the scores of one benchmark, metric and filter under the model's name wherever two
        records are of one run: by run and attempt, by exact start and harness, by the harness' own
        id of the run, or by the moment in the names of their files. Runs of a job array start in
        one second, so that a start without a fraction of one decides only that runs are two. Where
        different scores are not known to be of two runs, it is unknown.

    Fix:
        Find out which file is the one that the harness wrote, and give that one alone.
    """

    id: ClassVar[str] = "no-conflicting-scores"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each conflict; one on what is not known to be none."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        found = [conflict for one in _by_key(records) for conflict in _conflicts(*one)]
        yield from found or [
            Finding(
                outcome=Outcome.MET,
                statement=f"{count(len(records), 'record')} tell every run with one score",
                benchmarks=tasks(records),
                where=tuple(record.origin for record in records),
            )
        ]


_Told = tuple[Record, Score]


def _by_key(
    records: Sequence[Record],
) -> Iterator[tuple[tuple[str, str, str], Sequence[_Told]]]:
    """By benchmark, its part, and the metric with its filter: the scores, with their records."""
    found: defaultdict[tuple[str, str, str], list[_Told]] = defaultdict(list)
    for record in records:
        for score in record.scores:
            found[record.asked.task, score.task, score.key].append((record, score))
    yield from found.items()


def _conflicts(key: tuple[str, str, str], told: Sequence[_Told]) -> Iterator[Finding]:
    """At most one finding of each outcome on the scores of one key."""
    # By place, so that a score that is in conflict with several is told once.
    of_one_run: dict[int, _Told] = {}
    unknown: dict[int, _Told] = {}
    for (place, left), (further, right) in combinations(enumerate(told), 2):
        if isclose(left[1].value, right[1].value, rel_tol=_CLOSE, abs_tol=_CLOSE):
            continue
        match _one_run(left[0], right[0]):
            case Agreement.SAME:
                of_one_run |= {place: left, further: right}
            case Agreement.UNKNOWN:
                unknown |= {place: left, further: right}
    if of_one_run:
        words = "one run is told with the scores"
        yield _finding(Outcome.VIOLATED, key, tuple(of_one_run.values()), words)
    elif unknown:
        words = "whether these scores are of one run is not recorded:"
        yield _finding(Outcome.UNDECIDED, key, tuple(unknown.values()), words)


def _one_run(left: Record, right: Record) -> Agreement:
    """Whether two records are of one run of the benchmark."""
    if left is right:
        return Agreement.SAME
    ours, theirs = left.run, right.run
    if ours.attempt_id and theirs.attempt_id:
        is_one = (ours.run_id, ours.attempt_id) == (theirs.run_id, theirs.attempt_id)
        return Agreement.SAME if is_one else Agreement.DIFFERENT
    if bool(ours.attempt_id) != bool(theirs.attempt_id):
        # weighin's own record beside a log of something else.
        return Agreement.DIFFERENT
    if ours.started and theirs.started:
        return _one_start(left, right)
    return _alike(*(str(run.settings.get(_STAMP, "")) for run in (ours, theirs)))


def _one_start(left: Record, right: Record) -> Agreement:
    """Whether two records that say when they started are of one run.

    The runs of a job array start within one second: what is written to the second decides only
    together with what else a log has of its run.
    """
    ours, theirs = left.run, right.run
    if ours.harness != theirs.harness:
        return Agreement.DIFFERENT
    exact = [_FRACTION.search(run.started) is not None for run in (ours, theirs)]
    if ours.started == theirs.started and all(exact):
        return Agreement.SAME
    if all(exact) or _second(ours.started) != _second(theirs.started):
        return Agreement.DIFFERENT
    for key in _IDS:
        mine, other = (str(run.settings.get(key, "")) for run in (ours, theirs))
        if mine and other:
            return _alike(mine, other)
    return Agreement.UNKNOWN


def _second(started: str) -> str:
    return started.partition(".")[0].removesuffix("Z")


def _alike(mine: str, other: str) -> Agreement:
    if not mine or not other:
        return Agreement.UNKNOWN
    return Agreement.SAME if mine == other else Agreement.DIFFERENT


def _finding(
    outcome: Outcome, key: tuple[str, str, str], told: Sequence[_Told], words: str
) -> Finding:
    benchmark, part, metric = key
    of = "" if part == benchmark else f" of {part}"
    values = tuple(dict.fromkeys(number(score.value) for _, score in told))
    return Finding(
        outcome=outcome,
        statement=f"{benchmark}: {metric}{of}: {words} {listed(values)}",
        benchmarks=(benchmark,),
        expected="one score",
        found="; ".join(f"{number(score.value)} in {record.origin.file}" for record, score in told),
        where=tuple(dict.fromkeys(record.origin for record, _ in told)),
        fix="find out which file the harness wrote, and give that one alone",
    )
