"""What the requirements file states is judged, and the file, not the majority, says who is odd."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel, JsonValue
from tests.making.rules.builders import (
    BENCHMARKS,
    DECLARED,
    MET,
    SYSTEM_PROMPT,
    TODAY,
    UNDECIDED,
    VARIANT,
    VIOLATED,
    case,
    changed,
    content,
    digest,
    foreign,
    problems,
    record,
    requirements,
    with_identifiers,
    with_records,
)

from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.identity.manifest import AdapterEntry
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import (
    BenchmarkRequirement,
    Endpoint,
    EndpointApi,
    Model,
    Requirements,
)
from weighin.requirements.profiles import available_profiles, load_profile
from weighin.rules.artifact.same_artifact import SameWeights
from weighin.rules.catalogue import CATALOGUE, rule_shapes
from weighin.rules.interface import Case
from weighin.rules.judging.asking_less import asks_less
from weighin.rules.judging.judge import judge
from weighin.rules.protocol.as_required import AsRequired
from weighin.rules.shared.stated.against_file import EXEMPT

ENDPOINT = Endpoint(
    url="http://127.0.0.1:8000/v1/completions", served_model="tiny", api=EndpointApi.COMPLETIONS
)
# Key under `model`: (as the golden records were scored, another value).
OF_MODEL: dict[str, tuple[object, object]] = {
    "dtype": ("bfloat16", "float32"),
    "max_length": (512, 8),
    "chat_template": (True, False),
    "system_prompt": (SYSTEM_PROMPT, "Be wrong."),
    "add_bos_token": (False, True),
    "adapter": (None, "adapters/lora"),
    "remote_code": ((), ("own.py",)),
    "checkpoint": ("checkpoints/tiny", "checkpoints/other"),
}
OF_ENDPOINT: dict[str, tuple[object, object]] = {
    "url": (ENDPOINT.url, "http://127.0.0.1:9000/v1/completions"),
    "served_model": ("tiny", "tuned"),
    "api": (EndpointApi.COMPLETIONS, EndpointApi.CHAT),
}
# Key under `benchmarks`: (as the golden records were scored, another value).
OF_BENCHMARK: dict[str, tuple[object, object]] = {
    "metric": ("exact_match,strict-match", "acc"),
    "num_fewshot": (5, 0),
    "samples": ("all", 10),
    "task_version": ("3.0", "4.0"),
    "decoding": ({"temperature": 0}, {"temperature": 0.7}),
    "chat_template": (True, False),
    "system_prompt": (SYSTEM_PROMPT, "Be wrong."),
    "repeats": (1, 8),
    "seed": (1234, 1),
    "fewshot_seed": (1234, 1),
    "documents": (f"sha256:{digest('documents of gsm8k')}", f"sha256:{digest('others')}"),
}
NOT_IN_LOGS_OF_OTHERS = ("max_length", "remote_code")


def as_loaded(of: Record) -> Record:
    """A golden record that says in the words of weighin what it was loaded as, and its seeds."""
    of = with_identifiers(of, Facet.DTYPE, content("bfloat16"))
    of = with_identifiers(of, Facet.QUANTIZATION, content("none"))
    of = with_identifiers(of, Facet.SPECIAL_TOKENS, content({"lm_eval_add_bos_token": False}))
    return changed(
        of, "asked.seeds", {"random": 1234, "numpy": 1234, "torch": 1234, "fewshot": 1234}
    )


def served(of: Record) -> Record:
    said = content({"url": ENDPOINT.url, "served_model": "tiny", "answers": [{"model": "tiny"}]})
    of = with_identifiers(of, Facet.ENDPOINT, said)
    of = changed(of, "sent.models", ("tiny",))
    return changed(of, "run.settings", {"api": "completions"})


def stating(records: list[Record], *, model: Model, **of_gsm8k: object) -> Case:
    benchmarks = tuple(
        BenchmarkRequirement.model_validate(
            {"task": task, **(of_gsm8k if task == "gsm8k" else {})}, strict=False
        )
        for task in BENCHMARKS
    )
    return case(*records, requires=requirements(model=model, benchmarks=benchmarks))


def asked_as_required(judged: Case) -> set[object]:
    return {finding.outcome for finding in AsRequired().check(judged)}


def keys_of(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_every_key_of_the_file_is_judged_or_exempt_with_a_reason():
    judged = {f"model.{key}" for key in OF_MODEL}
    judged |= {f"model.endpoint.{key}" for key in (*OF_ENDPOINT, "url_env")}
    judged |= {f"benchmarks.{key}" for key in OF_BENCHMARK}
    there = {f"model.{key}" for key in keys_of(Model) - {"endpoint"}}
    there |= {f"model.endpoint.{key}" for key in keys_of(Endpoint)}
    there |= {f"benchmarks.{key}" for key in keys_of(BenchmarkRequirement)}
    assert judged.isdisjoint(EXEMPT)
    assert judged | set(EXEMPT) == there
    assert all(EXEMPT.values())


@pytest.mark.parametrize("key", sorted(set(OF_MODEL) - {"checkpoint", "adapter"}))
def test_another_value_of_a_stated_setting_of_the_model_violates(key):
    mine, other = OF_MODEL[key]
    records = [as_loaded(record(task)) for task in BENCHMARKS]
    stated = Model.model_validate({"name": "tiny", key: mine})
    assert asked_as_required(stating(records, model=stated)) == {MET}
    stated = Model.model_validate({"name": "tiny", key: other})
    assert asked_as_required(stating(records, model=stated)) == {VIOLATED}


def test_another_checkpoint_than_the_stated_one_violates():
    judged = replace(case(), declared=VARIANT)
    assert problems(judged)["checkpoint-is-declared"] is VIOLATED


def test_adapter_that_is_stated_and_was_not_attached_violates():
    stated = Model(name="tiny", adapter="adapters/lora")
    judged = stating([record(task) for task in BENCHMARKS], model=stated)
    assert asked_as_required(judged) == {VIOLATED}
    attached = AdapterEntry(
        config_sha256=digest("c"), weights=digest("w"), base_model="", tensors=()
    )
    declared = DECLARED.model_copy(update={"adapter": attached})
    said = content({"config": digest("c"), "weights": digest("w")})
    records = [with_identifiers(record(task), Facet.ADAPTERS, said) for task in BENCHMARKS]
    judged = replace(stating(records, model=stated), declared=declared)
    assert asked_as_required(judged) == {MET}


@pytest.mark.parametrize("key", OF_ENDPOINT)
def test_another_value_of_a_stated_endpoint_violates(key):
    records = [served(record(task)) for task in BENCHMARKS]
    mine = Model(name="tiny", endpoint=ENDPOINT)
    assert asked_as_required(stating(records, model=mine)) == {MET}
    other = ENDPOINT.model_copy(update={key: OF_ENDPOINT[key][1]})
    judged = stating(records, model=Model(name="tiny", endpoint=other))
    assert asked_as_required(judged) == {VIOLATED}


HIDDEN = "http://127.0.0.1:8000/${TINY_URL}"
IN_VARIABLE = {"url": None, "url_env": "TINY_URL"}


@pytest.mark.parametrize(
    ("stated", "recorded", "outcome"),
    [
        (IN_VARIABLE, HIDDEN, MET),
        (IN_VARIABLE, HIDDEN.replace("TINY", "OTHER"), UNDECIDED),
        (IN_VARIABLE, ENDPOINT.url, UNDECIDED),
        ({}, HIDDEN, UNDECIDED),
        ({}, HIDDEN.replace("8000", "9000"), VIOLATED),
        ({}, HIDDEN.replace("http", "https"), VIOLATED),
    ],
)
def test_what_a_variable_held_is_known_by_its_name_and_by_another_host_only(
    stated, recorded, outcome
):
    said = content({"url": recorded, "served_model": "tiny", "answers": [{"model": "tiny"}]})
    records = [with_identifiers(served(record(t)), Facet.ENDPOINT, said) for t in BENCHMARKS]
    endpoint = ENDPOINT.model_copy(update=stated)
    judged = stating(records, model=Model(name="tiny", endpoint=endpoint))
    assert asked_as_required(judged) == {outcome}


def test_model_that_was_asked_for_counts_and_not_the_one_that_was_configured():
    records = [changed(served(record(t)), "sent.models", ("tiny", "tuned")) for t in BENCHMARKS]
    judged = stating(records, model=Model(name="tiny", endpoint=ENDPOINT))
    assert asked_as_required(judged) == {VIOLATED}


@pytest.mark.parametrize("key", OF_BENCHMARK)
def test_another_value_of_a_stated_setting_of_a_benchmark_violates(key):
    mine, other = OF_BENCHMARK[key]
    records = [as_loaded(record(task)) for task in BENCHMARKS]
    model = Model(name="tiny")
    assert asked_as_required(stating(records, model=model, **{key: mine})) == {MET}
    assert VIOLATED in asked_as_required(stating(records, model=model, **{key: other}))


@pytest.mark.parametrize("key", NOT_IN_LOGS_OF_OTHERS)
def test_what_no_log_of_others_says_is_undecided_in_it_where_it_is_stated(key):
    stated = Model.model_validate({"name": "tiny", key: OF_MODEL[key][1]})
    judged = stating([foreign(record(task)) for task in BENCHMARKS], model=stated)
    assert asked_as_required(judged) == {UNDECIDED}


@pytest.mark.parametrize("key", NOT_IN_LOGS_OF_OTHERS)
def test_what_an_older_record_could_not_hold_is_not_asked_of_it(key):
    older = {"format": "weighin.record/1", "in_force": None, "sent": None}
    records = [record(task).model_copy(update=older) for task in BENCHMARKS]
    stated = Model.model_validate({"name": "tiny", key: OF_MODEL[key][1]})
    assert asked_as_required(stating(records, model=stated)) == {MET}


FACETS: dict[Facet, tuple[Model, JsonValue, JsonValue]] = {
    Facet.DTYPE: (Model(name="tiny", dtype="float32"), "float32", "bfloat16"),
    Facet.SPECIAL_TOKENS: (
        Model(name="tiny", add_bos_token=True),
        {"lm_eval_add_bos_token": True},
        {"lm_eval_add_bos_token": False},
    ),
    Facet.CHAT_TEMPLATE: (
        Model(name="tiny", chat_template=True),
        {"applied": True, "sha256": DECLARED.chat_template},
        {"applied": False, "sha256": None},
    ),
    Facet.SYSTEM_PROMPT: (
        Model(name="tiny", system_prompt=SYSTEM_PROMPT),
        {"sha256": digest(SYSTEM_PROMPT)},
        {"sha256": None},
    ),
    Facet.ENDPOINT: (
        Model(name="tiny", endpoint=ENDPOINT),
        {"url": ENDPOINT.url, "served_model": "tiny"},
        {"url": "http://127.0.0.1:9000/v1", "served_model": "tiny"},
    ),
}


@pytest.mark.parametrize("facet", FACETS)
def test_the_file_and_not_the_majority_says_who_is_odd(facet):
    model, stated, departing = FACETS[facet]
    records = [
        with_identifiers(record(task), facet, content(stated if task == "gsm8k" else departing))
        for task in BENCHMARKS
    ]
    judged = stating(records, model=model)
    lines = {f"model.{key}": (7, 3) for key in model.model_fields_set}
    judged = replace(judged, requirements=judged.requirements.model_copy(update={"lines": lines}))
    (rule,) = (r for r in CATALOGUE.rules if getattr(r, "facet", None) is facet)
    (odd,) = rule().check(judged)
    assert odd.outcome is VIOLATED
    assert odd.benchmarks == ("arc", "lambada")
    assert odd.fix.endswith("again as requirements.yaml:7 says")
    assert odd.expected.endswith("and as requirements.yaml:7 says")


def test_the_declared_checkpoint_and_not_the_majority_says_who_is_odd():
    records = [record(t, scored=DECLARED if t == "gsm8k" else VARIANT) for t in BENCHMARKS]
    (odd,) = SameWeights().check(with_records(case(), records))
    assert odd.benchmarks == ("arc", "lambada")


def of_file(tmp_path: Path, profile: str, **keys: JsonValue) -> Requirements:
    """The requirements of a file under a profile, with some keys of its own."""
    path = tmp_path / "requirements.yaml"
    document = {
        "weighin": 1,
        "model": {"name": "tiny", "checkpoint": "."},
        "profile": profile,
        "benchmarks": [{"task": "gsm8k"}],
        **keys,
    }
    path.write_text(json.dumps(document))
    return load_requirements(path, rule_shapes())


def told(asked: Requirements) -> list[str]:
    return [one.told for one in asks_less(asked, CATALOGUE)]


PROFILES = available_profiles()
GRADES_BELOW = [
    (profile, grade)
    for profile in PROFILES
    for grade in (Grade.PINNED, Grade.DECLARED, Grade.NAMED)
    if grade is not load_profile(profile).evidence
    and load_profile(profile).evidence.at_least(grade)
]
LEVELS = ("error", "warning", "note", "off")
RULES_OF_PROFILES = [
    (profile, rule, before, level)
    for profile in PROFILES
    for rule, setting in load_profile(profile).rules.items()
    if (before := setting.level or CATALOGUE.find(rule).level)
    for level in LEVELS
    if abs(LEVELS.index(level) - LEVELS.index(before)) == 1
]


@pytest.mark.parametrize(
    ("profile", "facet"), [(p, f) for p in PROFILES for f in load_profile(p).same]
)
def test_facet_that_a_file_drops_is_told_in_one_line(tmp_path, profile, facet):
    kept = [f.value for f in load_profile(profile).same if f is not facet]
    assert told(of_file(tmp_path, profile, same=kept)) == [f"without {facet}"]


@pytest.mark.parametrize(("profile", "grade"), GRADES_BELOW)
def test_weaker_evidence_than_that_of_the_profile_is_told_in_one_line(tmp_path, profile, grade):
    before = load_profile(profile).evidence
    asked = of_file(tmp_path, profile, evidence=grade.value)
    assert told(asked) == [f"evidence {grade} instead of {before}"]


@pytest.mark.parametrize(("profile", "rule", "before", "level"), RULES_OF_PROFILES)
def test_lower_level_than_that_of_the_profile_is_told_in_one_line_and_a_higher_never(
    tmp_path, profile, rule, before, level
):
    is_lower = LEVELS.index(level) > LEVELS.index(before)
    expected = [f"{rule} {level} instead of {before}"] if is_lower else []
    assert told(of_file(tmp_path, profile, rules={rule: {"level": level}})) == expected


@pytest.mark.parametrize("profile", PROFILES)
def test_switching_a_rule_on_or_setting_it_as_the_profile_does_asks_no_less(tmp_path, profile):
    base = of_file(tmp_path, profile)
    assert told(base) == []
    for rule in CATALOGUE.rules:
        if rule.anchor == "same" and rule.facet not in base.same:
            continue
        level = base.rules[rule.id].level if rule.id in base.rules else None
        for entry in ({"level": level or rule.level}, level or rule.level):
            asked = of_file(tmp_path, profile, rules={rule.id: entry})
            assert told(asked) == [], (profile, rule.id, entry)


@pytest.mark.parametrize(
    ("rule", "parameter", "weaker", "stricter"),
    [
        ("runs-within-days", "days", 30, 3),
        ("answers-are-not-truncated", "share", 0.5, 0.0),
        ("no-task-override", "allowed", ["fewshot=0"], []),
    ],
)
def test_parameter_is_told_where_it_lets_more_pass_and_not_where_it_lets_less(
    tmp_path, rule, parameter, weaker, stricter
):
    asked = of_file(tmp_path, "agentic", rules={rule: {parameter: weaker}})
    (line,) = told(asked)
    assert line.startswith(f"{rule} {parameter}: ")
    assert told(of_file(tmp_path, "agentic", rules={rule: {parameter: stricter}})) == []


def test_naming_who_must_sign_asks_more(tmp_path):
    asked = of_file(tmp_path, "leaderboard", rules={"bundle-is-signed": {"by": ["lab@x.org"]}})
    assert told(asked) == []


def test_what_a_file_drops_stands_above_its_verdict(tmp_path):
    asked = of_file(tmp_path, "comparable", same=["weights"], evidence="named")
    head = judge(replace(case(), requirements=asked), today=TODAY).head
    assert head.asks_less[1:] == ("evidence named instead of measured",)
    assert head.asks_less[0].startswith("without config, ")
