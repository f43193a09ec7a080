"""Each fact of a golden case mutated or taken away: exactly the named rules fire."""

import json
from dataclasses import replace

import pytest
from pydantic import JsonValue
from tests.making.rules.builders import (
    BENCHMARKS,
    case,
    changed,
    claiming,
    digest,
    problems,
    record,
    setting,
    with_gsm8k,
)
from tests.making.rules.cases import CANNOT_BE_MET, PARAMETERS
from tests.making.rules.facts import (
    COMMIT,
    DATED,
    DENIED_IMAGE,
    HARNESS_FILE,
    fact_of,
    sentinels,
)

from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Grade
from weighin.rules.artifact.stated.bundle_is_signed import BundleIsSigned
from weighin.rules.catalogue import CATALOGUE
from weighin.rules.interface import Case, Outcome

VIOLATED, UNDECIDED = Outcome.VIOLATED, Outcome.UNDECIDED
REGISTERED = "2026-11-19T00:00:00Z"
# They hold a record against that of another side, or against what the requirements give.
NEEDS_ANOTHER_SIDE = {
    "prompts-are-those-of-reference",
    "task-configuration-as-required",
    "own-stop-sequences",
    "lengths-near-reference",
    "reference-was-scored-alike",
    "comparison-is-paired",
}
GOLDEN: dict[FactName, JsonValue] = {
    FactName.REVISION: COMMIT,
    FactName.ARTIFACT_LABEL: "RS1",
    FactName.REQUESTED_MODEL: DATED,
    FactName.ANSWERED_MODELS: {DATED: 100},
    FactName.PROVIDERS: {"one": 100},
    FactName.SYSTEM_FINGERPRINTS: {"fp": 100},
    FactName.SENTINELS: sentinels(0.4, 0.7, 0.2),
    FactName.HARNESS_COMMIT: COMMIT,
    FactName.HARNESS_IS_DIRTY: False,
    FactName.HARNESS_FILES: {"scorer.py": HARNESS_FILE},
    FactName.TASK_CODE: {"gsm8k.py": HARNESS_FILE},
    FactName.TASK_OVERRIDES: [],
    FactName.AGGREGATION: "pass@1",
    FactName.TOOLS: [],
    FactName.BOS_TOKENS: 1,
    FactName.EXPECTED_BOS_TOKENS: 1,
    FactName.FINISH_REASONS: {"stop": 100},
    FactName.UNPARSED_ANSWERS: {"unparsed": 0, "answers": 100},
    FactName.DISTINCT_OUTPUTS: {"distinct": 90, "outputs": 100},
    FactName.OUTPUT_TOKENS: 50.0,
    FactName.ERRORS: {"errors": 0, "counted_as_wrong": None},
    FactName.EDITED_SCORES: {"count": 0, "edits": [], "scores": {}},
    FactName.WITHDRAWN: {"log": False, "answers": 0, "documents": [], "why": ""},
    FactName.RUN_STATUS: {"status": "success", "why": ""},
    FactName.ALTERED_TEXTS: [],
    FactName.REACHED_LIMIT: None,
    FactName.MISSING_DOCUMENTS: [],
    FactName.RUNS_OF_DOCUMENTS: {"run-1": 100},
    FactName.SEEDS: {"torch": 1},
    FactName.HARDWARE: "8 x H100",
    FactName.IMAGES: {f"swe@sha256:{'a' * 64}": 100},
    FactName.TIMEOUT_MULTIPLIER: 1,
    FactName.RESOURCE_OVERRIDES: [],
    FactName.NETWORK: "none",
    FactName.TRAJECTORIES: {"passed": 41, "with_trajectory": 41},
    FactName.FORBIDDEN_ACCESSES: {},
    FactName.VARIANTS_TESTED: 1,
    FactName.SELECTION_RULE: {"text": "the first attempt counts", "registered": REGISTERED},
    FactName.PUBLIC_URL: "https://hub.example.org/org/tiny",
    FactName.RELEASE_STATEMENT: {"text": "what was scored is released", "by": "J. Doe"},
    FactName.PARENTS: [],
    FactName.CONTAMINATION: "a probe found none",
    FactName.TEST_DATA_ACCESS: "nobody had access",
    FactName.STATED_BY: None,
    FactName.SIGNATURE: {"by": "eval-team@example.org", "covers": digest("bundle")},
}
# Fact of the record of gsm8k: (another value, which rules fire). Where none does, the weights were
# hashed in process, so that no name decides, or it is told and not judged.
MUTATIONS: dict[FactName, tuple[JsonValue, dict[str, Outcome]]] = {
    FactName.REVISION: ("main", {}),
    FactName.ARTIFACT_LABEL: ("RS3", {}),
    FactName.REQUESTED_MODEL: ("gpt-4o-latest", {}),
    FactName.ANSWERED_MODELS: ({DATED: 86, "other": 14}, {"answered-by-one-model": VIOLATED}),
    FactName.PROVIDERS: ({"one": 50, "two": 50}, {"answered-by-one-model": VIOLATED}),
    FactName.SYSTEM_FINGERPRINTS: ({"fp": 50, "fp2": 50}, {}),
    # Their rule cannot be met, so that it is not among those of the golden facts.
    FactName.SENTINELS: (sentinels(0.4, 1e-6, 0.2), {}),
    FactName.HARNESS_COMMIT: ("f" * 40, {"same-harness": VIOLATED}),
    FactName.HARNESS_IS_DIRTY: (True, {"harness-is-committed": VIOLATED}),
    FactName.HARNESS_FILES: (
        {"scorer.py": digest("an edited scorer")},
        {"harness-files-are-allowed": VIOLATED},
    ),
    # Told above every report, and compared over the attempts at one benchmark.
    FactName.TASK_CODE: ({"gsm8k.py": digest("edited")}, {}),
    FactName.TASK_OVERRIDES: (["fewshot=0"], {"no-task-override": VIOLATED}),
    FactName.AGGREGATION: (
        "cons@64",
        {"aggregation-as-required": VIOLATED, "test-time-compute-as-declared": VIOLATED},
    ),
    FactName.TOOLS: (["browser"], {"tools-as-required": VIOLATED}),
    FactName.BOS_TOKENS: (2, {"exactly-one-bos": VIOLATED}),
    FactName.EXPECTED_BOS_TOKENS: (0, {"exactly-one-bos": VIOLATED}),
    FactName.FINISH_REASONS: ({"stop": 80, "length": 20}, {"answers-are-not-truncated": VIOLATED}),
    FactName.UNPARSED_ANSWERS: ({"unparsed": 41, "answers": 100}, {"answers-parse": VIOLATED}),
    FactName.DISTINCT_OUTPUTS: ({"distinct": 1, "outputs": 100}, {"outputs-vary": VIOLATED}),
    FactName.OUTPUT_TOKENS: (99.0, {}),
    FactName.ERRORS: (
        {"errors": 3, "counted_as_wrong": False},
        {"errors-count-as-wrong": VIOLATED},
    ),
    FactName.EDITED_SCORES: (
        {
            "count": 1,
            "edits": [{"document": "17", "before": "I", "after": "C", "at": "/samples/16"}],
            "scores": {"exact_match,strict-match": 0.4},
        },
        {"score-recomputes": VIOLATED},
    ),
    FactName.WITHDRAWN: (
        {"log": True, "answers": 1, "documents": ["17"], "why": "leaked"},
        {"all-documents-scored": VIOLATED},
    ),
    FactName.RUN_STATUS: (
        {"status": "error", "why": "out of memory"},
        {"all-documents-scored": VIOLATED},
    ),
    FactName.ALTERED_TEXTS: (
        [
            {
                "facet": "chat_template",
                "text": "/chat_template",
                "digest": "/chat_template_sha",
                "stated": digest("plain"),
                "found": digest("edited"),
            }
        ],
        {"same-chat-template": VIOLATED},
    ),
    FactName.REACHED_LIMIT: (
        100,
        {"all-documents-scored": UNDECIDED, "as-required": UNDECIDED},
    ),
    FactName.MISSING_DOCUMENTS: (["17"], {"all-documents-scored": VIOLATED}),
    FactName.RUNS_OF_DOCUMENTS: ({"run-1": 90, "run-2": 10}, {"one-continuous-run": VIOLATED}),
    FactName.SEEDS: ({"torch": 2}, {}),
    FactName.HARDWARE: ("8 x A100", {"hardware-is-recorded": VIOLATED}),
    FactName.IMAGES: ({DENIED_IMAGE: 100}, {"images-are-allowed": VIOLATED}),
    FactName.TIMEOUT_MULTIPLIER: (2, {"default-limits": VIOLATED}),
    FactName.RESOURCE_OVERRIDES: (["memory 64 GB"], {"default-limits": VIOLATED}),
    FactName.NETWORK: ("open", {"network-as-required": VIOLATED}),
    FactName.TRAJECTORIES: (
        {"passed": 41, "with_trajectory": 40},
        {"trajectories-are-complete": VIOLATED},
    ),
    FactName.FORBIDDEN_ACCESSES: ({"git log --all": 1}, {"no-forbidden-access": VIOLATED}),
    FactName.VARIANTS_TESTED: (27, {"variants-at-most": VIOLATED}),
    FactName.SELECTION_RULE: (
        {"text": "the best attempt counts", "registered": "2026-11-21T00:00:00Z"},
        {"attempt-is-chosen-beforehand": VIOLATED},
    ),
    FactName.PUBLIC_URL: (None, {"artifact-is-public": VIOLATED}),
    FactName.RELEASE_STATEMENT: (
        {"text": "what was scored is released", "by": ""},
        {"release-is-stated": VIOLATED},
    ),
    FactName.PARENTS: (["org/contaminated"], {"lineage-is-declared": VIOLATED}),
    FactName.CONTAMINATION: (" ", {"contamination-is-stated": UNDECIDED}),
    FactName.TEST_DATA_ACCESS: (" ", {"test-data-access-is-stated": UNDECIDED}),
    FactName.STATED_BY: ("a model card", {"claimed-scores-are-recorded": UNDECIDED}),
    FactName.SIGNATURE: (
        {"by": "somebody@example.org", "covers": digest("bundle")},
        {},
    ),
}
# Fact of the record of gsm8k that is taken away: which rules are then undecided.
REMOVALS: dict[FactName, dict[str, Outcome]] = {
    FactName.REVISION: {},
    FactName.ARTIFACT_LABEL: {},
    FactName.REQUESTED_MODEL: {},
    FactName.ANSWERED_MODELS: {},
    FactName.PROVIDERS: {},
    FactName.SYSTEM_FINGERPRINTS: {},
    FactName.SENTINELS: {},
    FactName.HARNESS_COMMIT: {"same-harness": UNDECIDED},
    FactName.HARNESS_IS_DIRTY: {"harness-is-committed": UNDECIDED},
    FactName.HARNESS_FILES: {"harness-files-are-allowed": UNDECIDED},
    FactName.TASK_CODE: {},
    FactName.TASK_OVERRIDES: {"no-task-override": UNDECIDED},
    FactName.AGGREGATION: {
        "aggregation-as-required": UNDECIDED,
        "test-time-compute-as-declared": UNDECIDED,
    },
    FactName.TOOLS: {"tools-as-required": UNDECIDED},
    FactName.BOS_TOKENS: {"exactly-one-bos": UNDECIDED},
    FactName.EXPECTED_BOS_TOKENS: {"exactly-one-bos": UNDECIDED},
    FactName.FINISH_REASONS: {"answers-are-not-truncated": UNDECIDED},
    FactName.UNPARSED_ANSWERS: {"answers-parse": UNDECIDED},
    FactName.DISTINCT_OUTPUTS: {"outputs-vary": UNDECIDED},
    FactName.OUTPUT_TOKENS: {},
    FactName.ERRORS: {"errors-count-as-wrong": UNDECIDED},
    FactName.EDITED_SCORES: {},
    FactName.WITHDRAWN: {},
    FactName.RUN_STATUS: {},
    FactName.ALTERED_TEXTS: {},
    FactName.REACHED_LIMIT: {},
    FactName.MISSING_DOCUMENTS: {},
    FactName.RUNS_OF_DOCUMENTS: {},
    FactName.SEEDS: {"seeds-are-recorded": UNDECIDED},
    FactName.HARDWARE: {"hardware-is-recorded": UNDECIDED},
    FactName.IMAGES: {"images-are-allowed": UNDECIDED},
    FactName.TIMEOUT_MULTIPLIER: {"default-limits": UNDECIDED},
    FactName.RESOURCE_OVERRIDES: {"default-limits": UNDECIDED},
    FactName.NETWORK: {"network-as-required": UNDECIDED},
    FactName.TRAJECTORIES: {"trajectories-are-complete": UNDECIDED},
    FactName.FORBIDDEN_ACCESSES: {"no-forbidden-access": UNDECIDED},
    FactName.VARIANTS_TESTED: {},
    FactName.SELECTION_RULE: {"attempt-is-chosen-beforehand": UNDECIDED},
    FactName.PUBLIC_URL: {"artifact-is-public": UNDECIDED},
    FactName.RELEASE_STATEMENT: {"release-is-stated": UNDECIDED},
    FactName.PARENTS: {"lineage-is-declared": UNDECIDED},
    FactName.CONTAMINATION: {"contamination-is-stated": UNDECIDED},
    FactName.TEST_DATA_ACCESS: {"test-data-access-is-stated": UNDECIDED},
    FactName.STATED_BY: {},
    FactName.SIGNATURE: {},
}


def golden_with_facts() -> Case:
    """The golden case with every fact on every record, and every rule requested that can judge."""
    rows = []
    for task in BENCHMARKS:
        row = record(task)
        for name, value in GOLDEN.items():
            row = fact_of(row, name, value, Grade.PINNED)
        rows.append(row)
    golden = claiming(case(*rows), gsm8k="41%")
    rules = {
        rule: setting(**json.loads(json.dumps(PARAMETERS.get(rule, {}))))
        for rule in CATALOGUE.on_request - NEEDS_ANOTHER_SIDE - CANNOT_BE_MET
    }
    asked = golden.requirements.model_copy(update={"rules": rules})
    return replace(golden, requirements=asked)


def gsm8k_with_fact(name: FactName, value: JsonValue) -> Case:
    def change(of: Record) -> Record:
        facts = (f.model_copy(update={"value": value}) if f.name is name else f for f in of.facts)
        return of.model_copy(update={"facts": tuple(facts)})

    return with_gsm8k(change, golden_with_facts())


def gsm8k_without(name: FactName) -> Case:
    def change(of: Record) -> Record:
        return of.model_copy(update={"facts": tuple(f for f in of.facts if f.name is not name)})

    return with_gsm8k(change, golden_with_facts())


def test_golden_facts_are_all_the_facts_that_there_are():
    assert set(GOLDEN) == set(MUTATIONS) == set(REMOVALS) == set(FactName)


def test_no_rule_fires_on_the_golden_facts():
    assert problems(golden_with_facts()) == {}


@pytest.mark.parametrize("name", FactName)
def test_mutating_a_fact_fires_exactly_its_rules(name):
    value, expected = MUTATIONS[name]
    assert problems(gsm8k_with_fact(name, value)) == expected


@pytest.mark.parametrize("name", FactName)
def test_taking_a_fact_away_fires_exactly_its_rules_and_violates_none(name):
    assert problems(gsm8k_without(name)) == REMOVALS[name]
    assert Outcome.VIOLATED not in REMOVALS[name].values()


@pytest.mark.parametrize("name", FactName)
def test_fact_of_another_shape_is_never_met_in_silence(name):
    shapeless: JsonValue = {"?": [None]} if isinstance(GOLDEN[name], int | float) else 1.5
    assert set(problems(gsm8k_with_fact(name, shapeless))) >= set(REMOVALS[name])


def test_grade_of_a_fact_makes_no_word_of_the_evidence_better():
    def declared(of: Record) -> Record:
        facts = tuple(f.model_copy(update={"grade": Grade.DECLARED}) for f in of.facts)
        return of.model_copy(update={"facts": facts})

    assert problems(with_gsm8k(declared, golden_with_facts())) == {}


@pytest.mark.parametrize("grade", Grade)
def test_signature_that_the_evidence_tells_of_is_named_and_never_believed(grade):
    (finding,) = BundleIsSigned(by=("lab@example.org",)).check(
        case(fact_of(record(), FactName.SIGNATURE, {"by": "lab@example.org", "covers": "x"}, grade))
    )
    assert finding.outcome is UNDECIDED
    assert "lab@example.org" in finding.statement


def test_pointer_of_a_fact_is_where_its_finding_points():
    def elsewhere(of: Record) -> Record:
        return changed(of, "facts.0.pointer", "/elsewhere")

    assert set(Fact.model_fields) == {"name", "value", "grade", "pointer"}
    assert problems(with_gsm8k(elsewhere, golden_with_facts())) == {}
