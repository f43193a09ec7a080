"""Cases of `as-required`, and what it says."""

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    content,
    digest,
    gsm8k_with,
    only,
    outcome_of,
    record,
    requirements,
    requiring_gsm8k,
    with_gsm8k,
    with_identifiers,
)

from weighin.identity.facets import Facet
from weighin.requirements.model import Model
from weighin.rules.protocol.as_required import AsRequired

DECODING = tuple(Facet).index(Facet.DECODING)


CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("asked.num_fewshot", 0),
    UNDECIDED: lambda: gsm8k_with("asked.num_fewshot", None),
}


@pytest.mark.parametrize("spelling", [0, 0.0, "0"])
def test_spellings_of_one_number_are_the_same_decoding(spelling):
    judged = gsm8k_with("asked.decoding", {"temperature": spelling})
    assert outcome_of(AsRequired(), judged) is MET


def test_decoding_of_a_benchmark_that_generates_nothing_is_not_asked_for():
    bare = gsm8k_with("asked.decoding", {})
    assert outcome_of(AsRequired(), bare) is UNDECIDED
    judged = with_gsm8k(lambda r: changed(r, f"observations.{DECODING}.applies", value=False), bare)
    assert outcome_of(AsRequired(), judged) is MET


def test_another_filter_violates_and_both_are_told():
    judged = gsm8k_with("scores.0.filter", "flexible-extract")
    finding = only(AsRequired(), judged, VIOLATED)
    assert finding.statement == (
        "gsm8k: metric is exact_match,flexible-extract, required is exact_match,strict-match"
    )


def test_task_version_is_compared_as_a_number_where_it_is_one():
    assert outcome_of(AsRequired(), requiring_gsm8k(task_version="3")) is MET
    assert outcome_of(AsRequired(), requiring_gsm8k(task_version="3.1")) is VIOLATED


@pytest.mark.parametrize(
    ("required", "applied", "outcome"),
    [
        (True, True, MET),
        (True, False, VIOLATED),
        (False, True, VIOLATED),
        (False, False, MET),
    ],
)
def test_template_must_be_applied_or_not_as_required(required, applied, outcome):
    judged = requiring_gsm8k(chat_template=required)
    observed = content({"applied": applied, "sha256": digest("t") if applied else None})
    judged = with_gsm8k(lambda r: with_identifiers(r, Facet.CHAT_TEMPLATE, observed), judged)
    assert outcome_of(AsRequired(), judged) is outcome


def test_template_that_nobody_required_may_be_either():
    assert outcome_of(AsRequired(), requiring_gsm8k()) is MET


def test_system_prompt_is_compared_by_its_digest():
    assert outcome_of(AsRequired(), requiring_gsm8k(system_prompt="You are helpful.")) is MET
    assert outcome_of(AsRequired(), requiring_gsm8k(system_prompt="You are not.")) is VIOLATED


def test_no_system_prompt_is_required_where_the_file_says_null():
    judged = case(requires=requirements(model=Model(name="tiny", system_prompt=None)))
    assert outcome_of(AsRequired(), judged) is VIOLATED


def test_first_documents_are_required_exactly():
    assert outcome_of(AsRequired(), requiring_gsm8k(samples=100)) is MET
    assert outcome_of(AsRequired(), requiring_gsm8k(samples=50)) is VIOLATED


def test_attempts_of_which_none_is_known_to_be_the_latest_are_all_claimed():
    fewer = changed(record(attempt="2", started=""), "asked.num_fewshot", 0)
    judged = case(record("arc"), record(), fewer, record("lambada"))
    assert outcome_of(AsRequired(), judged) is VIOLATED
