"""Every way to record something names what the harness has, and names it briefly."""

import importlib.util
import itertools
import re
from pathlib import Path

import pytest

from weighin.evidence.facts import FactName
from weighin.evidence.recording.way import Part, Way
from weighin.evidence.recording.ways import HARNESSES, OF_SERVERS, SCORE_IT, way_to_record
from weighin.identity.facets import Facet

LONGEST = 100
TYPED = re.compile(r"`([^`]+)`")
PLACEHOLDERS = {"FOLDER", "URL", "TEXT", "N", "ORG/NAME", "NAME"}

# Where each flag, field and file stands in the harness, by the package that brings it.
LM_EVAL = {
    "--log_samples": "_cli/run.py",
    "--output_path": "_cli/run.py",
    "--model_args": "_cli/run.py",
    "--seed": "_cli/run.py",
    "revision": "models/huggingface.py",
    "dtype": "models/huggingface.py",
    "base_url": "models/openai_completions.py",
    "chat_template_sha": "loggers/evaluation_tracker.py",
    "system_instruction_sha": "loggers/evaluation_tracker.py",
    "tokenizer_bos_token": "loggers/utils.py",
    "transformers_version": "loggers/utils.py",
    "pretty_env_info": "loggers/utils.py",
    "lm_eval_version": "loggers/utils.py",
    "configs": "evaluator_utils.py",
    "n-samples": "evaluator_utils.py",
    "gen_kwargs": "evaluator.py",
    "date": "evaluator.py",
    "bootstrap_iters": "evaluator.py",
    "simple_evaluate": "evaluator.py",
    "dataset_kwargs": "config/task.py",
}
INSPECT_AI = {
    "-M": "_cli/eval.py",
    "--no-log-samples": "_cli/eval.py",
    "--log-model-api": "_cli/eval.py",
    "--temperature": "_cli/eval.py",
    "--top-p": "_cli/eval.py",
    "--max-tokens": "_cli/eval.py",
    "--seed": "_cli/eval.py",
    "--stop-seqs": "_cli/eval.py",
    "--epochs": "_cli/eval.py",
    "--epochs-reducer": "_cli/eval.py",
    "--reasoning-effort": "_cli/eval.py",
    "--model-base-url": "_cli/eval.py",
    "inspect eval": "_cli/eval.py",
    # Passed on to `from_pretrained` of transformers.
    "revision": "model/_providers/hf.py: **model_args,",
    "dtype": "model/_providers/hf.py: **model_args,",
    "stderr()": "scorer/_metrics/std.py",
}
LIGHTEVAL = {
    "revision": "models/transformers/transformers_model.py",
    "dtype": "models/transformers/transformers_model.py",
    "trust_remote_code": "models/transformers/transformers_model.py",
    "system_prompt": "models/abstract_model.py",
    "generation_parameters": "models/abstract_model.py",
    "temperature": "models/model_input.py",
    "seed": "models/model_input.py",
    "base_url": "models/endpoints/litellm_model.py",
    "num_samples": "tasks/lighteval_task.py",
    "hf_revision": "tasks/lighteval_task.py",
    "LightevalTaskConfig": "tasks/lighteval_task.py",
    "lighteval_sha": "logging/info_loggers.py",
    "--save-details": "cli_args.py: save_details",
}
HELM = {
    "model_deployments.yaml": "benchmark/model_deployment_registry.py",
    "scenario_state.json": "benchmark/runner.py",
    "per_instance_stats.json": "benchmark/runner.py",
    "model_deployment": "benchmark/run_expander.py",
}
# Not installed anywhere: it is no package of a registry. Read in its `main.py` at 8fc5bae.
BIGCODE = {
    "--revision": "main.py",
    "--precision": "main.py",
    "--peft_model": "main.py",
    "--load_in_8bit": "main.py",
    "--load_generations_path": "main.py",
    "--n_samples": "bigcode_eval/arguments.py",
    "--seed": "bigcode_eval/arguments.py",
}
OPENCOMPASS = {"configs/*.py": "cli/main.py"}
EVERY_EVAL_EVER = {
    "model_info.additional_details.sha": "schemas/eval.schema.json",
    "model_info.additional_details.dtype": "schemas/eval.schema.json",
    "model_info.inference_engine": "schemas/eval.schema.json",
    "generation_config.generation_args": "schemas/eval.schema.json",
    "score_details.uncertainty.standard_error": "schemas/eval.schema.json",
    "evaluation_timestamp": "schemas/eval.schema.json",
    "temperature": "schemas/eval.schema.json",
    "reasoning": "schemas/eval.schema.json",
    "max_attempts": "schemas/eval.schema.json",
    "name": "schemas/eval.schema.json",
    "version": "schemas/eval.schema.json",
}
# The package to look into, by the name that records have.
FACTS = {
    "lm-eval": ("lm_eval", LM_EVAL),
    "inspect_ai": ("inspect_ai", INSPECT_AI),
    "LightEval": ("lighteval", LIGHTEVAL),
    "HELM": ("helm", HELM),
    "OpenCompass": ("opencompass", OPENCOMPASS),
    "simple-evals": ("", {}),
    "gpt-oss evals": ("", {}),
    "EvalPlus": ("", {}),
    "BigCodeBench": ("", {}),
    "bigcode-evaluation-harness": ("", BIGCODE),
    "LiveCodeBench": ("", {}),
    "SWE-bench": ("", {}),
    "Every Eval Ever": ("every_eval_ever", EVERY_EVAL_EVER),
}
# Keys of free texts that no schema names, and a folder that a run writes.
FREE = {"sha", "dtype", "configs/*.py"}

EVERYTHING = (*Facet, *FactName, *Part)
VERSIONS = ("(version not recorded)", "0.3", "0.4.2", "0.4.9", "0.11", "99.0")
EVERY_PRODUCER = [f"{harness.name} {version}" for harness in HARNESSES for version in VERSIONS] + [
    "weighin 0.1.0",
    "model card, source acme",
    "",
]


def names_in(text: str) -> set[str]:
    """The flags, fields and files that stand in backquotes."""
    found = set()
    for typed in TYPED.findall(text):
        if typed.startswith(("weighin ", "model.", "api:")):
            continue
        if typed.startswith("inspect eval") or typed in {"stderr()", "configs/*.py"}:
            found.add(typed)
            continue
        for part in typed.split():
            flag, _, rest = part.partition("=")
            found.add(flag.strip("{}:,"))
            found |= {key for key, _ in re.findall(r"(\w+):([^}]*)", rest)}
    values = {name for name in found if re.fullmatch(r"[\d,]+|mean", name)}
    return found - PLACEHOLDERS - values - {"", "<40-hex", "commit>"}


def stands_in(folder: Path, name: str, place: str) -> bool:
    """Whether a file of the package has the name, or what follows its place after a colon."""
    path, _, passed_on = place.partition(": ")
    last = name.removeprefix("inspect ").rpartition(".")[2].removesuffix("()")
    return (passed_on or last) in (folder / path).read_text(encoding="utf-8")


def ways_of(harness) -> list[str]:
    return [way.text for way in (*harness.ways.values(), *harness.of_servers.values())]


@pytest.mark.parametrize("harness", HARNESSES, ids=lambda harness: harness.name)
def test_every_name_in_a_way_is_known_to_be_in_the_harness(harness):
    known = FACTS[harness.name][1]
    named = set().union(*(names_in(text) for text in ways_of(harness)))
    assert named - set(known) == set()
    assert set(known) - named == set(), "nobody names it any more"


@pytest.mark.parametrize("harness", HARNESSES, ids=lambda harness: harness.name)
def test_every_known_name_stands_where_it_is_said_to_in_what_is_installed(harness):
    package, known = FACTS[harness.name]
    specification = importlib.util.find_spec(package) if package else None
    if specification is None or not specification.submodule_search_locations:
        pytest.skip(f"{harness.name} is not installed")
    folder = Path(specification.submodule_search_locations[0])
    missing = [
        f"{name} in {place}"
        for name, place in known.items()
        if not FREE & {name, name.rpartition(".")[2]} or ": " in place
        if not stands_in(folder, name, place)
    ]
    assert missing == []


@pytest.mark.parametrize("producer", EVERY_PRODUCER)
def test_every_way_is_short_and_one_sentence(producer):
    for what, is_served in itertools.product(EVERYTHING, (False, True)):
        text = way_to_record(producer, what, is_served=is_served)
        assert len(text) <= LONGEST, text
        assert not text.endswith("."), text
        assert "\n" not in text


@pytest.mark.parametrize("producer", EVERY_PRODUCER)
def test_where_a_harness_has_no_way_weighin_run_is_the_only_one(producer):
    for what, is_served in itertools.product(EVERYTHING, (False, True)):
        text = way_to_record(producer, what, is_served=is_served)
        if "has no field" in text or not TYPED.search(text.replace(SCORE_IT, "")):
            assert (
                text in {"", SCORE_IT, OF_SERVERS}
                or text.endswith(f"; {SCORE_IT}")
                or ("whole results file" in text)
            ), text


def test_weighin_run_stands_beside_no_way_of_a_harness():
    for harness in HARNESSES:
        for way in (*harness.ways.values(), *harness.of_servers.values()):
            assert not (isinstance(way, Way) and "weighin" in way.text), way


def test_a_way_of_a_later_version_says_so():
    flag = "`--output_path FOLDER`, which writes `chat_template_sha`"
    asked = [
        way_to_record(f"lm-eval {version}", Facet.CHAT_TEMPLATE)
        for version in ("0.4.9", "0.4.3", "0.4.2", "(version not recorded)")
    ]
    assert asked == [
        flag,
        flag,
        f"upgrade to lm-eval 0.4.3 or later: {flag}",
        f"with lm-eval 0.4.3 or later: {flag}",
    ]


def test_versions_are_compared_as_numbers():
    assert way_to_record("lm-eval 0.4.13", Part.HARNESS_VERSION).startswith("give the whole")
    assert way_to_record("lm-eval 0.4.10.dev0", Part.HARNESS_VERSION).startswith("give the whole")
    assert way_to_record("lm-eval 0.4.8", Part.HARNESS_VERSION).startswith("upgrade to lm-eval")


def test_a_harness_that_only_begins_like_another_is_not_taken_for_it():
    assert way_to_record("HELMET 1.0", Facet.ENDPOINT) == SCORE_IT
    assert way_to_record("HELM 0.5", Facet.ENDPOINT).startswith("`model_deployment=")


def test_what_no_field_exists_for_is_said_of_the_version():
    assert way_to_record("lm-eval 0.4.9", Facet.CONFIG) == (
        "lm-eval 0.4.9 has no field for it; score it with `weighin run`"
    )


def test_what_only_a_person_can_say_has_no_way():
    assert way_to_record("lm-eval 0.4.9", FactName.PARENTS) == ""


def test_no_flag_makes_an_endpoint_say_which_weights_answer():
    for harness in HARNESSES:
        assert way_to_record(f"{harness.name} 9", Facet.WEIGHTS, is_served=True) == OF_SERVERS
