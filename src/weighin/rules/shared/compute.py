"""How many answers, and how much thought, one score of a document rests on."""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Facet, Kind, normalised
from weighin.rules.interface import Case
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.fact_rule import fact_at_hand

ANSWERS = "answers_per_document"
OF_MANY = re.compile(r"(?P<name>[a-z_]+)@(?P<answers>[1-9][0-9]{0,5})", re.IGNORECASE)
# The mean of many single answers is the score of a single answer, better known.
MEANS = frozenset({"avg", "mean"})


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
    several = OF_MANY.fullmatch(aggregation)
    return (
        several is not None and several["name"].lower() not in MEANS and int(several["answers"]) > 1
    )
