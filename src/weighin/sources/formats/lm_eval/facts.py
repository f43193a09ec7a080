"""What a results file of lm-eval says beyond the facets."""

import re
from collections.abc import Iterator

from pydantic import JsonValue

from weighin.evidence.facts import Fact, FactName
from weighin.files.canonical import sha256_hex
from weighin.files.json.foreign import Json, as_count, as_mapping, as_text
from weighin.identity.facets import Facet, Grade
from weighin.sources.formats.lm_eval.arguments import ModelArguments

_SEEDS = ("random_seed", "numpy_seed", "torch_seed", "fewshot_seed")
_DEVICES = re.compile(r"^GPU \d+: (?P<name>.{1,80})$", re.MULTILINE)
_LONGEST_REPORT = 100_000
_TEXTS = {Facet.CHAT_TEMPLATE: "chat_template", Facet.SYSTEM_PROMPT: "system_instruction"}


def facts_of_run(results: Json, model: ModelArguments) -> tuple[Fact, ...]:
    """The facts that hold for every benchmark of a results file."""
    return tuple(_facts(results, model))


def _facts(results: Json, model: ModelArguments) -> Iterator[Fact]:
    config = as_mapping(results.get("config"))
    if (revision := model.values.get("revision")) is not None:
        yield _declared(FactName.REVISION, revision, "/config/model_args")
    asked_for = model.values.get("model")
    if not model.is_local and asked_for is not None:
        yield _declared(FactName.REQUESTED_MODEL, asked_for, "/config/model_args")
    if altered := list(_altered_texts(results)):
        yield _declared(FactName.ALTERED_TEXTS, [*altered], str(altered[0]["text"]))
    seeds: dict[str, JsonValue] = {
        name.removesuffix("_seed"): count
        for name in _SEEDS
        if (count := as_count(config.get(name))) is not None
    }
    if seeds:
        yield _declared(FactName.SEEDS, seeds, "/config")
    # Of an endpoint it is the machine of the client.
    report = as_text(results.get("pretty_env_info")) or ""
    devices = (
        [found["name"].strip() for found in _DEVICES.finditer(report[:_LONGEST_REPORT])]
        if model.is_local and "\nGPU " in f"\n{report}"
        else []
    )
    if devices:
        kinds = {name: devices.count(name) for name in sorted(set(devices))}
        told = ", ".join(f"{count} x {name}" for name, count in kinds.items())
        yield _declared(FactName.HARDWARE, told, "/pretty_env_info")


def _altered_texts(results: Json) -> Iterator[dict[str, JsonValue]]:
    """Texts that are not of the digest that lm-eval wrote beside them.

    Since 0.4.3 it writes `hash_string` of the text, SHA-256 of its UTF-8, and null for an empty one
    (EvaluationTracker and GeneralConfigTracker of lm_eval.loggers.evaluation_tracker).
    """
    for facet, key in _TEXTS.items():
        text, stated = as_text(results.get(key)), results.get(f"{key}_sha", False)
        if text is None or (stated is not None and not isinstance(stated, str)):
            continue
        found = sha256_hex(text.encode("utf-8", "surrogatepass"))
        if found != stated:
            yield {
                "facet": facet,
                "text": f"/{key}",
                "digest": f"/{key}_sha",
                "stated": stated,
                "found": found,
            }


def _declared(name: FactName, value: JsonValue, pointer: str) -> Fact:
    return Fact(name=name, value=value, grade=Grade.DECLARED, pointer=pointer)
