"""Laws that every rule of the catalogue obeys."""

from dataclasses import fields, is_dataclass

import pytest
from tests.making.rules.builders import case, outcome_of, with_records
from tests.making.rules.cases import CANNOT_BE_MET, CANNOT_BE_VIOLATED, CASES, file_of_tests, made

from weighin.identity.facets import Facet
from weighin.rules.catalogue import CATALOGUE
from weighin.rules.interface import Outcome

RULES = pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda rule: rule.id)


@RULES
def test_every_rule_has_a_case_for_each_outcome(rule):
    needed = {Outcome.UNDECIDED}
    if rule.id not in CANNOT_BE_MET:
        needed.add(Outcome.MET)
    if rule.id not in CANNOT_BE_VIOLATED:
        needed.add(Outcome.VIOLATED)
    assert set(CASES[rule.id]) == needed, (
        f"{file_of_tests(rule)}: `CASES` of {rule.id}: expected exactly {sorted(needed)}, "
        f"found {sorted(CASES[rule.id])}"
    )


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [(rule, outcome) for rule in CATALOGUE.rules for outcome in CASES[rule.id]],
    ids=lambda value: getattr(value, "id", value),
)
def test_case_of_an_outcome_has_that_outcome(rule, outcome):
    assert outcome_of(made(rule), CASES[rule.id][outcome]()) is outcome


@RULES
def test_no_rule_is_met_without_records(rule):
    assert outcome_of(rule(), with_records(case(), ())) is Outcome.UNDECIDED


@RULES
def test_every_problem_says_how_to_mend_it(rule):
    problems = [
        finding
        for outcome in set(CASES[rule.id]) - {Outcome.MET}
        for finding in made(rule).check(CASES[rule.id][outcome]())
        if finding.outcome in (Outcome.VIOLATED, Outcome.UNDECIDED)
    ]
    assert problems
    assert all(finding.fix for finding in problems)


@RULES
def test_statements_are_one_sentence_without_motives(rule):
    for make in CASES[rule.id].values():
        for finding in made(rule).check(make()):
            assert "\n" not in finding.statement
            assert not finding.statement.endswith(".")
            assert "cheat" not in finding.statement


@RULES
def test_rule_is_a_frozen_slotted_dataclass(rule):
    assert is_dataclass(rule)
    assert rule.__dataclass_params__.frozen
    assert not hasattr(rule(), "__dict__")
    assert all(field.kw_only for field in fields(rule))


def test_every_facet_has_a_rule():
    anchored = {rule.id for rule in CATALOGUE.rules if rule.anchor == "same"}
    assert anchored == {f"same-{facet.replace('_', '-')}" for facet in Facet}
