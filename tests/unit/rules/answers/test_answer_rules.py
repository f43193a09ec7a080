"""Answers that were cut off, not read, all alike, too short, or too good."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import case, gsm8k_with, only, outcome_of, requirements
from tests.making.rules.protocol_cases import golden, lengths

from weighin.evidence.facts import FactName
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.answers.answers_are_not_truncated import AnswersAreNotTruncated
from weighin.rules.answers.answers_parse import AnswersParse
from weighin.rules.answers.lengths_near_reference import LengthsNearReference
from weighin.rules.answers.outputs_vary import OutputsVary
from weighin.rules.interface import Outcome
from weighin.rules.scores.score_is_plausible import ScoreIsPlausible

MET, VIOLATED, UNDECIDED = Outcome.MET, Outcome.VIOLATED, Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("reasons", "outcome"),
    [
        ({"stop": 99, "length": 1}, MET),
        ({"stop": 98, "length": 2}, VIOLATED),
        ({"stop": 98, "MAX_TOKENS": 2}, VIOLATED),
        ({"stop": 98, "unknown": 2}, UNDECIDED),
        ({"stop": 98, "a word of tomorrow": 2}, UNDECIDED),
        ({"stop": 50, "unknown": 40, "length": 10}, VIOLATED),
        ({}, UNDECIDED),
        ({"stop": 0}, UNDECIDED),
        ({"stop": "100"}, UNDECIDED),
        ({"stop": -1}, UNDECIDED),
        (["stop"], UNDECIDED),
    ],
)
def test_at_most_one_answer_in_a_hundred_may_be_cut_off(reasons, outcome):
    of = golden(FactName.FINISH_REASONS, reasons)
    assert outcome_of(AnswersAreNotTruncated(), of) is outcome


def test_share_of_cut_answers_is_a_parameter():
    of = golden(FactName.FINISH_REASONS, {"stop": 89, "length": 11})
    assert outcome_of(AnswersAreNotTruncated(share=0.11), of) is MET


def test_the_claimed_filter_is_the_one_that_must_parse():
    value = {
        "unparsed": 41,
        "answers": 100,
        "by_filter": {
            "strict-match": {"unparsed": 41, "answers": 100},
            "flexible-extract": {"unparsed": 1, "answers": 100},
        },
    }

    def claiming(metric):
        benchmark = BenchmarkRequirement(task="gsm8k", metric=metric)
        of = golden(FactName.UNPARSED_ANSWERS, value)
        return replace(of, requirements=requirements(benchmarks=(benchmark,)))

    assert outcome_of(AnswersParse(), claiming("exact_match,strict-match")) is VIOLATED
    assert outcome_of(AnswersParse(), claiming("exact_match,flexible-extract")) is MET
    assert outcome_of(AnswersParse(), claiming("exact_match,none")) is UNDECIDED
    assert outcome_of(AnswersParse(), claiming(None)) is VIOLATED


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        # The null model: one text for all 805 instructions.
        ({"distinct": 1, "outputs": 805}, VIOLATED),
        ({"distinct": 4, "outputs": 1000}, MET),
        ({"distinct": 1, "outputs": 1}, UNDECIDED),
        ({"distinct": 3, "outputs": 2}, UNDECIDED),
        ({"distinct": 0, "outputs": 5}, UNDECIDED),
        (None, UNDECIDED),
    ],
)
def test_one_output_for_all_documents_does_not_vary(value, outcome):
    assert outcome_of(OutputsVary(), golden(FactName.DISTINCT_OUTPUTS, value)) is outcome


def test_share_of_distinct_outputs_can_be_required():
    of = golden(FactName.DISTINCT_OUTPUTS, {"distinct": 4, "outputs": 1000})
    assert outcome_of(OutputsVary(share=0.5), of) is VIOLATED


@pytest.mark.parametrize(
    # The band of MLPerf's TEST09: 10% around a mean of 1278.20 tokens.
    ("found", "outcome"),
    [(1150.38, MET), (1406.02, MET), (1150.0, VIOLATED), (1407.0, VIOLATED)],
)
def test_lengths_within_a_tenth_of_the_reference(found, outcome):
    assert outcome_of(LengthsNearReference(), lengths(1278.20, found)) is outcome


def test_expected_length_needs_no_reference():
    rule = LengthsNearReference(expected=dict.fromkeys(("arc", "gsm8k", "lambada"), 100.0))
    assert outcome_of(rule, golden(FactName.OUTPUT_TOKENS, 95)) is MET
    assert outcome_of(rule, golden(FactName.OUTPUT_TOKENS, 80)) is VIOLATED


def test_score_above_the_ceiling_of_the_labels_is_told():
    # Reflection-70B claimed 99.2 on GSM8K, whose labels allow 98.9.
    rule = ScoreIsPlausible(ceiling={"gsm8k": 0.989})
    finding = only(rule, gsm8k_with("scores.0.value", 0.992), VIOLATED)
    assert finding.found == "0.992"
    assert "0.989" in finding.expected


@pytest.mark.parametrize(("value", "outcome"), [(0.24, MET), (0.15, MET), (0.14, VIOLATED)])
def test_two_standard_errors_below_chance_are_still_chance(value, outcome):
    # 0.25 - 2 x 0.05 = 0.15
    rule = ScoreIsPlausible(chance=dict.fromkeys(("arc", "gsm8k", "lambada"), 0.25))
    assert outcome_of(rule, gsm8k_with("scores.0.value", value)) is outcome


def test_score_that_is_no_number_is_not_plausible():
    rule = ScoreIsPlausible(ceiling=dict.fromkeys(("arc", "gsm8k", "lambada"), 100.0))
    assert outcome_of(rule, gsm8k_with("scores.0.value", float("nan"))) is VIOLATED


def test_without_bounds_nothing_is_plausible_or_not():
    assert outcome_of(ScoreIsPlausible(), case()) is UNDECIDED
