"""Cases of the `same-*` rules on how benchmarks were asked, and what `same-endpoint` says."""

from tests.making.rules.builders import (
    MET,
    VIOLATED,
    case,
    content,
    facet_cases,
    outcome_of,
    record,
    with_identifiers,
)

from weighin.identity.facets import Facet
from weighin.rules.protocol.same_protocol import (
    SameChatTemplate,
    SameDecoding,
    SameEndpoint,
    SameEngine,
    SameSystemPrompt,
    SameTestTimeCompute,
)

LARGE_GROUP = ("arc", "lambada")
RULES = (
    SameChatTemplate,
    SameSystemPrompt,
    SameEngine,
    SameDecoding,
    SameTestTimeCompute,
    SameEndpoint,
)
CASES = {rule.id: facet_cases(rule.facet) for rule in RULES}


def test_server_that_named_two_models_during_one_benchmark_violates():
    answers = {"answers": [{"model": "m-1"}, {"model": "m-2"}, {"model": "m-1"}]}
    routed = tuple(
        with_identifiers(record(task), Facet.ENDPOINT, content(answers)) for task in LARGE_GROUP
    )
    found = [f for f in SameEndpoint().check(case(*routed)) if f.outcome is VIOLATED]
    assert [f.statement for f in found] == [
        "arc: the server named 2 models during one benchmark",
        "lambada: the server named 2 models during one benchmark",
    ]


def test_server_that_always_named_one_model_is_met():
    answers = {"answers": [{"model": "m-1"}]}
    routed = tuple(
        with_identifiers(record(task), Facet.ENDPOINT, content(answers)) for task in LARGE_GROUP
    )
    assert outcome_of(SameEndpoint(), case(*routed)) is MET
