"""The rule `evidence-at-least`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.recording.of_records import how_to_identify
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.shared.facets.weakness import cause_of_weakness
from weighin.rules.shared.per_record import (
    bearing,
    nothing_recorded,
    place,
    required_records,
    tasks,
)
from weighin.rules.shared.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAtLeast(Rule):
    """Every required facet is known on every benchmark, as well as the requirements ask.

    Why:
        A field that somebody typed and a digest of the bytes that were loaded are not the same
        evidence. Most published results rest on a name.

    How:
        Takes the best grade of each facet in each record: measured, pinned, declared, named or
        absent, and holds it against `evidence`.

    Fix:
        Score with `weighin run`, which measures; or lower `evidence`, in the open.
    """

    id: ClassVar[str] = "evidence-at-least"
    anchor: ClassVar[str] = "evidence"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each facet that is known too weakly somewhere."""
        records = required_records(case)
        if not case.requirements.same:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements name no facet that must be the same",
            )
            return
        if not records:
            yield nothing_recorded(case)
            return
        weak = tuple(
            finding
            for facet in case.requirements.same
            if (finding := _weakness(case.requirements.evidence, facet, records)) is not None
        )
        yield from weak or (
            Finding(
                outcome=Outcome.MET,
                statement=f"{count(len(case.requirements.same), 'facet')} known at grade "
                f"{case.requirements.evidence} or better on "
                f"{count(len(tasks(records)), 'benchmark')}",
                benchmarks=tasks(records),
            ),
        )


def _weakness(least: Grade, facet: Facet, records: tuple[Record, ...]) -> Finding | None:
    weak = tuple(
        r for r in bearing(records, facet) if not r.observation(facet).grade.at_least(least)
    )
    if not weak:
        return None
    by_grade = {
        grade: tasks(r for r in weak if r.observation(facet).grade is grade)
        for grade in reversed(Grade)
    }
    found = "; ".join(f"{grade} on {listed(names)}" for grade, names in by_grade.items() if names)
    return Finding(
        outcome=Outcome.UNDECIDED,
        facet=facet,
        statement=f"{facet}: {found}",
        benchmarks=tasks(weak),
        expected=f"{least} or better",
        found=found,
        where=tuple(place(r, facet) for r in weak),
        fix=how_to_identify(weak, facet, least),
        cause=cause_of_weakness(least, facet),
    )
