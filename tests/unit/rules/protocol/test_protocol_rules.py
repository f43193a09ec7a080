"""Prompts, task configurations, datasets, overrides, stop sequences, tools."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
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
from tests.making.rules.protocol_cases import golden, stopping, with_reference

from weighin.evidence.facts import FactName
from weighin.identity.facets import Facet
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.interface import Outcome
from weighin.rules.protocol.dataset_as_required import DatasetAsRequired
from weighin.rules.protocol.no_task_override import NoTaskOverride
from weighin.rules.protocol.own_stop_sequences import OwnStopSequences
from weighin.rules.protocol.prompts_are_those_of_reference import PromptsAreThoseOfReference
from weighin.rules.protocol.task_configuration_as_required import TaskConfigurationAsRequired
from weighin.rules.protocol.tools_as_required import ToolsAsRequired

MET, VIOLATED, UNDECIDED = Outcome.MET, Outcome.VIOLATED, Outcome.UNDECIDED
COMMIT = "0" * 40


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


def test_required_task_configuration_decides_without_a_reference():
    required = {task: digest(f"config of {task}") for task in ("arc", "gsm8k", "lambada")}
    assert outcome_of(TaskConfigurationAsRequired(digests=required), case()) is MET
    other = TaskConfigurationAsRequired(digests={**required, "gsm8k": digest("other")})
    finding = only(other, case(), VIOLATED)
    assert finding.benchmarks == ("gsm8k",)
    assert digest("other") in finding.expected


@pytest.mark.parametrize("revision", [None, "main", "refs/convert/parquet"])
def test_dataset_revision_that_can_move_is_named(revision):
    finding = only(DatasetAsRequired(), gsm8k_with("asked.dataset_revision", revision), UNDECIDED)
    assert "floats" in finding.statement
    assert revision is None or revision in finding.statement


def test_required_revision_is_compared_as_it_stands():
    required = DatasetAsRequired(revisions={"gsm8k": "main"})
    assert outcome_of(required, gsm8k_with("asked.dataset_revision", "main")) is MET
    assert outcome_of(required, case()) is VIOLATED


def test_digest_of_the_documents_decides_where_the_revision_floats():
    floating = gsm8k_with("asked.dataset_revision", None)
    required = DatasetAsRequired(documents={"gsm8k": digest("documents of gsm8k")})
    assert outcome_of(required, floating) is MET
    assert outcome_of(DatasetAsRequired(), with_reference(floating)) is MET


def test_documents_of_a_part_are_not_held_against_those_of_the_whole():
    of = with_reference(
        case(), ("asked.documents_digest", digest("?")), ("asked.documents_scored", 7)
    )
    assert outcome_of(DatasetAsRequired(), of) is MET


def test_override_can_be_allowed_by_name():
    of = golden(FactName.TASK_OVERRIDES, ["limit=10", "split=test"])
    assert outcome_of(NoTaskOverride(allowed=("limit=10", "split=test")), of) is MET
    finding = only(NoTaskOverride(allowed=("limit=10",)), of, VIOLATED)
    assert "split=test" in finding.statement
    assert "limit=10" not in finding.statement


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

    of = replace(case(), records=tuple(silent(r) for r in case().records))
    assert outcome_of(OwnStopSequences(), of) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("tools", "outcome"),
    [
        (["python"], MET),
        (["python", "browser"], MET),
        (["browser"], VIOLATED),
        (["python", "shell"], VIOLATED),
        ({"python": 3}, MET),
        ("python", UNDECIDED),
        ([1], UNDECIDED),
    ],
)
def test_tools_are_those_required_and_any_allowed(tools, outcome):
    rule = ToolsAsRequired(required=("python",), allowed=("browser",))
    assert outcome_of(rule, golden(FactName.TOOLS, tools)) is outcome
