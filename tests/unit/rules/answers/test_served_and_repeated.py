"""What the rules on servers, harnesses, attempts and repeats say."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import case, changed, digest, only, outcome_of, record, with_gsm8k
from tests.making.rules.identity_cases import (
    COMMIT,
    DATED,
    OTHER_DATED,
    passed,
    sentinels,
    served,
    two_attempts,
    unknown,
    with_other_adapter,
)
from tests.making.rules.protocol_cases import fact_of, golden

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.answers.answered_by_one_model import AnsweredByOneModel
from weighin.rules.answers.different_models_answer_differently import (
    DifferentModelsAnswerDifferently,
)
from weighin.rules.answers.endpoint_behaves_like_reference import EndpointBehavesLikeReference
from weighin.rules.answers.served_model_is_dated import ServedModelIsDated
from weighin.rules.environment.engine_is_allowed import EngineIsAllowed
from weighin.rules.environment.hardware_is_recorded import HardwareIsRecorded
from weighin.rules.environment.runs_within_days import RunsWithinDays
from weighin.rules.environment.same_harness import SameHarness
from weighin.rules.interface import Outcome
from weighin.rules.protocol.exactly_one_bos import ExactlyOneBos
from weighin.rules.runs.repeats_look_like_repeats import RepeatsLookLikeRepeats
from weighin.rules.runs.variants_at_most import VariantsAtMost


def asked_for(name: str, *answered: str) -> Record:
    row = served(case(record())).records[0]
    row = fact_of(row, FactName.REQUESTED_MODEL, name)
    return fact_of(row, FactName.ANSWERED_MODELS, dict.fromkeys(answered, 1)) if answered else row


@pytest.mark.parametrize(
    "name", ["claude-3-7-sonnet-latest", "gpt-4o", "chatgpt-4o-latest", "o/mistral-large:latest"]
)
def test_undated_name_can_come_to_mean_another_model(name):
    assert outcome_of(ServedModelIsDated(), case(asked_for(name))) is Outcome.VIOLATED


@pytest.mark.parametrize(
    "name", [DATED, "claude-3-5-sonnet-20241022", "gpt-4-0613", "mistral-large-2407", "x@001"]
)
def test_dated_name_holds(name):
    assert outcome_of(ServedModelIsDated(), case(asked_for(name))) is Outcome.MET


def test_alias_names_what_answered_and_asks_for_it():
    finding = only(ServedModelIsDated(), case(asked_for("gpt-4o-latest", DATED)), Outcome.VIOLATED)
    assert finding.fix == f"ask for {DATED}"


def test_server_that_says_another_dated_name_is_told():
    finding = only(ServedModelIsDated(), case(asked_for(DATED, OTHER_DATED)), Outcome.VIOLATED)
    assert f"{DATED} was asked for, {OTHER_DATED} answered" in finding.statement


def test_name_before_the_slash_is_the_provider():
    judged = case(asked_for(f"openai/{DATED}", DATED))
    assert outcome_of(ServedModelIsDated(), judged) is Outcome.MET


def test_model_in_process_is_not_asked_by_name():
    judged = case(fact_of(record(), FactName.REQUESTED_MODEL, "org/tiny"))
    assert outcome_of(ServedModelIsDated(), judged) is Outcome.NOT_APPLICABLE


def test_share_of_the_calls_that_another_model_answered_is_told():
    row = fact_of(record(), FactName.ANSWERED_MODELS, {"a": 86, "b": 14})
    finding = only(AnsweredByOneModel(), served(case(row)), Outcome.VIOLATED)
    assert finding.statement == "gsm8k: 2 models answered: a 86 %, b 14 %"


def test_providers_are_mixed_inside_one_run():
    row = fact_of(record(), FactName.PROVIDERS, {"DeepInfra": 56, "Together": 44})
    finding = only(AnsweredByOneModel(), served(case(row)), Outcome.VIOLATED)
    assert "2 providers answered: DeepInfra 56 %, Together 44 %" in finding.statement


def test_two_benchmarks_of_two_models_are_a_mixture():
    judged = served(golden(FactName.ANSWERED_MODELS, {"a": 10}, gsm8k={"b": 10}))
    finding = only(AnsweredByOneModel(), judged, Outcome.VIOLATED)
    assert finding.benchmarks == ("gsm8k",)


def test_fingerprints_are_told_and_not_judged():
    row = fact_of(record(), FactName.ANSWERED_MODELS, {"a": 10})
    row = fact_of(row, FactName.SYSTEM_FINGERPRINTS, {"fp_1": 5, "fp_2": 5})
    finding = only(AnsweredByOneModel(), served(case(row)), Outcome.MET)
    assert finding.statement.endswith("2 fingerprints of the server")


def test_silent_server_is_undecided_only_where_it_must_speak():
    judged = served(case())
    assert outcome_of(AnsweredByOneModel(), judged) is Outcome.NOT_APPLICABLE
    assert outcome_of(AnsweredByOneModel(must_be_recorded=True), judged) is Outcome.UNDECIDED


def test_probe_in_the_middle_is_named_with_its_time():
    row = fact_of(record(), FactName.SENTINELS, sentinels(0.4, 1e-6, 0.3))
    finding = only(EndpointBehavesLikeReference(), case(row), Outcome.VIOLATED)
    assert "2026-11-20T10:30:00+00:00, p = 1e-06" in finding.statement


def test_many_probes_are_adjusted_for():
    # Holm: 3 * 0.004 is above 0.01, 1 * 0.004 is not.
    several = fact_of(record(), FactName.SENTINELS, sentinels(0.004, 0.7, 0.9))
    assert outcome_of(EndpointBehavesLikeReference(), case(several)) is Outcome.MET
    alone = fact_of(record(), FactName.SENTINELS, sentinels(0.004))
    assert outcome_of(EndpointBehavesLikeReference(), case(alone)) is Outcome.VIOLATED


def test_probes_at_the_start_alone_are_not_enough():
    probes = [{"at": "2026-11-20T10:00:00Z", "p_value": 0.5}] * 3
    finding = only(
        EndpointBehavesLikeReference(),
        case(fact_of(record(), FactName.SENTINELS, probes)),
        Outcome.UNDECIDED,
    )
    assert "no probe at the middle and at the end of it" in finding.statement


@pytest.mark.parametrize("value", [[], {}, [{"at": "noon", "p_value": 0.5}], [{"p_value": 2}], 1])
def test_shapeless_probes_are_undecided(value):
    row = fact_of(record(), FactName.SENTINELS, value)
    assert outcome_of(EndpointBehavesLikeReference(), case(row)) is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("found", "expected", "outcome"),
    [
        (1, 1, Outcome.MET),
        (0, 0, Outcome.MET),
        (0, 1, Outcome.VIOLATED),
        (1, 0, Outcome.VIOLATED),
        (2, 1, Outcome.VIOLATED),
        (2, None, Outcome.VIOLATED),
        (1, None, Outcome.UNDECIDED),
        (True, 1, Outcome.UNDECIDED),
    ],
)
def test_prompts_begin_with_the_bos_that_the_model_expects(found, expected, outcome):
    row = fact_of(record(), FactName.BOS_TOKENS, found)
    if expected is not None:
        row = fact_of(row, FactName.EXPECTED_BOS_TOKENS, expected)
    assert outcome_of(ExactlyOneBos(), case(row)) is outcome


def test_denied_engine_is_violated_although_it_is_allowed():
    row = changed(record(), "run.engine", "vLLM 0.30.0")
    rule = EngineIsAllowed(allowed=("vllm *",), denied=("vllm 0.30.0",))
    assert outcome_of(rule, case(row)) is Outcome.VIOLATED


def test_engine_without_its_version_is_undecided():
    row = changed(record(), "run.engine", "vllm")
    assert outcome_of(EngineIsAllowed(denied=("vllm 0.30.*",)), case(row)) is Outcome.UNDECIDED


def test_engine_without_a_list_is_not_judged():
    assert outcome_of(EngineIsAllowed(), case()) is Outcome.NOT_APPLICABLE


def test_odd_version_of_the_harness_is_named_first():
    judged = with_gsm8k(lambda r: changed(r, "run.harness", "lm-eval 0.4.9"))
    finding = only(SameHarness(), judged, Outcome.VIOLATED)
    assert finding.statement == "gsm8k: another harness than on 2 of 3 benchmarks"


def test_abbreviated_commit_of_the_harness_is_the_same_commit():
    judged = golden(FactName.HARNESS_COMMIT, COMMIT, gsm8k=COMMIT[:8])
    assert outcome_of(SameHarness(), judged) is Outcome.MET


def test_harness_without_a_version_is_undecided():
    judged = with_gsm8k(lambda r: changed(r, "run.harness", "simple-evals"))
    assert Outcome.UNDECIDED in {f.outcome for f in SameHarness().check(judged)}


def test_gains_without_losses_are_no_repeat():
    # Eight gains, no loss: two-sided 2 / 2^8 = 0.0078.
    judged = two_attempts(passed(1), passed(*range(1, 10)))
    finding = only(RepeatsLookLikeRepeats(), judged, Outcome.VIOLATED)
    assert "8 gains and 0 losses over the same 20 documents" in finding.statement
    assert "p = 0.007812" in finding.statement


def test_seven_gains_may_be_chance():
    # Two-sided 2 / 2^7 = 0.0156.
    judged = two_attempts(passed(1), passed(*range(1, 9)))
    assert outcome_of(RepeatsLookLikeRepeats(), judged) is Outcome.MET


def test_attempts_that_were_asked_otherwise_are_no_repeats():
    judged = two_attempts(passed(1), passed(*range(1, 12)))
    first, second = judged.records
    other = changed(second, "asked.num_fewshot", 0)
    assert (
        outcome_of(RepeatsLookLikeRepeats(), replace(judged, records=(first, other)))
        is Outcome.NOT_APPLICABLE
    )


def test_declared_variants_do_not_hide_those_in_the_evidence():
    rows = [
        fact_of(fact_of(unknown(task), FactName.VARIANTS_TESTED, 1), FactName.ARTIFACT_LABEL, task)
        for task in ("arc", "gsm8k")
    ]
    finding = only(VariantsAtMost(), case(*rows), Outcome.VIOLATED)
    assert finding.statement == "2 variants scored under the name: arc, gsm8k"


def test_days_between_the_first_and_the_last_are_told():
    judged = with_gsm8k(lambda r: changed(r, "run.started", "2026-11-10T11:00:00Z"))
    finding = only(RunsWithinDays(), judged, Outcome.VIOLATED)
    assert finding.statement.startswith("10 days lie between gsm8k and ")


def test_other_machines_are_allowed_unless_they_must_be_the_same():
    judged = golden(FactName.HARDWARE, "8 x H100", gsm8k="8 x A100")
    assert outcome_of(HardwareIsRecorded(), judged) is Outcome.MET
    assert outcome_of(HardwareIsRecorded(same=True), judged) is Outcome.VIOLATED


def test_adapter_that_was_silently_dropped_is_seen_in_its_samples():
    finding = only(
        DifferentModelsAnswerDifferently(),
        with_other_adapter(samples=digest("samples of gsm8k")),
        Outcome.VIOLATED,
    )
    assert finding.statement == (
        "gsm8k: two records of tiny and tiny-tuned differ in adapters and hold the same samples, "
        "byte for byte"
    )


def test_one_model_beside_itself_may_answer_alike():
    judged = replace(case(), other_records=(record(),))
    assert outcome_of(DifferentModelsAnswerDifferently(), judged) is Outcome.NOT_APPLICABLE
