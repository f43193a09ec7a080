"""What is true of a substitution, and where a report of weighin says something else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.making.checkpoints.smollm2 import given

from weighin.identity.comparison.checkpoints import Given, compare_checkpoints
from weighin.identity.comparison.report import ComparisonReport, Kinship, PatternKind
from weighin.identity.facets import Facet


@dataclass(frozen=True)
class Named:
    """What a tensor's difference is.

    Attributes:
        kind: Pattern that names it.
        detail: Of the pattern; `None` if any will do.
        changed: Elements that are not equal; `None` if the shapes differ.
        rank: Of a low-rank change.
    """

    kind: PatternKind
    detail: str | None = None
    changed: int | None = None
    rank: int | None = None


@dataclass(frozen=True)
class Truth:
    """What a substitution is, known without weighin.

    Attributes:
        relation: How the two checkpoints relate.
        tensors: What became of each tensor that differs.
        patterns: Further patterns over several tensors, and over which.
        facets: What differs as a whole.
        coefficients: Of the parents.
    """

    relation: Kinship
    tensors: Mapping[str, Named] = field(default_factory=dict)
    patterns: Mapping[PatternKind, frozenset[str]] = field(default_factory=dict)
    facets: frozenset[Facet] = frozenset({Facet.WEIGHTS})
    coefficients: tuple[float, ...] = ()


@dataclass(frozen=True)
class Substituted:
    """Two checkpoints, of which the second was put in the place of the first.

    Attributes:
        first: Given.
        second: Its folder.
        truth: What it is.
        parents: To fit the second with.
    """

    first: Given
    second: Path
    truth: Truth
    parents: tuple[Given, ...] = ()

    def compared(self) -> ComparisonReport:
        """What weighin says."""
        return compare_checkpoints(self.first, given(self.second), parents=self.parents)


def misnamed(report: ComparisonReport, truth: Truth) -> tuple[str, ...]:
    """Where a report does not say what is true; empty if it says all of it."""
    found: list[str] = []
    if report.relation is not truth.relation:
        found.append(f"relation {report.relation}, not {truth.relation}")
    if report.first.checkpoint_id == report.second.checkpoint_id:
        found.append("one checkpoint id")
    if {d.facet for d in report.facets} != truth.facets:
        found.append(f"facets {sorted(d.facet for d in report.facets)}")
    differing = {*truth.tensors, *truth.patterns.get(PatternKind.RESIZED, ())}
    if set(report.differing) != differing:
        found.append(f"tensors {sorted(set(report.differing) ^ differing)}")
    found.extend(_misnamed_tensors(report, truth))
    kinds = {p.kind for p in report.patterns} - {PatternKind.FEW_BLOCKS}
    if kinds != {*truth.patterns, *(named.kind for named in truth.tensors.values())}:
        found.append(f"patterns {sorted(kinds)}")
    for kind, names in truth.patterns.items():
        said_of = frozenset(n for p in report.patterns if p.kind is kind for n in p.tensors)
        if said_of != names:
            found.append(f"{kind} of {sorted(said_of ^ names)}")
    fitted = () if report.parents is None else report.parents.coefficients
    if tuple(round(number, 2) for number in fitted) != truth.coefficients:
        found.append(f"coefficients {fitted}, not {truth.coefficients}")
    return tuple(found)


def _misnamed_tensors(report: ComparisonReport, truth: Truth) -> Iterator[str]:
    measured = {tensor.name: tensor for tensor in report.measured}
    for name, named in truth.tensors.items():
        tensor = measured.get(name)
        if tensor is None:
            yield f"{name}: not measured"
            continue
        said = Named(
            tensor.pattern,
            tensor.detail if named.detail is not None else None,
            tensor.elements_differing if named.changed is not None else None,
            None if named.rank is None else int(tensor.evidence.get("rank", 0)),
        )
        if said != named:
            yield f"{name}: {said}, not {named}"
