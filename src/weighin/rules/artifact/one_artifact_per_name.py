"""The rule `one-artifact-per-name`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Agreement, Facet, Grade, Kind, deciding, spelling_apart
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.shared.facets.agreeing import MOST_COMPARED
from weighin.rules.shared.facets.artifact_names import (
    OF_IDENTIFIERS,
    Aspect,
    artifact_name,
    commits_of,
    is_immutable,
    is_one_content,
    told_apart,
)
from weighin.rules.shared.facets.commits import repository_of, settled_by, unlike
from weighin.rules.shared.facets.unlike import cause_of_difference
from weighin.rules.shared.per_record import nothing_recorded, place, tasks
from weighin.rules.shared.per_record import required_records as required
from weighin.rules.shared.wording import count, listed

_TWO = 2
# What follows from a closer aspect is not told again: a label is told apart by its revision too.
_TOLD = (Aspect.LABEL, *sorted(OF_IDENTIFIERS), Aspect.COMMIT, Aspect.REVISION)
_ALONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneArtifactPerName(Rule):
    """The model's name stands for one artifact in the evidence.

    Why:
        Logs of many checkpoints often carry one model name, and only their folders, revisions or
        commits tell them apart. A row that takes its best number from each is no model's row.

    How:
        Groups all records under the name by the label of their folder, by the arguments that make
        other weights of the named ones, by the number of parameters, by commit and by revision;
        names every group with its benchmarks, the smallest first. Weights that are known to be the
        same bytes are one artifact whatever they are called. Two commits of one repository may hold
        one content: what a hub lists of them settles it, unless `revision-is-immutable` asks for
        the commit itself. Where nothing tells artifacts apart, this rule does not apply, and
        `same-weights` says what is unknown.

    Fix:
        Give the logs of one checkpoint as evidence, and claim the others under names of their own.
    """

    id: ClassVar[str] = "one-artifact-per-name"
    lack: ClassVar[CauseKind | None] = CauseKind.NO_REVISION
    anchor: ClassVar[str] = "model.name"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each aspect in which the name stands for several; else one answer."""
        records = case.records
        if not required(case):
            yield nothing_recorded(case)
            return
        if is_one_content(records):
            yield Finding(
                outcome=Outcome.MET,
                statement=f"{count(len(records), 'record')} under the name are of the same bytes",
                benchmarks=tasks(records),
                where=tuple(place(r, Facet.WEIGHTS) for r in records),
            )
            return
        findings = [f for aspect in _TOLD for f in _by_aspect(case, records, aspect)]
        worst = [f for f in findings if f.outcome is not Outcome.MET]
        yield from (
            worst
            or findings
            or [
                Finding(
                    outcome=Outcome.NOT_APPLICABLE,
                    statement="the evidence holds no label, commit or revision that could tell "
                    "artifacts of the name apart",
                )
            ]
        )


def _by_aspect(case: Case, records: Sequence[Record], aspect: Aspect) -> Iterator[Finding]:
    """The finding on one aspect; none if no record says anything of it."""
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    first: dict[str, str] = {}
    for record in records:
        name = artifact_name(case, record).by(aspect)
        # A commit is told by the first spelling of its repository.
        key = spelling_apart(name) if aspect is Aspect.COMMIT else name
        groups[first.setdefault(key, name)].append(record)
    silent = groups.pop("", [])
    if not groups:
        return
    if aspect is Aspect.PARAMETERS:
        silent = []  # few logs count them
    if aspect is Aspect.ARGUMENTS and silent:
        # A list that is written whole says that there is none; another says nothing.
        if whole := [r for r in silent if _writes_them_whole(r)]:
            groups[_ALONE] = whole
        silent = [r for r in silent if not _writes_them_whole(r)]
    odd_first = dict(sorted(groups.items(), key=lambda item: (*_size(item[1]), item[0])))
    told = {name: members for name, members in odd_first.items() if members}
    pairs = combinations(list(told)[:MOST_COMPARED], 2)
    answers = {_compared(case, aspect, (a, told[a][0]), (b, told[b][0])) for a, b in pairs}
    if Agreement.DIFFERENT in answers:
        yield _several(case, aspect, told, silent)
    elif aspect is Aspect.REVISION and len(names := _names_of_weights(case, records)) > 1:
        yield _perhaps_several(case, Aspect.NAME, names, silent)
    elif Agreement.UNKNOWN in answers or silent:
        yield _perhaps_several(case, aspect, told, silent)
    elif aspect not in OF_IDENTIFIERS:  # what was set or counted alike shows nothing to be one
        yield Finding(
            outcome=Outcome.MET,
            statement=f"{count(len(records), 'record')} under the name are of one {aspect}"
            if len(told) == 1
            else f"{count(len(records), 'record')} under the name are of commits of one content: "
            + settled_by(case, records),
            benchmarks=tasks(records),
            found="; ".join(told),
            where=_origins(records),
        )


def _names_of_weights(case: Case, records: Sequence[Record]) -> dict[str, list[Record]]:
    """The records by what their weights are called: a branch is one only within a repository.

    Spellings of one name are one, and so are the names that the file gives to the model.
    """
    found: defaultdict[str, list[Record]] = defaultdict(list)
    model = case.requirements.model
    own = {spelling_apart(one) for one in (model.name, *model.aliases)}
    first: dict[str, str] = {}
    for record in records:
        for i in record.observation(Facet.WEIGHTS).identifiers:
            if i.kind is Kind.NAME:
                base, at, revision = str(i.value).partition("@")
                name = spelling_apart(base)
                key = f"{'' if name in own else name}{at}{revision} {i.scope}"
                found[first.setdefault(key, f"{i.value} {i.scope}".strip())].append(record)
                break
    return dict(found)


def _writes_them_whole(record: Record) -> bool:
    return any(
        i.kind is Kind.TRAIT and isinstance(i.value, dict)
        for i in record.observation(Facet.WEIGHTS).identifiers
    )


def _compared(
    case: Case, aspect: Aspect, left: tuple[str, Record], right: tuple[str, Record]
) -> Agreement:
    """Whether two groups, each by its name and one of its records, are of one artifact."""
    ours, theirs = left[0], right[0]
    if aspect in OF_IDENTIFIERS:
        identifiers = (r.observation(Facet.WEIGHTS).identifiers for r in (left[1], right[1]))
        return Agreement.UNKNOWN if deciding(*identifiers) is None else Agreement.DIFFERENT
    if is_immutable(ours) and is_immutable(theirs) and "@" in ours + theirs:
        if repository_of(ours) == repository_of(theirs):
            return unlike(case, ours, theirs, Grade.DECLARED).agreement
    elif is_immutable(ours) and is_immutable(theirs) and _are_of_commits(left[1], right[1]):
        return Agreement.SAME  # the commits of the weights say what there is to say
    return Agreement.DIFFERENT if told_apart(ours, theirs) else Agreement.UNKNOWN


def _are_of_commits(*records: Record) -> bool:
    return all(commits_of(record, Grade.DECLARED) for record in records)


def _size(members: Sequence[Record]) -> tuple[int, int]:
    return len(tasks(members)), len(members)


def _several(
    case: Case, aspect: Aspect, told: Mapping[str, Sequence[Record]], silent: Sequence[Record]
) -> Finding:
    name = case.requirements.model.name
    groups = tuple(f"{group} ({listed(tasks(members))})" for group, members in told.items())
    norm, norm_records = list(told.items())[-1]
    everyone = tasks([r for members in told.values() for r in members])
    agreeing = tasks(norm_records)
    odd = tuple(task for group in list(told)[:-1] for task in tasks(told[group]))
    beside = f"; {count(len(silent), 'record')} without a {aspect}" if silent else ""
    if len(agreeing) > 1 and not set(odd) & set(agreeing):
        many = "is" if len(set(odd)) == 1 else "are"
        lead = (
            f"{listed(tuple(dict.fromkeys(odd)))} {many} of another {aspect}; {len(agreeing)} of "
            f"{count(len(everyone), 'benchmark')} are of {norm}"
        )
    else:
        lead = listed(groups)
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{name} is one name of {len(told)} artifacts by {aspect}: {lead}{beside}"
        + (_why_unlike(case, tuple(told)) if aspect is Aspect.COMMIT else ""),
        benchmarks=everyone,
        expected=f"one {aspect} under one name",
        found="; ".join(groups),
        where=tuple(origin for members in told.values() for origin in _origins(members)[:1]),
        fix="give the logs of one artifact as evidence; claim the others under names of their own",
        cause=_cause(aspect, told),
    )


def _cause(aspect: Aspect, told: Mapping[str, Sequence[Record]]) -> Cause | None:
    """The same as that of rules which compare two records, where that is known."""
    if aspect is Aspect.COMMIT and len(told) == _TWO:
        return Cause(CauseKind.COMMITS, tuple(sorted(name.lower() for name in told)))
    if aspect is not Aspect.ARGUMENTS:
        return None
    first, second = (told[name][0].observation(Facet.WEIGHTS) for name in list(told)[:_TWO])
    return cause_of_difference(first, second)


def _why_unlike(case: Case, commits: Sequence[str]) -> str:
    """What tells the first two commits of one repository apart, as a clause; else empty."""
    for left, right in combinations(commits, 2):
        if repository_of(left) == repository_of(right):
            return f": {unlike(case, left, right, Grade.DECLARED).why}"
    return ""


def _perhaps_several(
    case: Case, aspect: Aspect, told: Mapping[str, Sequence[Record]], silent: Sequence[Record]
) -> Finding:
    names = tuple(f"{name} ({listed(tasks(members))})" for name, members in told.items())
    without = f"{listed(tasks(silent))}: no {aspect} is recorded; " if silent else ""
    is_of_commits = aspect is Aspect.COMMIT and len(told) > 1
    statement = (
        f"{without}whether the name stands for one artifact is unknown beside the {aspect} "
        f"{listed(names)}"
    )
    fix = how_to_record(
        [*silent, *(r for members in told.values() for r in members)], Facet.WEIGHTS
    )
    cause = _cause(aspect, told)
    if is_of_commits and all(is_immutable(name) for name in told):
        first, second, *_ = told
        commits = unlike(case, first, second, Grade.DECLARED)
        statement, fix = f"{statement}: {commits.why}", commits.way_to_settle(case)
        cause = commits.cause if len(told) == _TWO else None
    return Finding(
        outcome=Outcome.UNDECIDED,
        statement=statement,
        benchmarks=tasks([*silent, *(r for members in told.values() for r in members)])
        if len(told) > 1
        else tasks(silent),
        expected=f"one {aspect} on every benchmark",
        found="; ".join(names),
        where=_origins(silent or [members[0] for members in told.values()]),
        fix=fix,
        contradicts=len(told) > 1,
        cause=cause if len(told) > 1 else None,
    )


def _origins(records: Sequence[Record]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(record.origin for record in records))
