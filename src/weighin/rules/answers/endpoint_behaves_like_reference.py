"""The rule `endpoint-behaves-like-reference`."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Facet
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule, Weaker
from weighin.rules.shared.fact_rule import fact_at_hand, moment
from weighin.rules.shared.per_record import nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import count, listed, literal, number
from weighin.statistics.multiplicity import holm

_PARTS = ("start", "middle", "end")
_PROBE_IT = (
    "probe the endpoint with sentinels at the start, in the middle and at the end of every "
    "benchmark, and record or declare `sentinels: [{at: TIME, p_value: NUMBER}, …]`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointBehavesLikeReference(Rule):
    """Probes at the start, in the middle and at the end of each benchmark found the reference.

    Why:
        A served name is never identity: caches, routing and adapters put other weights behind it,
        for hours or for every sixth call, and the name stays what it was.

    How:
        Takes the p-values of probes that compare the endpoint's answers with those of the local
        reference, all of them together (Holm), and looks whether a probe lies in each third of the
        benchmark's time. A small p-value is a difference. Large ones are the word of whoever states
        them, which shows nothing: the rule cannot be met until weighin probes endpoints itself.

    Fix:
        Serve the checkpoint that is claimed, and score the benchmark again.

    Attributes:
        alpha: The chance of a finding, over all probes, where the endpoint is the reference.
    """

    id: ClassVar[str] = "endpoint-behaves-like-reference"
    lack: ClassVar[CauseKind | None] = CauseKind.NO_PROBES
    anchor: ClassVar[str] = "model.endpoint"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"alpha": Weaker.LOWER})

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.01

    def check(self, case: Case) -> Iterator[Finding]:
        """The probes that differ, what was not probed, else that all of it is only stated."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        probed = [(record, _probes(case, record)) for record in records]
        problems = [*self._different(probed), *_not_probed(probed)]
        yield from problems or [_stated_alone(probed)]

    def _different(self, probed: "_Probed") -> Iterator[Finding]:
        # A declaration on all benchmarks stands behind each of them and is one family.
        distinct = {
            (probe.at, probe.p_value): (record.asked.task, probe, found.where)
            for record, found in probed
            for probe in found.probes
        }
        adjusted = holm([p_value for _, p_value in distinct])
        for (task, probe, where), p_value in zip(distinct.values(), adjusted, strict=True):
            if p_value < self.alpha:
                yield Finding(
                    outcome=Outcome.VIOLATED,
                    facet=Facet.ENDPOINT,
                    statement=f"{task}: the endpoint answered otherwise than the reference at "
                    f"{probe.at.isoformat()}, p = {number(probe.p_value)}",
                    benchmarks=(task,),
                    expected=f"p from {self.alpha:g} after Holm's adjustment for "
                    f"{count(len(distinct), 'probe')}",
                    found=f"{number(p_value)} adjusted",
                    where=() if where is None else (where,),
                    fix="serve the checkpoint that is claimed, and score the benchmark again",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Probe:
    at: datetime
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Probes:
    """Probes of one benchmark.

    Attributes:
        probes: In the order of the evidence.
        where: Where they stand; `None` if nowhere.
        problem: Why what stands there says nothing; empty if it does.
    """

    probes: tuple[_Probe, ...] = ()
    where: Origin | None = None
    problem: str = ""


_Probed = Sequence[tuple[Record, _Probes]]


def _probes(case: Case, record: Record) -> _Probes:
    at_hand = fact_at_hand(case, record, FactName.SENTINELS)
    if at_hand is None:
        return _Probes(problem="no probes against a reference are recorded")
    value = at_hand.fact.value
    found = [_probe(item) for item in value] if isinstance(value, list) else []
    probes = tuple(probe for probe in found if probe is not None)
    if not found or len(probes) < len(found):
        problem = f"probes are recorded in a shape that says nothing: {literal(value)[:80]}"
        return _Probes(probes=probes, where=at_hand.where, problem=problem)
    missing = _parts_without(record, probes)
    problem = f"no probe at the {' and at the '.join(missing)} of it" if missing else ""
    return _Probes(probes=probes, where=at_hand.where, problem=problem)


def _probe(item: JsonValue) -> _Probe | None:
    if not isinstance(item, dict):
        return None
    at, p_value = moment(item.get("at")), item.get("p_value")
    if at is None or isinstance(p_value, bool) or not isinstance(p_value, int | float):
        return None
    is_chance = math.isfinite(p_value) and 0 <= p_value <= 1
    return _Probe(at=at, p_value=float(p_value)) if is_chance else None


def _parts_without(record: Record, probes: Sequence[_Probe]) -> tuple[str, ...]:
    """The thirds of a benchmark's time without a probe; just before and after count too."""
    started, finished = moment(record.run.started), moment(record.run.finished)
    if started is None or finished is None or finished < started:
        return () if len(probes) >= len(_PARTS) else _PARTS[len(probes) :]
    third = (finished - started) / len(_PARTS)
    covered: set[str] = set()
    for probe in probes:
        if started - third <= probe.at <= started + third:
            covered.add("start")
        if started + third <= probe.at <= finished - third:
            covered.add("middle")
        if finished - third <= probe.at <= finished + third:
            covered.add("end")
    return tuple(part for part in _PARTS if part not in covered)


def _not_probed(probed: _Probed) -> Iterator[Finding]:
    by_problem: dict[str, list[tuple[Record, _Probes]]] = {}
    for record, found in probed:
        if found.problem:
            by_problem.setdefault(found.problem, []).append((record, found))
    for problem, silent in by_problem.items():
        benchmarks = tasks(record for record, _ in silent)
        yield Finding(
            outcome=Outcome.UNDECIDED,
            facet=Facet.ENDPOINT,
            statement=f"{listed(benchmarks)}: {problem}",
            benchmarks=benchmarks,
            expected="probes at the start, in the middle and at the end",
            where=tuple(found.where or record.origin for record, found in silent),
            fix=_PROBE_IT,
        )


def _stated_alone(probed: _Probed) -> Finding:
    """What somebody states to have found is a contradiction at best, and never a measurement."""
    p_values = [probe.p_value for _, found in probed for probe in found.probes]
    return Finding(
        outcome=Outcome.UNDECIDED,
        facet=Facet.ENDPOINT,
        statement=f"somebody states {count(len(p_values), 'probe')} without a difference from the "
        "reference; weighin did not measure them",
        benchmarks=tasks(record for record, _ in probed),
        expected="probes that weighin itself measured",
        found=f"smallest p = {number(min(p_values))}, as stated",
        where=tuple(dict.fromkeys(f.where for _, f in probed if f.where is not None)),
        fix="score the weights themselves with `weighin run`; or set this rule to warning, in the "
        "open, until weighin probes endpoints itself",
    )
