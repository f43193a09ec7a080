"""The rule `test-time-compute-as-declared`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.records import Record
from weighin.identity.facets import Facet, normalised
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Weaker
from weighin.rules.shared.compute import (
    ANSWERS,
    MEANS,
    OF_MANY,
    aggregation_of,
    compute_of,
    picks_among_answers,
)
from weighin.rules.shared.per_record import ClaimedRecordRule, place
from weighin.rules.shared.wording import literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeAsDeclared(ClaimedRecordRule):
    """Every benchmark was answered with the test-time compute that is declared, and no more.

    Why:
        Samples, votes and reasoning budgets buy points: a score without them named says nothing
        of what the model does when it is asked once.

    How:
        Holds each declared setting against what was observed: answers a document, reasoning
        effort, budgets. A setting that was observed and is not declared counts against it, and so
        does an aggregation over more answers.

    Fix:
        Declare the compute that was used, or score again with what is declared.

    Attributes:
        answers: Answers a document, where `declared` says nothing of a benchmark.
        declared: Settings by benchmark, for example
            `{aime24: {answers_per_document: 64, reasoning_effort: high}}`.
    """

    id: ClassVar[str] = "test-time-compute-as-declared"
    lack: ClassVar[CauseKind | None] = CauseKind.SETTING_NOT_RECORDED
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"answers": Weaker.HIGHER})

    answers: Annotated[int, Field(ge=1)] = 1
    declared: dict[str, dict[str, JsonValue]] = field(default_factory=dict)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding for each setting that is other than declared, else one answer."""
        observation = record.observation(Facet.TEST_TIME_COMPUTE)
        if not observation.applies:
            yield Finding(outcome=Outcome.NOT_APPLICABLE, statement="no text is generated")
            return
        declared = {ANSWERS: self.answers} | self.declared.get(record.asked.task, {})
        observed = dict(compute_of(record))
        aggregation, told_at = aggregation_of(case, record)
        if aggregation is not None and ANSWERS not in observed:
            several = OF_MANY.fullmatch(aggregation)
            if several is not None:
                is_mean = several["name"].lower() in MEANS
                observed[ANSWERS] = 1 if is_mean else int(several["answers"])
        problems = [
            finding
            for name in {**declared, **observed}
            if (finding := _difference(name, declared, observed)) is not None
        ]
        voted = None if aggregation is None else _voted(aggregation, declared)
        if voted is not None and not problems:
            problems = [voted]
        where = told_at or (place(record, Facet.TEST_TIME_COMPUTE),)
        how = observation.how_to_record or "declare `aggregation` of the benchmark"
        for finding in problems:
            yield replace(
                finding, facet=Facet.TEST_TIME_COMPUTE, where=where, fix=finding.fix or how
            )
        if not problems:
            yield Finding(
                outcome=Outcome.MET,
                facet=Facet.TEST_TIME_COMPUTE,
                statement="test-time compute is as declared",
                found=literal(observed),
                where=where,
            )


def _difference(
    name: str, declared: Mapping[str, JsonValue], observed: Mapping[str, JsonValue]
) -> Finding | None:
    """The finding on one setting; `None` if it is as declared."""
    if name not in observed:
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{name} is not recorded",
            expected=literal(declared[name]),
        )
    if name not in declared:
        return Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{name} is {literal(observed[name])}, and is not declared",
            expected="not set",
            found=literal(observed[name]),
            fix="declare it with `declared`, or score it again without",
        )
    if normalised(declared[name]) == normalised(observed[name]):
        return None
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{name} is {literal(observed[name])}, declared is {literal(declared[name])}",
        expected=literal(declared[name]),
        found=literal(observed[name]),
        fix="score it again as declared, or declare what was used",
    )


def _voted(aggregation: str, declared: Mapping[str, JsonValue]) -> Finding | None:
    """The finding that the score rests on more answers than are declared; `None` if not so."""
    several = OF_MANY.fullmatch(aggregation)
    if several is None or not picks_among_answers(aggregation):
        return None
    if normalised(declared[ANSWERS]) == normalised(int(several["answers"])):
        return None
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"the score is {aggregation}, declared is "
        f"{literal(declared[ANSWERS])} for {ANSWERS}",
        expected=literal(declared[ANSWERS]),
        found=aggregation,
        fix="report the score of the declared compute, or declare what was used",
    )
