"""Finding rules by name, and what each says of itself."""

import pytest
from tests.making.rules.builders import case, verdict, with_records

from weighin.errors import UsageError
from weighin.rules.catalogue import CATALOGUE, Catalogue, rule_shapes
from weighin.rules.judging.explanations import explanation, explanations
from weighin.rules.protocol.as_required import AsRequired
from weighin.rules.runs.one_attempt import OneAttempt

ISSUED = {
    "checkpoint-is-declared",
    "released-is-scored",
    "distinct-checkpoints-differ",
    "weights-unchanged-during-run",
    "watched-throughout",
    "loaded-is-on-disk",
    "evidence-at-least",
    "every-benchmark-present",
    "all-documents-scored",
    "score-recomputes",
    "as-required",
    "one-attempt",
    "records-intact",
    "no-conflicting-scores",
}


def test_all_promised_rules_are_there():
    always = {r.id for r in CATALOGUE.rules} - CATALOGUE.on_request
    assert {rule for rule in always if not rule.startswith("same-")} == ISSUED


def test_two_rules_of_one_id_are_refused():
    with pytest.raises(ValueError, match="two rules are named 'as-required'"):
        Catalogue((AsRequired, OneAttempt, AsRequired))


def test_rule_is_found_by_its_alias():
    assert CATALOGUE.find("attempts-at-most") is OneAttempt


def test_facet_rule_is_found_by_the_spelling_of_the_facet():
    assert CATALOGUE.find("same-chat_template") is CATALOGUE.find("same-chat-template")


def test_shapes_tell_the_parameters_of_every_rule():
    shapes = {shape.id: set(shape.parameters) for shape in rule_shapes()}
    with_parameters = {name for name, parameters in shapes.items() if parameters}
    assert with_parameters - CATALOGUE.on_request == {"one-attempt", "score-recomputes"}
    assert shapes["one-attempt"] == {"limit"}


@pytest.mark.parametrize("told", explanations(), ids=lambda e: e.rule)
def test_every_rule_says_why_how_and_fix(told):
    for text in (told.sentence, told.why, told.how, told.fix):
        assert text.endswith(".")
        assert "\n" not in text


def test_whys_of_rules_differ():
    whys = [told.why for told in explanations()]
    assert len(set(whys)) == len(whys)


def test_explanation_tells_parameters_with_their_defaults():
    told = explanation("attempts-at-most")
    assert told.rule == "one-attempt"
    assert told.parameters == ("limit: 1",)


def test_unknown_rule_is_a_usage_error_with_the_likely_name():
    with pytest.raises(UsageError, match="did you mean same-weights"):
        explanation("same-wieghts")


def test_every_rule_of_a_verdict_can_be_explained():
    judged = verdict(with_records(case(), ()))
    assert all(explanation(f.rule).why for f in judged.findings)


def test_each_rule_is_suggested_once_under_its_own_name():
    names = CATALOGUE.unknown("nosuch").partition("known are ")[2].split(", ")
    assert names == [rule.id for rule in CATALOGUE.rules]
