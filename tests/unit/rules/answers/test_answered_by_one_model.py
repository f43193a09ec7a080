"""Cases of `answered-by-one-model`, and what it says."""

from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, case, only, outcome_of, record
from tests.making.rules.facts import DATED, OTHER_DATED, fact_of, golden, served

from weighin.evidence.facts import FactName
from weighin.rules.answers.answered_by_one_model import AnsweredByOneModel
from weighin.rules.interface import Outcome

CASES = {
    MET: lambda: served(golden(FactName.ANSWERED_MODELS, {DATED: 100})),
    VIOLATED: lambda: served(
        golden(FactName.ANSWERED_MODELS, {DATED: 100}, gsm8k={DATED: 86, OTHER_DATED: 14})
    ),
    UNDECIDED: lambda: served(
        case(*golden(FactName.ANSWERED_MODELS, {DATED: 100}).records[1:], record("arc"))
    ),
}


def test_share_of_the_calls_that_another_model_answered_is_told():
    row = fact_of(record(), FactName.ANSWERED_MODELS, {"a": 86, "b": 14})
    finding = only(AnsweredByOneModel(), served(case(row)), VIOLATED)
    assert finding.statement == "gsm8k: 2 models answered: a 86 %, b 14 %"


def test_providers_are_mixed_inside_one_run():
    row = fact_of(record(), FactName.PROVIDERS, {"DeepInfra": 56, "Together": 44})
    finding = only(AnsweredByOneModel(), served(case(row)), VIOLATED)
    assert "2 providers answered: DeepInfra 56 %, Together 44 %" in finding.statement


def test_two_benchmarks_of_two_models_are_a_mixture():
    judged = served(golden(FactName.ANSWERED_MODELS, {"a": 10}, gsm8k={"b": 10}))
    finding = only(AnsweredByOneModel(), judged, VIOLATED)
    assert finding.benchmarks == ("gsm8k",)


def test_fingerprints_are_told_and_not_judged():
    row = fact_of(record(), FactName.ANSWERED_MODELS, {"a": 10})
    row = fact_of(row, FactName.SYSTEM_FINGERPRINTS, {"fp_1": 5, "fp_2": 5})
    finding = only(AnsweredByOneModel(), served(case(row)), MET)
    assert finding.statement.endswith("2 fingerprints of the server")


def test_silent_server_is_undecided_only_where_it_must_speak():
    judged = served(case())
    assert outcome_of(AnsweredByOneModel(), judged) is Outcome.NOT_APPLICABLE
    assert outcome_of(AnsweredByOneModel(must_be_recorded=True), judged) is UNDECIDED
