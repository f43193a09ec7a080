"""How one facet is compared over all benchmarks; `same_artifact`, `same_protocol` say which."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from weighin.evidence.differences.words.observations import (
    is_told_by_arguments,
    words_of_difference,
    words_of_doubt,
)
from weighin.evidence.differences.words.tensors import tensors_of, weights_in_words
from weighin.evidence.recording.of_records import how_to_identify
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement, Facet, Grade, deciding
from weighin.rules.cause import Cause
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.shared.difference import comparison_of, score_difference
from weighin.rules.shared.facets.agreeing import MOST_COMPARED, Group, groups_of, stated_at
from weighin.rules.shared.facets.commits import settled_by, unlike_commits
from weighin.rules.shared.facets.unlike import cause_of_difference
from weighin.rules.shared.facets.weakness import cause_of_weakness
from weighin.rules.shared.per_record import (
    bearing,
    nothing_recorded,
    place,
    required_records,
    tasks,
)
from weighin.rules.shared.wording import count, described, digest, listed, told_apart

_VALUES_SHOWN = 3
_SCORED_ALIKE = {
    Facet.ENDPOINT: "score both with `weighin run`, in one run and at a server that says as much "
    "of itself in every response",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SameFacet(Rule):
    """What every `same-<facet>` rule does; each rule says which facet, and why it matters."""

    facet: ClassVar[Facet]
    anchor: ClassVar[str] = "same"

    def check(self, case: Case) -> Iterator[Finding]:
        """One finding for each group that differs, those on what is unknown, or one that is met."""
        if self.facet not in case.requirements.same and self.id not in case.requirements.rules:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                facet=self.facet,
                statement=f"{self.facet}: not required to be the same",
            )
            return
        every_record = required_records(case)
        if not every_record:
            yield nothing_recorded(case)
            return
        records = bearing(every_record, self.facet)
        if not records:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                facet=self.facet,
                statement=f"{self.facet}: without bearing on these benchmarks",
                benchmarks=tasks(every_record),
            )
            return
        problems = [
            *_changes(self.facet, records),
            *self.within_one_record(records),
            *_problems_between(case, self.facet, records),
            *_too_weak(case.requirements.evidence, self.facet, records),
        ]
        yield from problems or [_same(case, self.facet, records)]

    def within_one_record(self, records: Sequence[Record]) -> Iterator[Finding]:
        """Findings on records that contradict themselves; most facets cannot."""
        del records
        yield from ()


def _changes(facet: Facet, records: Sequence[Record]) -> Iterator[Finding]:
    for record in records:
        observation = record.observation(facet)
        if observation.changed_during_run:
            yield Finding(
                outcome=Outcome.VIOLATED,
                facet=facet,
                statement=f"{facet}: changed while {record.asked.task} ran",
                benchmarks=(record.asked.task,),
                expected=f"{described(observation)}, as before the benchmark",
                found=f"{observation.changed_during_run} after it",
                where=(place(record, facet),),
                fix=f"let nothing change the model during a run, and score {record.asked.task} "
                "again",
            )


def _same(case: Case, facet: Facet, records: Sequence[Record]) -> Finding:
    grade = max((r.observation(facet).grade for r in records), key=tuple(Grade).index)
    benchmarks = tasks(records)
    shared = f"the same on {count(len(benchmarks), 'benchmark')}"
    if facet is Facet.WEIGHTS and (settled := settled_by(case, records)):
        shared += f"; {settled}"
    return Finding(
        outcome=Outcome.MET,
        facet=facet,
        statement=f"{facet}: {shared if len(records) > 1 else 'known on the only record'}",
        benchmarks=benchmarks,
        found=f"{described(records[0].observation(facet))} ({grade})",
        where=tuple(place(r, facet) for r in records),
    )


def _problems_between(case: Case, facet: Facet, records: Sequence[Record]) -> Iterator[Finding]:
    groups = groups_of(case, facet, records)
    least = case.requirements.evidence
    different: set[int] = set()
    for n, group in enumerate(groups[1:], start=1):
        # Beside the norm first; a group that the norm cannot decide may contradict a third one.
        for other in groups[:MOST_COMPARED]:
            if other is not group and group.compared_with(other, case) is Agreement.DIFFERENT:
                different.add(n)
                yield _difference(case, facet, group, other)
                break
    rest = [g for n, g in enumerate(groups) if n not in different]
    for n, group in enumerate(rest):
        for other in (*rest[: min(n, MOST_COMPARED)], group):
            if (doubt := _doubt(case, facet, group, other)) is not None:
                yield doubt
                break
            is_weak = _is_weak(group, least) or _is_weak(other, least)
            if not is_weak and group.compared_with(other, case) is not Agreement.SAME:
                yield _incomparable(facet, group, other)
                break


def _doubt(case: Case, facet: Facet, group: Group, other: Group) -> Finding | None:
    """What two groups say that is not alike and decides nothing, with both values."""
    if group is other or group.compared_with(other, case) is Agreement.SAME:
        return None
    names = _names(other, group), _names(group, other)
    for left, right in product(other.observations, group.observations):
        commits = unlike_commits(case, left, right) if facet is Facet.WEIGHTS else None
        if commits is not None:
            said = commits.left, commits.right
            why, fix = commits.why, commits.way_to_settle(case)
        elif (words := words_of_doubt(left, right)) is not None:
            said, why = words, ""
            fix = left.how_to_record or right.how_to_record or "score both with `weighin run`"
        else:
            continue
        told = "; ".join(f"{value} on {on}" for value, on in zip(said, names, strict=True))
        return Finding(
            outcome=Outcome.UNDECIDED,
            facet=facet,
            statement=f"{facet}: {told}" + (f": {why}" if why else ""),
            benchmarks=tasks((*other.records, *group.records)),
            expected=f"{said[0]}, as on {names[0]}",
            found=f"{said[1]} on {names[1]}",
            where=tuple(dict.fromkeys(place(r, facet) for r in (*group.records, other.records[0]))),
            fix=fix,
            # One harness could have said in both what it says in one.
            contradicts=commits is not None or _is_one_harness(group, other),
            cause=cause_of_difference(left, right) if commits is None else commits.cause,
        )
    return None


def _is_one_harness(group: Group, other: Group) -> bool:
    ours, theirs = ({r.run.harness for r in side.records} for side in (group, other))
    return bool(ours & theirs)


def _difference(case: Case, facet: Facet, odd: Group, norm: Group) -> Finding:
    odd_names, norm_names = _names(odd, norm), _names(norm, odd)
    differ = "differs" if len(odd.records) == 1 else "differ"
    statement = f"{facet}: {odd_names} {differ} from {norm_names}"
    # A benchmark that stands on both sides agrees with nothing.
    is_apart = not set(tasks(odd.records)) & set(tasks(norm.records))
    if is_apart and (agreeing := len(tasks(norm.records))) > 1:
        everyone = count(len(tasks(required_records(case))), "benchmark")
        statement = f"{facet}: {agreeing} of {everyone} agree; {odd_names} {differ}"
    in_words, tensors = _which_tensors(case, odd.records[0], norm.records[0], facet)
    gained = _scores(case, odd) if facet in (Facet.WEIGHTS, Facet.ADAPTERS) else ()
    found, expected = _apart(case, facet, odd, norm)
    stated = stated_at(case, facet, norm)
    again = f"score {listed(tasks(odd.records))} again"
    return Finding(
        outcome=Outcome.VIOLATED,
        facet=facet,
        statement="; ".join((f"{statement}: {in_words}" if in_words else statement, *gained)),
        benchmarks=tasks(odd.records),
        expected=f"{expected}, as on {norm_names}" + (f" and as {stated} says" if stated else ""),
        found=f"{found} on {odd_names}",
        where=tuple(place(r, facet) for r in (*odd.records, norm.records[0])),
        fix=f"{again} as {stated} says" if stated else f"{again} with the {facet} of {norm_names}",
        tensors=tensors,
        cause=_cause(case, facet, odd, norm),
        effect="; ".join(gained),
    )


def _cause(case: Case, facet: Facet, odd: Group, norm: Group) -> Cause | None:
    """What is behind the first pair of observations that differs."""
    for left, right in product(odd.observations, norm.observations):
        if deciding(left.identifiers, right.identifiers) is not None:
            is_set = is_told_by_arguments(left, right)
            return cause_of_difference(left, right) if is_set else None
        commits = unlike_commits(case, left, right) if facet is Facet.WEIGHTS else None
        if commits is not None and commits.agreement is Agreement.DIFFERENT:
            return commits.cause
    return None


def _apart(case: Case, facet: Facet, odd: Group, norm: Group) -> tuple[str, str]:
    """What the two groups say, by the first pair of their observations that differs."""
    for left, right in product(odd.observations, norm.observations):
        if deciding(left.identifiers, right.identifiers) is not None:
            return words_of_difference(left, right)
        commits = unlike_commits(case, left, right) if facet is Facet.WEIGHTS else None
        if commits is not None and commits.agreement is Agreement.DIFFERENT:
            return commits.left, commits.right
    return told_apart(odd.observations[0], norm.observations[0])


def _which_tensors(
    case: Case, odd: Record, norm: Record, facet: Facet
) -> tuple[str, tuple[str, ...]]:
    here, there = odd.observation(facet), norm.observation(facet)
    if is_told_by_arguments(here, there):
        return " beside ".join(words_of_difference(here, there)), ()
    if facet is not Facet.WEIGHTS:
        return "", ()
    if (commits := unlike_commits(case, here, there)) is not None:
        return f"{commits.left} beside {commits.right}: {commits.why}", ()
    for record in (odd, norm):
        if record.checkpoint_id not in case.manifests:
            held = f"checkpoint {digest(record.checkpoint_id)}" if record.checkpoint_id else "what"
            loaded = "" if record.checkpoint_id else f" {record.asked.task} loaded"
            return f"which tensors is unknown without a manifest of {held}{loaded}", ()
    left, right = (case.manifests[r.checkpoint_id or ""] for r in (odd, norm))
    comparison = comparison_of(case, left, right)
    if tensors := tensors_of(comparison):
        return weights_in_words(comparison), tensors
    changed = {
        name
        for record in (odd, norm)
        if record.loaded is not None
        for name in (*record.loaded.differ_from_disk, *record.loaded.not_in_checkpoint)
    }
    return "the tensors on disk are the same, those in memory are not", tuple(sorted(changed))


def _scores(case: Case, odd: Group) -> tuple[str, ...]:
    told = ((r.asked.task, score_difference(case, r)) for r in odd.records)
    if len(odd.records) == 1:
        return tuple(difference for _, difference in told if difference)
    return tuple(f"{task} {difference}" for task, difference in told if difference)


def _names(group: Group, beside: Group) -> str:
    """The group's benchmarks; attempts by their start where both groups hold the benchmark."""
    shared = set(tasks(group.records)) & set(tasks(beside.records))
    names = (
        f"{r.asked.task} (started {r.run.started or 'at an unknown time'})"
        if r.asked.task in shared
        else r.asked.task
        for r in group.records
    )
    return listed(tuple(dict.fromkeys(names)))


def _is_weak(group: Group, least: Grade) -> bool:
    return not all(o.grade.at_least(least) for o in group.observations)


def _incomparable(facet: Facet, group: Group, other: Group) -> Finding:
    if group is other:
        statement = (
            f"{facet}: what is recorded on {listed(tasks(group.records))} contradicts itself"
        )
    else:
        statement = (
            f"{facet}: {_names(group, other)} and {_names(other, group)} were identified in ways "
            "that cannot be compared"
        )
    observed = told_apart(group.observations[0], other.observations[0])
    return Finding(
        outcome=Outcome.UNDECIDED,
        facet=facet,
        statement=statement,
        benchmarks=tasks(group.records),
        found="; ".join(dict.fromkeys(observed)),
        where=tuple(dict.fromkeys(place(r, facet) for r in (*group.records, other.records[0]))),
        fix=_SCORED_ALIKE.get(
            facet, "score both with `weighin run`, in one version and with one engine"
        ),
    )


def _too_weak(least: Grade, facet: Facet, records: Sequence[Record]) -> Iterator[Finding]:
    weak = tuple(r for r in records if not r.observation(facet).grade.at_least(least))
    if not weak:
        return
    said = []
    for grade in reversed(Grade):
        if graded := tuple(r for r in weak if r.observation(facet).grade is grade):
            how = "not recorded" if grade is Grade.ABSENT else f"only {grade}"
            said.append(f"{how} on {listed(tasks(graded))}")
    known = [r for r in records if r.observation(facet).grade is not Grade.ABSENT]
    # What is set is shown beside what is not.
    if 0 < len(known) < len(records):
        told: dict[str, list[Record]] = {}
        for record in known:
            told.setdefault(described(record.observation(facet)), []).append(record)
        shown = list(told.items())[:_VALUES_SHOWN]
        said += [f"{value} on {listed(tasks(group))}" for value, group in shown]
    yield Finding(
        outcome=Outcome.UNDECIDED,
        facet=facet,
        statement=f"{facet}: {'; '.join(said)}",
        benchmarks=tasks(weak),
        expected=f"{facet} known at grade {least} or better",
        found=", ".join(dict.fromkeys(r.observation(facet).grade for r in weak)),
        where=tuple(place(r, facet) for r in weak),
        fix=how_to_identify(weak, facet, least),
        cause=cause_of_weakness(least, facet),
    )
