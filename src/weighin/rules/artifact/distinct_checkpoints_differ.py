"""The rule `distinct-checkpoints-differ`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from weighin.evidence.recording.of_records import how_to_identify
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Agreement, Facet, Grade, Identifier, Kind, agreement
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.shared.per_record import nothing_recorded, place, required_records
from weighin.rules.shared.wording import count, described, listed

# An adapter or another quantization makes another model of the same tensors on disk.
_MAKES_ANOTHER_MODEL = (Facet.ADAPTERS, Facet.QUANTIZATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinctCheckpointsDiffer(Rule):
    """Two names in the evidence are two checkpoints, and this name is one.

    Why:
        Two names promise two models, and one name promises one. Revisions that were published as
        different training steps have held byte-identical shards: then a comparison of the two
        compares a checkpoint with itself. And what was scored under one name elsewhere, on other
        weights, is not this model.

    How:
        Compares what is known of the weights of every record of this model with every record that
        is claimed under another name: tensors in memory, tensors on disk, files, commits; never
        mere names. Another adapter or quantization on the same tensors is another model; where only
        one of the two records says which, it is unknown whether they are. Records under this name
        on benchmarks that are not required are compared likewise, since no other rule judges them:
        there, other weights are the finding. On required benchmarks that is for `same-weights`.

    Fix:
        Find out which of the two was meant, or name it in `model.aliases` if both are one model;
        claim other weights under a name of their own.
    """

    id: ClassVar[str] = "distinct-checkpoints-differ"
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "model.aliases"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for the names of each weights, one on all others, one on the unknown."""
        ours = _known_differently(required_records(case))
        if not ours:
            yield nothing_recorded(case)
            return
        beyond = tuple(_under_this_name(case, ours))
        yield from beyond
        by_answer: dict[Agreement, dict[str, Sequence[Record]]] = defaultdict(dict)
        for name, theirs in sorted(_others(case).items()):
            answer = _compared(ours, theirs, case.requirements.evidence)
            by_answer[answer][name] = theirs
        if not (by_answer or beyond):
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the evidence holds no record of another model",
            )
        yield from _same(case, ours, by_answer[Agreement.SAME])
        if unknown := by_answer[Agreement.UNKNOWN]:
            yield _unknown(case, ours, unknown)
        if different := by_answer[Agreement.DIFFERENT]:
            yield Finding(
                outcome=Outcome.MET,
                facet=Facet.WEIGHTS,
                statement=f"other weights than {count(len(different), 'other model')} in the "
                f"evidence: {listed(tuple(different))}",
                where=_places(ours, *different.values()),
            )


def _others(case: Case) -> Mapping[str, Sequence[Record]]:
    """The records of other models by name, in an order that does not depend on how found."""
    model = case.requirements.model
    found: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(case.other_records, key=lambda r: (r.origin.file, r.origin.pointer)):
        if record.model not in (model.name, *model.aliases):
            found[record.model].append(record)
    return {name: _known_differently(records) for name, records in found.items()}


def _known_differently(records: Sequence[Record]) -> Sequence[Record]:
    """The first of the records that say the same of the model: most benchmarks do."""
    first: dict[tuple[str, ...], Record] = {}
    for record in records:
        first.setdefault(_known(record), record)
    return tuple(first.values())


def _known(record: Record) -> tuple[str, ...]:
    """All that a record says of the model's weights and of what makes another model of them."""
    return tuple(
        f"{facet} {identifier.model_dump_json()}"
        for facet in (Facet.WEIGHTS, *_MAKES_ANOTHER_MODEL)
        for identifier in record.observation(facet).identifiers
    )


def _compared(ours: Sequence[Record], theirs: Sequence[Record], least: Grade) -> Agreement:
    """`same` if any two records are of one model; `different` if all that were compared differ."""
    answers = {_of_two(mine, other, least) for mine, other in product(ours, theirs)}
    for answer in (Agreement.SAME, Agreement.UNKNOWN):
        if answer in answers:
            return answer
    return Agreement.DIFFERENT


def _of_two(mine: Record, other: Record, least: Grade) -> Agreement:
    doubts = False
    for facet in _MAKES_ANOTHER_MODEL:
        left, right = (record.observation(facet).identifiers for record in (mine, other))
        # How well it is known that both have no adapter does not make the weights other ones.
        answer = agreement(left, right, Grade.NAMED)
        if answer is Agreement.DIFFERENT:
            return Agreement.DIFFERENT
        doubts = doubts or (answer is Agreement.UNKNOWN and bool(left or right))
    answer = agreement(_beyond_names(mine), _beyond_names(other), least)
    return Agreement.UNKNOWN if doubts and answer is Agreement.SAME else answer


def _under_this_name(case: Case, ours: Sequence[Record]) -> Iterator[Finding]:
    """A finding for each benchmark beyond the required ones that was scored on other weights."""
    wanted = {benchmark.task for benchmark in case.requirements.benchmarks}
    beyond = [record for record in case.records if record.asked.task not in wanted]
    for record in _known_differently(beyond):
        different = [
            mine
            for mine in ours
            if _of_two(mine, record, case.requirements.evidence) is Agreement.DIFFERENT
        ]
        if not different:
            continue
        (mine, *_) = different
        facet = _told_apart_by(mine, record)
        known, found = (one.observation(facet) for one in (mine, record))
        same = {r.asked.task: None for r in beyond if _known(r) == _known(record)}
        yield Finding(
            outcome=Outcome.VIOLATED,
            facet=facet,
            statement=f"{case.requirements.model.name} is one name of two checkpoints: "
            f"{listed(tuple(same))}, not required here, was scored with other {facet}",
            expected=f"{described(known)}, as on {mine.asked.task}",
            found=described(found),
            where=(place(mine, facet), place(record, facet)),
            fix="claim the other checkpoint under a name of its own, or score the required "
            "benchmarks on it",
        )


def _told_apart_by(mine: Record, other: Record) -> Facet:
    for facet in _MAKES_ANOTHER_MODEL:
        left, right = (record.observation(facet).identifiers for record in (mine, other))
        if agreement(left, right, Grade.NAMED) is Agreement.DIFFERENT:
            return facet
    return Facet.WEIGHTS


def _beyond_names(record: Record) -> tuple[Identifier, ...]:
    """How the weights are known; that two logs spell one name alike says nothing of them."""
    identifiers = record.observation(Facet.WEIGHTS).identifiers
    return tuple(i for i in identifiers if i.kind is not Kind.NAME)


def _same(
    case: Case, ours: Sequence[Record], names: Mapping[str, Sequence[Record]]
) -> Iterator[Finding]:
    """One finding for all names that share one of our weights: a base has thousands of copies."""
    least, own = case.requirements.evidence, case.requirements.model.name
    sharing: dict[str, list[tuple[str, Record, Record]]] = defaultdict(list)
    for name, theirs in names.items():
        mine, other = next(
            pair for pair in product(ours, theirs) if _of_two(*pair, least) is Agreement.SAME
        )
        sharing[described(mine.observation(Facet.WEIGHTS))].append((name, mine, other))
    for weights, found in sharing.items():
        others = tuple(name for name, *_ in found)
        told = listed(others)
        is_one = len(others) == 1
        yield Finding(
            outcome=Outcome.VIOLATED,
            facet=Facet.WEIGHTS,
            statement=f"{own} and {told} are two names of the same weights"
            if is_one
            else f"{own} is one of {len(others) + 1} names of the same weights: {told}",
            expected="other weights under another name",
            found=f"{weights} in {'both' if is_one else 'all'}",
            where=(
                place(found[0][1], Facet.WEIGHTS),
                *(place(other, Facet.WEIGHTS) for *_, other in found),
            ),
            fix=f"find out which of the two was meant, or add {told} to model.aliases if both are "
            "one model"
            if is_one
            else "find out which of them was meant, or add to model.aliases those that are one "
            "model",
        )


def _unknown(
    case: Case, ours: Sequence[Record], unknown: Mapping[str, Sequence[Record]]
) -> Finding:
    weak = [
        record
        for record in (*ours, *(r for records in unknown.values() for r in records))
        if not record.observation(Facet.WEIGHTS).grade.at_least(case.requirements.evidence)
    ]
    return Finding(
        outcome=Outcome.UNDECIDED,
        facet=Facet.WEIGHTS,
        statement="whether these models of the evidence have other weights is unknown: "
        + listed(tuple(unknown)),
        expected=f"weights known at grade {case.requirements.evidence} or better, in one way",
        where=_places(ours, *unknown.values()),
        fix=how_to_identify(weak, Facet.WEIGHTS, case.requirements.evidence)
        if weak
        else "score both with `weighin run`, in one version and with one engine",
    )


def _places(ours: Sequence[Record], *others: Sequence[Record]) -> tuple[Origin, ...]:
    """Where the weights of one record of each model stand."""
    return tuple(place(records[0], Facet.WEIGHTS) for records in (ours, *others))
