"""How many answers, and how much thought, one score of a document rests on."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Facet, Kind, normalised
from weighin.rules.difference import claimed_scores
from weighin.rules.fact_rule import fact_at_hand
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import claimed_records, for_each_record, place
from weighin.rules.wording import literal

ANSWERS = "answers_per_document"
_OF_MANY = re.compile(r"(?P<name>[a-z_]+)@(?P<answers>[1-9][0-9]{0,5})", re.IGNORECASE)
# The mean of many single answers is the score of a single answer, better known.
_MEANS = frozenset({"avg", "mean"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregationAsRequired:
    """Answers became one score as required: by default, each answer counted by itself.

    Why:
        A majority of 64 answers, or the best of them, beside the single answers of another model
        is a comparison of two procedures.

    How:
        Reads the aggregation from the log or a declaration; else the name of the function that
        made the claimed score, where one answer a document was drawn. Without a requirement,
        whatever picks among several answers (`cons@k`, `maj@k`, `best@k`, `pass@k` above 1) is
        refused; `avg@k` is not, as it is the mean of single answers. `pass@1`, `mean` and `avg@k`
        are names of one thing.

    Fix:
        Report the score of the required aggregation, or require the one that was used.

    Attributes:
        required: The required aggregation by benchmark, for example `{aime24: cons@64}`.
    """

    id: ClassVar[str] = "aggregation-as-required"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    required: dict[str, str] = field(default_factory=dict)

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: (self._finding(case, record),)
        )

    def _finding(self, case: Case, record: Record) -> Finding:
        required = self.required.get(record.asked.task)
        found, where = aggregation_of(case, record)
        expected = required or "each answer by itself"
        if found is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="how answers became one score is not recorded",
                expected=expected,
                fix="declare `aggregation` of the benchmark, for example `pass@1`, or "
                f"score it with `weighin run {case.requirements.source}`",
            )
        is_met = (
            not picks_among_answers(found)
            if required is None
            else found == required or _is_of_single_answers(found, required)
        )
        if is_met:
            return Finding(
                outcome=Outcome.MET,
                statement=f"the score is {found}, as required",
                found=found,
                where=where,
            )
        return Finding(
            outcome=Outcome.VIOLATED,
            statement=f"the score is {found}, required is {expected}",
            expected=expected,
            found=found,
            where=where,
            fix="report the score of the required aggregation, or require the one that was used",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeAsDeclared:
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
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    answers: Annotated[int, Field(ge=1)] = 1
    declared: dict[str, dict[str, JsonValue]] = field(default_factory=dict)

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: self._findings(case, record)
        )

    def _findings(self, case: Case, record: Record) -> Iterator[Finding]:
        observation = record.observation(Facet.TEST_TIME_COMPUTE)
        if not observation.applies:
            yield Finding(outcome=Outcome.NOT_APPLICABLE, statement="no text is generated")
            return
        declared = {ANSWERS: self.answers} | self.declared.get(record.asked.task, {})
        observed = dict(compute_of(record))
        aggregation, told_at = aggregation_of(case, record)
        if aggregation is not None and ANSWERS not in observed:
            several = _OF_MANY.fullmatch(aggregation)
            if several is not None:
                is_mean = several["name"].lower() in _MEANS
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
    several = _OF_MANY.fullmatch(aggregation)
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


def aggregation_of(case: Case, record: Record) -> tuple[str | None, tuple[Origin, ...]]:
    """How answers became the claimed score, and where that is said.

    Returns:
        `None` if it is not known. The name of the function over documents tells only where one
        answer a document was drawn.
    """
    at_hand = fact_at_hand(case, record, FactName.AGGREGATION)
    if at_hand is not None:
        value = at_hand.fact.value
        return (value if isinstance(value, str) and value else None), (at_hand.where,)
    names = {score.aggregation for score in claimed_scores(case, record)}
    name = names.pop() if len(names) == 1 else None
    answers = normalised(compute_of(record).get(ANSWERS))
    is_single = answers == "1" or not record.observation(Facet.TEST_TIME_COMPUTE).applies
    return (name if is_single else None), ()


def compute_of(record: Record) -> Mapping[str, JsonValue]:
    """The settings of test-time compute that were observed; empty if none were."""
    for identifier in record.observation(Facet.TEST_TIME_COMPUTE).identifiers:
        if identifier.kind is Kind.CONTENT and isinstance(identifier.value, dict):
            return {k: v for k, v in identifier.value.items() if v is not None}
    return {}


def picks_among_answers(aggregation: str) -> bool:
    """Whether an aggregation takes one of several answers: `cons@64`, `pass@8`."""
    several = _OF_MANY.fullmatch(aggregation)
    return (
        several is not None
        and several["name"].lower() not in _MEANS
        and int(several["answers"]) > 1
    )


def _is_of_single_answers(*aggregations: str) -> bool:
    """Whether all are the score of a single answer under one of its names: `pass@1`, a mean."""
    kinds = (_OF_MANY.fullmatch(one) for one in aggregations)
    return all(
        one == "mean" if kind is None else kind["name"].lower() in _MEANS or one == "pass@1"
        for one, kind in zip(aggregations, kinds, strict=True)
    )


COMPUTE_RULES: tuple[type[Rule], ...] = (AggregationAsRequired, ComputeAsDeclared)
