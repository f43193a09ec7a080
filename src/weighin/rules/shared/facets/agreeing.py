"""Groups of records that agree on a facet."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from operator import itemgetter

from weighin.evidence.records import Observation, Record
from weighin.identity.facets import Agreement, Facet, Grade, agreement, unequal_arguments
from weighin.rules.interface import Case
from weighin.rules.shared.facets.commits import unlike_commits
from weighin.rules.shared.per_record import tasks
from weighin.rules.shared.stated.against_file import norm_of_file

MOST_COMPARED = 32
"""With how many groups a record is compared. Where there are more, the first of them differ, or are
not known to agree, which is a finding: no further comparison can make a row one artifact's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Records of which each agrees with each on one facet.

    Attributes:
        members: At least one, each with its place among the records of the case, in that order.
        observations: The distinct observations of the facet in them, at least one.
    """

    members: tuple[tuple[int, Record], ...]
    observations: tuple[Observation, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        """The records alone."""
        return tuple(record for _, record in self.members)

    @property
    def is_recorded(self) -> bool:
        """Whether the facet was recorded at all."""
        return self.observations[0].grade is not Grade.ABSENT

    def compared_with(self, other: "Group", case: Case) -> Agreement:
        """Whether all of one group agree with all of the other: the worst answer of any pair."""
        answers = {
            _settled(case, left, right)
            for left, right in product(self.observations, other.observations)
        }
        return _worst(answers)


def groups_of(case: Case, facet: Facet, records: Sequence[Record]) -> tuple[Group, ...]:
    """The records in groups that agree on a facet, the norm first.

    The norm is what the requirements file states. Where it states nothing, it is the group of the
    most benchmarks; of equal ones that of the declared checkpoint, then the better known, then that
    of the first benchmark. Sameness is not inferred over a third
    record: a record joins a group only if it agrees with every member.

    Returns:
        Records with nothing recorded stand together in the last group: their observations are
        identical, which the comparison of that group with itself does not take for sameness.
    """
    groups: list[Group] = []
    for alike in sorted(_identical(facet, records), key=lambda g: -len(g.members)):
        for n, group in enumerate(groups[:MOST_COMPARED]):
            if group.compared_with(alike, case) is Agreement.SAME:
                members = sorted((*group.members, *alike.members), key=itemgetter(0))
                groups[n] = Group(
                    members=tuple(members),
                    observations=(*group.observations, *alike.observations),
                )
                break
        else:
            groups.append(alike)
    if len(groups) == 1:
        return tuple(groups)
    declared = None if case.declared is None else case.declared.checkpoint_id
    return tuple(
        sorted(groups, key=lambda group: (*_side(case, facet, group), _rank(group, declared)))
    )


def stated_at(case: Case, facet: Facet, group: Group) -> str:
    """Where in the file the facet of a group is stated as the group has it; empty if nowhere."""
    for record in group.records:
        norm = norm_of_file(case, record, facet)
        if norm is not None and norm[0]:
            return case.requirements.required_at(norm[1])
    return ""


def _side(case: Case, facet: Facet, group: Group) -> tuple[bool, bool, bool]:
    """Whether nothing is recorded, the file is contradicted, and the file is not agreed with."""
    norms = {norm[0] for r in group.records if (norm := norm_of_file(case, r, facet)) is not None}
    return not group.is_recorded, False in norms, True not in norms


def _identical(facet: Facet, records: Sequence[Record]) -> list[Group]:
    found: dict[tuple[str, ...], list[tuple[int, Record]]] = {}
    for member in enumerate(records):
        identifiers = member[1].observation(facet).identifiers
        found.setdefault(tuple(i.model_dump_json() for i in identifiers), []).append(member)
    return [
        Group(members=tuple(members), observations=(members[0][1].observation(facet),))
        for members in found.values()
    ]


def _rank(group: Group, declared: str | None) -> tuple[int, bool, int]:
    return (
        -len(tasks(group.records)),
        declared not in {r.checkpoint_id for r in group.records},
        tuple(Grade).index(group.observations[0].grade),
    )


def _settled(case: Case, left: Observation, right: Observation) -> Agreement:
    """Whether two observations agree; two commits as far as what a hub lists of them tells."""
    least = case.requirements.evidence
    answer = _agreement_both_ways(left, right, least)
    if answer is not Agreement.UNKNOWN:
        return answer
    commits = unlike_commits(case, left, right)
    if commits is None or commits.agreement is Agreement.DIFFERENT:
        return answer if commits is None else Agreement.DIFFERENT
    is_known = commits.grade.at_least(least) and not unequal_arguments(
        left.identifiers, right.identifiers
    )
    return commits.agreement if is_known else answer


def _agreement_both_ways(left: Observation, right: Observation, least: Grade) -> Agreement:
    ours, theirs = left.identifiers, right.identifiers
    return _worst({agreement(ours, theirs, least), agreement(theirs, ours, least)})


def _worst(answers: set[Agreement]) -> Agreement:
    for answer in (Agreement.DIFFERENT, Agreement.UNKNOWN):
        if answer in answers:
            return answer
    return Agreement.SAME
