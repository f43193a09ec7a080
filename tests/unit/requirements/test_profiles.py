"""What the profiles demand, and what a file may change of it."""

import pytest
from tests.unit.requirements.conftest import MINIMAL

from weighin.errors import RequirementsError
from weighin.identity.facets import Facet, Grade
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import RuleSetting
from weighin.requirements.profiles import (
    available_profiles,
    load_profile,
    profile_text,
)
from weighin.requirements.rules.shapes import facet_rule
from weighin.rules.catalogue import rule_shapes

SAME_CHECKPOINT = {
    "weights", "config", "remote_code", "tokenizer", "special_tokens", "chat_template", "dtype",
    "quantization", "adapters",
}  # fmt: skip
COMPARABLE = SAME_CHECKPOINT | {
    "generation_config", "system_prompt", "engine", "harness_files", "decoding",
    "test_time_compute",
}  # fmt: skip
AT_ERROR = {
    "checkpoint-is-declared", "released-is-scored", "weights-unchanged-during-run",
    "loaded-is-on-disk", "evidence-at-least", "every-benchmark-present", "records-intact",
    "all-documents-scored", "score-recomputes", "claimed-scores-are-recorded", "as-required",
    "same-documents",
    "same-max-length", "watched-throughout",
}  # fmt: skip
ALWAYS_TOLD = {"one-artifact-per-name": "warning", "answered-by-one-model": "warning"}


FACET_RULES = {facet_rule(facet) for facet in Facet}


def levels(rules: dict[str, RuleSetting]) -> dict[str, str | None]:
    return {rule: setting.level for rule, setting in rules.items()}


def test_the_profiles_are_those_of_the_documentation():
    assert available_profiles() == (
        "agentic",
        "comparable",
        "hosted",
        "leaderboard",
        "same-checkpoint",
    )


def test_same_checkpoint_demands_what_the_design_says():
    profile = load_profile("same-checkpoint")
    assert set(profile.same) == SAME_CHECKPOINT
    assert profile.evidence is Grade.MEASURED
    expected = dict.fromkeys(AT_ERROR, "error") | ALWAYS_TOLD | {"one-attempt": "warning"}
    assert levels(profile.rules) == expected


def test_comparable_demands_more_than_same_checkpoint():
    profile = load_profile("comparable")
    assert set(profile.same) == COMPARABLE
    assert profile.evidence is Grade.MEASURED
    more = {"one-attempt", "same-task-configuration"}
    assert levels(profile.rules) == dict.fromkeys(AT_ERROR | more, "error") | ALWAYS_TOLD


def test_leaderboard_demands_what_comparable_does_and_what_publishing_needs():
    profile, comparable = load_profile("leaderboard"), load_profile("comparable")
    assert profile.same == comparable.same
    rules = levels(profile.rules)
    assert {rule for rule in AT_ERROR if rules[rule] != "error"} == set()
    for needed in (
        "one-artifact-per-name",
        "revision-is-immutable",
        "claimed-scores-are-recorded",
        "artifact-is-public",
        "variants-at-most",
        "same-harness",
    ):
        assert rules[needed] == "error"


def test_hosted_asks_for_a_dated_model_and_probes_instead_of_weights():
    profile = load_profile("hosted")
    assert "weights" not in profile.same
    assert profile.evidence is Grade.DECLARED
    rules = levels(profile.rules)
    assert rules["loaded-is-on-disk"] == rules["weights-unchanged-during-run"] == "off"
    for needed in (
        "served-model-is-dated",
        "answered-by-one-model",
        "endpoint-behaves-like-reference",
    ):
        assert rules[needed] == "error"
    assert profile.rules["answered-by-one-model"].parameters == {"must_be_recorded": True}


def test_agentic_demands_what_hosted_does_and_the_sandbox():
    profile, hosted = load_profile("agentic"), load_profile("hosted")
    assert set(hosted.rules) < set(profile.rules)
    rules = levels(profile.rules)
    for needed in (
        "images-are-allowed",
        "default-limits",
        "network-as-required",
        "trajectories-are-complete",
        "no-forbidden-access",
        "tools-as-required",
    ):
        assert rules[needed] == "error"


@pytest.mark.parametrize("name", available_profiles())
def test_every_profile_says_in_words_what_it_demands(name):
    assert len(load_profile(name).description.split()) > 10
    assert "#" in profile_text(name)


@pytest.mark.parametrize("name", ["../model", "none", ""])
def test_a_profile_that_does_not_exist_is_refused(name):
    with pytest.raises(RequirementsError, match="unknown profile"):
        load_profile(name)


def test_every_profile_is_judged_by_the_rules_of_weighin(tmp_path, minimal):
    path = tmp_path / "requirements.yaml"
    for name in available_profiles():
        path.write_text(f"{minimal}profile: {name}\n")
        assert load_requirements(path, rule_shapes()).profile == name


def test_every_facet_of_same_turns_its_rule_on_at_error(load, minimal):
    rules = levels(load(minimal).rules)
    facet_rules = {rule for rule in rules if rule in FACET_RULES}
    assert facet_rules == {f"same-{facet.replace('_', '-')}" for facet in SAME_CHECKPOINT}
    assert {rules[rule] for rule in facet_rules} == {"error"}


def test_same_in_the_file_replaces_that_of_the_profile(load, minimal):
    requirements = load(minimal + "same: [weights, engine]\n")
    assert requirements.same == ("weights", "engine")
    assert {rule for rule in requirements.rules if rule in FACET_RULES} == {
        "same-weights",
        "same-engine",
    }


def test_evidence_in_the_file_replaces_that_of_the_profile(load, minimal):
    assert load(minimal + "evidence: pinned\n").evidence is Grade.PINNED


def test_a_rule_in_the_file_changes_only_that_rule(load, minimal):
    before = levels(load(minimal).rules)
    after = levels(load(minimal + "rules: {loaded-is-on-disk: note}\n").rules)
    assert after == before | {"loaded-is-on-disk": "note"}


@pytest.mark.parametrize("written", ["off", '"off"', "{level: off}", '{level: "off"}'])
def test_a_rule_that_is_turned_off_stays_visible_as_off(load, minimal, written):
    rules = load(minimal + f"rules:\n  one-attempt: {written}\n").rules
    assert rules["one-attempt"] == RuleSetting(level="off")


def test_parameters_without_a_level_keep_the_level_of_the_profile(load, minimal):
    rules = load(minimal + "rules: {one-attempt: {limit: 3}}\n").rules
    assert rules["one-attempt"] == RuleSetting(level="warning", parameters={"limit": 3})


def test_a_file_may_turn_on_the_rule_of_a_facet_outside_same(load, minimal):
    rules = load(minimal + "rules: {same-engine: warning}\n").rules
    assert rules["same-engine"] == RuleSetting(level="warning")


def test_a_file_may_turn_off_the_rule_of_a_facet_in_same(load, minimal):
    rules = load(minimal + "rules: {same-config: off}\n").rules
    assert rules["same-config"] == RuleSetting(level="off")


@pytest.mark.parametrize("entry", ["error", "{level: note}", "{by: [lab@example.org]}"])
def test_rule_that_the_profile_does_not_judge_is_switched_on_and_not_weakened(tmp_path, entry):
    path = tmp_path / "requirements.yaml"
    path.write_text(f"{MINIMAL}rules: {{bundle-is-signed: {entry}, score-recomputes: note}}\n")
    assert load_requirements(path, rule_shapes()).switched_on == {"bundle-is-signed"}


def test_facet_that_the_file_dropped_is_not_switched_on_by_its_rule(tmp_path):
    path = tmp_path / "requirements.yaml"
    path.write_text(f"{MINIMAL}same: [weights]\nrules: {{same-dtype: note, same-decoding: note}}\n")
    assert load_requirements(path, rule_shapes()).switched_on == {"same-decoding"}
