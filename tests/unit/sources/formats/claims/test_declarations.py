"""What a person declares, beside all logs: read strictly, and judged as a person's word."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.making.logs.lighteval import of_2025, written

from weighin import api
from weighin.errors import EvidenceError
from weighin.evidence.collected import Declaration
from weighin.evidence.facts import FactName
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Grade
from weighin.requirements.declarations_format import DeclaredFacts
from weighin.requirements.schema import declarations_schema
from weighin.rules.interface import Outcome, Verdict
from weighin.sources.collecting.evidence import inspect_evidence, read_evidence
from weighin.sources.formats.claims.declarations import DeclarationsReader

HEAD = "weighin_declarations: 1\nmodel: acme/solver\nsource: eval team\n"
# A value of every fact, in the shape that the format asks for.
EVERY_FACT = """\
facts:
  revision: main
  artifact_label: RS1
  requested_model: gpt-4o-2024-08-06
  answered_models: {gpt-4o-2024-08-06: 112}
  providers: {one: 112}
  system_fingerprints: {fp_1: 112}
  sentinels:
    - {at: "2026-11-20T10:00:00Z", p_value: 0.4}
  harness_commit: 0a1b2c3d
  harness_is_dirty: false
  harness_files: {scorer.py: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}
  task_overrides: []
  aggregation: pass@1
  tools: []
  bos_tokens: 1
  expected_bos_tokens: 1
  finish_reasons: {stop: 90, length: 10}
  unparsed_answers: {unparsed: 1, answers: 100}
  distinct_outputs: {distinct: 90, outputs: 100}
  output_tokens: 812.5
  errors: {errors: 0, counted_as_wrong: true}
  missing_documents: []
  runs_of_documents: {run-1: 100}
  seeds: {torch: 1234}
  hardware: 8 x H100
  images: {swe@sha256:aa: 100}
  timeout_multiplier: 1
  resource_overrides: []
  network: none
  trajectories: {passed: 41, with_trajectory: 41}
  forbidden_accesses: {}
  variants_tested: 1
  selection_rule: {text: the first attempt counts, registered: "2026-11-19T00:00:00Z"}
  public_url: https://hub.example.org/acme/solver
  release_statement: {text: what was scored is released, by: J. Doe}
  parents: []
  contamination: a probe found none
  test_data_access: nobody had access
  signature:
    by: eval-team
    covers: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
"""
REQUIREMENTS = """\
weighin: 1
model: {name: solver, checkpoint: solver}
evidence: declared
benchmarks:
  - {task: sums, aliases: ["custom|sums|0"]}
rules:
  variants-at-most: {level: error}
  artifact-is-public: {level: error}
"""


def read(folder: Path, text: str) -> Declaration:
    path = folder / "declarations.yaml"
    path.write_text(text)
    file = ForeignFile(path, path.name)
    assert DeclarationsReader().recognises(file)
    (declared,) = DeclarationsReader().read(file).declarations
    return declared


def check(folder: Path, *declarations: str) -> Verdict:
    (folder / "requirements.yaml").write_text(REQUIREMENTS)
    for number, text in enumerate(declarations):
        (folder / f"{number}.yaml").write_text(text)
    written(of_2025(), folder)
    return api.check(folder / "requirements.yaml", [folder])


def outcomes(verdict: Verdict, rule: str) -> set[Outcome]:
    return {f.finding.outcome for f in verdict.findings if f.rule == rule}


# Who states a score is told by the file that it stands in, not by a declaration about it.
# What a log says of itself stands in that log.
DECLARABLE = set(FactName) - {
    FactName.STATED_BY,
    FactName.TASK_CODE,
    FactName.EDITED_SCORES,
    FactName.WITHDRAWN,
    FactName.RUN_STATUS,
    FactName.ALTERED_TEXTS,
    FactName.REACHED_LIMIT,
}


def test_every_fact_can_be_declared(tmp_path):
    declared = read(tmp_path, HEAD + EVERY_FACT)
    assert {fact.name for fact in declared.facts} == DECLARABLE


def test_format_has_a_field_for_every_fact_and_no_other():
    assert set(DeclaredFacts.model_fields) == DECLARABLE


def test_declared_values_are_those_of_the_file(tmp_path):
    declared = read(tmp_path, HEAD + EVERY_FACT)
    written_facts = YAML(typ="safe").load(EVERY_FACT)["facts"]
    assert {str(fact.name): fact.value for fact in declared.facts} == written_facts


def test_file_satisfies_the_schema():
    content = YAML(typ="safe").load(HEAD + EVERY_FACT)
    jsonschema.validate(content, declarations_schema())


@pytest.mark.parametrize("facts", ["{}", "{variants_tested: 0}", "{public_link: x}"])
def test_schema_refuses_what_the_reader_refuses(tmp_path, facts):
    content = YAML(typ="safe").load(f"{HEAD}facts: {facts}\n")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, declarations_schema())
    with pytest.raises(EvidenceError):
        read(tmp_path, f"{HEAD}facts: {facts}\n")


def test_every_fact_is_a_persons_word_and_says_whose(tmp_path):
    declared = read(tmp_path, HEAD + EVERY_FACT)
    assert {fact.grade for fact in declared.facts} == {Grade.DECLARED}
    assert declared.origin.producer == "declared, eval team"
    assert declared.origin.file == "declarations.yaml"
    assert declared.facts[0].pointer == "/facts/revision"


def test_fact_that_is_left_out_is_not_declared(tmp_path):
    declared = read(tmp_path, f"{HEAD}facts: {{bos_tokens: 1}}\n")
    assert [fact.name for fact in declared.facts] == [FactName.BOS_TOKENS]


def test_nobody_can_obtain_it_is_a_declaration(tmp_path):
    (fact,) = read(tmp_path, f"{HEAD}facts: {{public_url: null}}\n").facts
    assert (fact.name, fact.value) == (FactName.PUBLIC_URL, None)


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ("  variants_tested: 0\n", "5:20: facts.variants_tested: expected at least 1"),
        ("  variants_tested: one\n", "5:20: facts.variants_tested: expected whole number"),
        ("  varaints_tested: 1\n", "5:3: facts.varaints_tested: unknown key; did you mean"),
        ("  bos_tokens:\n", "5:3: facts.bos_tokens: expected a value, found nothing"),
        ("  network: wifi\n", "5:12: facts.network: expected none, allow-list or open"),
        ("  sentinels: [{at: noon, p_value: 0.5}]\n", "5:20: facts.sentinels.0.at: expected"),
        ("  seeds: {}\n", "5:10: facts.seeds: expected at least one item"),
        ("  seeds: &a {torch: 1}\n", "5:10: facts.seeds: anchors are refused"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, facts, line):
    with pytest.raises(EvidenceError) as refused:
        read(tmp_path, f"{HEAD}facts:\n{facts}")
    assert line in str(refused.value)


def test_newer_version_is_refused(tmp_path):
    with pytest.raises(EvidenceError, match="weighin_declarations: expected 1"):
        read(tmp_path, f"{HEAD}facts: {{bos_tokens: 1}}\n".replace(": 1\nm", ": 2\nm"))


@pytest.mark.parametrize("text", ["model: m\n", "weighin: 1\n", "- weighin_declarations\n"])
def test_other_yaml_is_not_recognised(tmp_path, text):
    path = tmp_path / "other.yaml"
    path.write_text(text)
    assert not DeclarationsReader().recognises(ForeignFile(path, path.name))


def test_fact_that_two_files_declare_in_two_ways_is_refused(tmp_path):
    for number in (1, 2):
        (tmp_path / f"{number}.yaml").write_text(f"{HEAD}facts: {{variants_tested: {number}}}\n")
    with pytest.raises(EvidenceError, match=r"2\.yaml: variants_tested .* otherwise in .*1\.yaml"):
        read_evidence([tmp_path])


def test_file_is_told_by_inspection_and_holds_no_record(tmp_path):
    (tmp_path / "d.yaml").write_text(f"{HEAD}facts: {{bos_tokens: 1}}\n")
    (file,) = inspect_evidence([tmp_path]).files
    assert (file.format, file.records) == ("weighin declarations", ())


def test_without_a_declaration_what_no_log_says_is_undecided(tmp_path):
    verdict = check(tmp_path)
    assert outcomes(verdict, "variants-at-most") == {Outcome.UNDECIDED}
    assert outcomes(verdict, "artifact-is-public") == {Outcome.UNDECIDED}


def test_declaration_decides_what_no_log_says(tmp_path):
    verdict = check(
        tmp_path, f"{HEAD}facts: {{variants_tested: 27, public_url: https://example.org/m}}\n"
    )
    assert outcomes(verdict, "variants-at-most") == {Outcome.VIOLATED}
    assert outcomes(verdict, "artifact-is-public") == {Outcome.MET}


def test_declaration_on_another_model_says_nothing_of_this_one(tmp_path):
    other = HEAD.replace("acme/solver", "acme/other")
    verdict = check(tmp_path, f"{other}facts: {{variants_tested: 1}}\n")
    assert outcomes(verdict, "variants-at-most") == {Outcome.UNDECIDED}


def test_declaration_may_name_the_benchmark_as_the_logs_do(tmp_path):
    verdict = check(
        tmp_path,
        f"{HEAD}benchmark: custom|sums|0\nfacts: {{variants_tested: 1}}\n",
    )
    assert outcomes(verdict, "variants-at-most") == {Outcome.MET}


def test_finding_that_rests_on_a_declaration_says_whose_it_is(tmp_path):
    verdict = check(tmp_path, f"{HEAD}facts: {{variants_tested: 27}}\n")
    (told,) = (f.finding for f in verdict.findings if f.rule == "variants-at-most")
    assert [place.producer for place in told.where] == ["declared, eval team"]


@given(st.text())
def test_whatever_is_written_only_our_errors_leave_the_reader(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("declared") / "d.yaml"
    path.write_bytes(f"weighin_declarations: 1\n{text}".encode("utf-8", "replace"))
    file = ForeignFile(path, path.name)
    try:
        reading = DeclarationsReader().read(file)
    except EvidenceError:
        return
    assert json.dumps([d.model for d in reading.declarations])
