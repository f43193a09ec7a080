"""What a good file becomes, and which files cannot be read at all."""

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from weighin.errors import RequirementsError
from weighin.identity.facets import Facet, Grade
from weighin.requirements.loading import MAX_SIZE_BYTES, load_requirements
from weighin.requirements.model import EndpointApi, RuleSetting
from weighin.rules.catalogue import rule_shapes


def test_the_example_of_the_design_loads(load, example):
    requirements = load(example)
    assert requirements.source == Path("requirements.yaml")
    assert requirements.sha256 == hashlib.sha256(example.encode()).hexdigest()
    assert requirements.model.name == "SmolLM2-135M-Instruct"
    assert requirements.profile == "same-checkpoint"
    assert requirements.evidence is Grade.MEASURED
    assert [facet.value for facet in requirements.same] == [
        "weights", "tokenizer", "chat_template", "system_prompt", "dtype", "quantization",
        "adapters", "decoding",
    ]  # fmt: skip
    (benchmark,) = requirements.benchmarks
    assert (benchmark.task, benchmark.num_fewshot, benchmark.samples) == ("gsm8k", 5, "all")
    (waiver,) = requirements.waivers
    assert (waiver.rule, waiver.reason) == ("same-engine", "...")
    assert waiver.expires == date(2027, 1, 31)


def test_the_example_of_the_design_loads_with_the_rules_of_weighin(tmp_path, example):
    path = tmp_path / "requirements.yaml"
    path.write_text(example)
    setting = RuleSetting(level="warning", parameters={"limit": 1})
    assert load_requirements(path, rule_shapes()).rules["one-attempt"] == setting


def test_a_served_model_loads(load, served):
    requirements = load(served)
    endpoint = requirements.model.endpoint
    assert endpoint is not None
    assert endpoint.api is EndpointApi.COMPLETIONS
    (benchmark,) = requirements.benchmarks
    assert benchmark.decoding == {"temperature": 0.0, "until": ["\n\n"], "seed": 7}
    assert benchmark.system_prompt == "Answer\nbriefly.\n"
    assert requirements.tasks == ("tasks",)


def test_a_file_without_a_profile_has_the_profile_same_checkpoint(load, minimal):
    requirements = load(minimal)
    assert requirements.profile == "same-checkpoint"
    assert Facet.WEIGHTS in requirements.same
    assert requirements.evidence is Grade.MEASURED


def test_an_alias_of_a_rule_is_the_rule_itself(load, example):
    requirements = load(example)
    setting = RuleSetting(level="warning", parameters={"limit": 1})
    assert requirements.rules["one-attempt"] == setting
    assert "attempts-at-most" not in requirements.rules
    assert requirements.required_at("rules.one-attempt") == "requirements.yaml:16"


def test_a_waiver_may_name_a_rule_by_its_alias(load, example):
    requirements = load(example.replace("rule: same-engine", "rule: attempts-at-most"))
    assert requirements.waivers[0].rule == "one-attempt"


def test_the_line_of_a_value_is_where_ruamel_sees_it(load, example):
    """Second implementation: the positions of ruamel.yaml's round-trip loader."""
    seen = YAML(typ="rt").load(example)
    lines = load(example).lines
    benchmark = seen["benchmarks"][0]
    for key in benchmark:
        line, column = benchmark.lc.value(key)
        assert lines[f"benchmarks.0.{key}"] == (line + 1, column + 1)
    for index in range(len(seen["same"])):
        line, column = seen["same"].lc.item(index)
        assert lines[f"same.{index}"] == (line + 1, column + 1)
    for section in ("model", "benchmarks", "rules", "waivers"):
        line, column = seen.lc.key(section)
        assert lines[section] == (line + 1, column + 1)


def test_a_requirement_of_the_profile_stands_nowhere_in_the_file(load, minimal):
    assert load(minimal).required_at("evidence") == ""


def test_a_missing_file_is_refused(known_rules, tmp_path):
    path = tmp_path / "none.yaml"
    with pytest.raises(RequirementsError) as caught:
        load_requirements(path, known_rules)
    assert str(caught.value) == f"{path}: no such file; check the path"


def test_a_folder_is_refused(known_rules, tmp_path):
    with pytest.raises(RequirementsError) as caught:
        load_requirements(tmp_path, known_rules)
    assert str(caught.value) == (
        f"{tmp_path}: expected a file, found a folder; name the file in it"
    )


def test_a_pipe_is_refused_without_waiting_for_it(known_rules, tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(RequirementsError, match="found a pipe, socket or device"):
        load_requirements(tmp_path / "pipe.yaml", known_rules)


def test_a_path_that_no_file_can_have_is_refused(known_rules):
    with pytest.raises(RequirementsError, match="cannot be read"):
        load_requirements(Path("a\0b"), known_rules)


def test_a_file_larger_than_a_megabyte_is_refused(refusal, minimal):
    told = refusal(minimal + "#" * MAX_SIZE_BYTES)
    limit = " larger than 1000000 bytes; a requirements file lists benchmarks by name"
    assert told == [limit]


def test_a_profile_is_refused_when_nothing_judges_what_it_demands(known_rules, tmp_path, minimal):
    path = tmp_path / "requirements.yaml"
    path.write_text(minimal)
    known = [shape for shape in known_rules if shape.id != "score-recomputes"]
    with pytest.raises(RequirementsError, match="no such rule: score-recomputes"):
        load_requirements(path, known)
