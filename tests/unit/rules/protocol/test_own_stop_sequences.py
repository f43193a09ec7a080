"""Cases of `own-stop-sequences`, and what it says."""

from dataclasses import replace

from pydantic import JsonValue
from tests.making.rules.builders import (
    BENCHMARKS,
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    only,
    outcome_of,
    record,
    with_records,
)
from tests.making.rules.facts import golden

from weighin.evidence.facts import FactName
from weighin.identity.facets import Facet
from weighin.rules.interface import Case, Outcome
from weighin.rules.protocol.own_stop_sequences import OwnStopSequences


def stopping(*stops: str) -> Case:
    until: JsonValue = list(stops)
    records = (
        changed(
            record(task), "asked.decoding", {"until": until if task == "gsm8k" else ["Q:", "\n\n"]}
        )
        for task in BENCHMARKS
    )
    return case(*records)


CASES = {
    MET: lambda: stopping("Q:", "\n\n"),
    VIOLATED: lambda: stopping("."),
    UNDECIDED: case,
}
PARAMETERS = {"stops": dict.fromkeys(BENCHMARKS, ("\n\n", "Q:"))}


def test_order_of_stop_sequences_does_not_matter_and_the_reference_gives_them():
    of = replace(stopping("Q:", "\n\n"), reference=stopping("\n\n", "Q:").records)
    assert outcome_of(OwnStopSequences(), of) is MET
    drop = replace(stopping("."), reference=stopping("\n\n", "Q:").records)
    assert outcome_of(OwnStopSequences(), drop) is VIOLATED


def test_override_of_the_stop_sequences_needs_no_reference():
    of = golden(FactName.TASK_OVERRIDES, [], gsm8k=["until=['.']"])
    assert only(OwnStopSequences(), of, VIOLATED).benchmarks == ("gsm8k",)


def test_stop_sequences_have_no_bearing_where_no_text_is_generated():
    def silent(of):
        index = [o.facet for o in of.observations].index(Facet.DECODING)
        return changed(of, f"observations.{index}.applies", value=False)

    of = with_records(case(), (silent(r) for r in case().records))
    assert outcome_of(OwnStopSequences(), of) is Outcome.NOT_APPLICABLE
