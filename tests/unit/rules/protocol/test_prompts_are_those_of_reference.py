"""Cases of `prompts-are-those-of-reference`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    digest,
    gsm8k_with,
    only,
    outcome_of,
    record,
    requirements,
    with_gsm8k,
)
from tests.making.rules.references import with_reference

from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.protocol.prompts_are_those_of_reference import PromptsAreThoseOfReference
from weighin.rules.protocol.task_configuration_as_required import TaskConfigurationAsRequired

CASES = {
    MET: lambda: with_reference(case()),
    VIOLATED: lambda: with_reference(gsm8k_with("asked.prompts_digest", digest("?"))),
    UNDECIDED: case,
}


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (PromptsAreThoseOfReference(), "asked.prompts_digest"),
        (TaskConfigurationAsRequired(), "asked.config_digest"),
    ],
)
@pytest.mark.parametrize("harness", ["lm-eval 0.4.9", "HELM", ""])
def test_digests_that_another_harness_made_differ_without_being_a_difference(rule, field, harness):
    of = with_reference(case(), (field, digest("other")), ("run.harness", harness))
    assert outcome_of(rule, of) is UNDECIDED


def test_harness_without_a_version_is_not_known_to_be_the_same():
    of = with_gsm8k(lambda r: changed(r, "run.harness", "HELM"))
    other = with_reference(of, ("asked.prompts_digest", digest("?")), ("run.harness", "HELM"))
    assert outcome_of(PromptsAreThoseOfReference(), other) is UNDECIDED


def test_equal_digests_decide_whatever_the_harness():
    of = with_reference(case(), ("run.harness", "another 1.0"))
    assert outcome_of(PromptsAreThoseOfReference(), of) is MET


def test_two_attempts_at_one_benchmark_with_other_prompts_need_no_reference():
    later = record(attempt="2", started="2026-11-20T12:00:00Z")
    other = changed(later, "asked.prompts_digest", digest("other"))
    finding = only(PromptsAreThoseOfReference(), case(record(), other), VIOLATED)
    assert "another attempt" in finding.statement


def test_reference_is_found_under_the_alias_of_the_benchmark():
    requires = requirements(
        benchmarks=(BenchmarkRequirement(task="gsm8k", aliases=("lighteval|gsm8k|*",)),)
    )
    reference = changed(record(), "asked.task", "lighteval|gsm8k|5")
    of = replace(case(record(), requires=requires), reference=(reference,))
    assert outcome_of(PromptsAreThoseOfReference(), of) is MET
