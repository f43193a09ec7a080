"""What a results file of LightEval declares of each facet, and what it does not."""

import re
from collections.abc import Iterator

from pydantic import JsonValue

from weighin.evidence.records import Observation
from weighin.files.canonical import sha256_hex
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_text
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.sources.arguments.decoding import decoding_arguments
from weighin.sources.arguments.given import DTYPE_NAMES, identifiers_of, with_arguments
from weighin.sources.formats.facets import (
    NO_TEXT,
    Ways,
    answers_per_document,
    commit,
    declared,
    named,
    observed,
)
from weighin.sources.formats.lighteval.model import LightEvalModel

_WITH_MODEL_CONFIG = "0.11"
# The name of an adapter is the model's; what an evaluation is called changes nothing.
_TOLD_ELSEWHERE = frozenset(
    {
        "adapter_weights", "delta_weights", "system_prompt", "dtype", "model_dtype", "tokenizer",
        "trust_remote_code",
    }
)  # fmt: skip
_QUANTISED_DTYPES = frozenset({"4bit", "8bit"})
_SAMPLING = (
    "temperature", "top_p", "top_k", "min_p", "repetition_penalty", "frequency_penalty",
    "presence_penalty", "length_penalty", "early_stopping", "num_blocks", "block_size", "seed",
)  # fmt: skip
_WITHOUT_TEXT = frozenset(
    {
        "LOGPROBS", "PERPLEXITY", "TARGET_PERPLEXITY", "MULTICHOICE", "MULTICHOICE_ONE_TOKEN",
        "MULTICHOICE_PMI",
    }
)  # fmt: skip
_ANSWERS_IN_METRIC = re.compile(r"@\d+:(\d+)(?:_samples)?$")


def facets_of_model(model: LightEvalModel) -> Iterator[Observation]:
    """An observation of every facet that is one for all benchmarks of a file.

    Nothing is better than `declared`.
    """
    for observation in _of_model(model):
        found = identifiers_of(observation.facet, _values(model), _whole_list(model))
        yield with_arguments(observation, tuple(found), "/config_general/model_config")


def _values(model: LightEvalModel) -> dict[str, JsonValue]:
    """The arguments of the model; an adapter and a delta stand there as the model's own name."""
    values = {key: value for key, value in model.config.items() if key not in _TOLD_ELSEWHERE}
    if as_text(model.config.get("base_model")):
        values["delta" if model.config.get("delta_weights") else "adapter"] = model.name
    return values


def _whole_list(model: LightEvalModel) -> str:
    """Whose whole config the file holds; empty if it holds none, or not of which version it is."""
    version = as_text(model.general.get("lighteval_sha")) or ""
    is_known = version not in {"", "?"} and bool(model.config)
    return f"LightEval {version[:12]}, {model.backend}" if is_known else ""


def _of_model(model: LightEvalModel) -> Iterator[Observation]:
    how = how_to_record(model)
    yield _weights(model)
    yield _dtype(model)
    yield _quantization(model)
    yield _adapters(model)
    yield observed(
        Facet.TOKENIZER,
        how,
        named(as_text(model.config.get("tokenizer"))),
        pointer="/config_general/model_config/tokenizer",
    )
    yield _special_tokens(model)
    yield _remote_code(model)
    yield _chat_template(model)
    yield _system_prompt(model)
    yield observed(
        Facet.ENGINE,
        how,
        named(model.backend),
        pointer="/config_general/model_config",
        summary=f"{model.backend}, by the fields of its config",
    )
    yield _endpoint(model)
    for facet in (Facet.CONFIG, Facet.GENERATION_CONFIG):
        yield observed(facet, how)


def how_to_record(model: LightEvalModel) -> Ways:
    """How LightEval records the facets of such a file; no file states its version."""
    # Only since 0.11 a file holds the model's config (logging/info_loggers.py).
    return Ways(
        producer=f"LightEval {_WITH_MODEL_CONFIG}" if model.config else "LightEval",
        is_served=model.is_served,
    )


def _weights(model: LightEvalModel) -> Observation:
    """A name, with the revision that was asked for; a commit only where the file has one.

    Before 0.11 the backends on transformers looked the commit up; vLLM left it empty.
    """
    base, revision, sha = model.base, model.revision or "", model.commit
    scope = _beside_the_base(model)
    known = "" if sha is None else sha[:12]
    pointer = model.name_pointer
    if revision:
        pointer = "/config_general/model_config/revision"
    elif known:
        pointer = "/config_general/model_sha"
    told = f"commit {known}, not the weights" if known else f"only a name: {base}"
    return observed(
        Facet.WEIGHTS,
        how_to_record(model),
        None if base is None or sha is None else commit(base, sha, scope),
        named(f"{base}@{revision}" if base and revision else base, scope),
        pointer=pointer,
        summary=f"{told}{f'@{revision}' if revision and not known else ''} {scope}".strip(),
    )


def _beside_the_base(model: LightEvalModel) -> str:
    """What made the scored weights others than those of the base; empty if nothing is known to."""
    chosen = [f"{key}={text}" for key in ("subfolder",) if (text := as_text(model.config.get(key)))]
    if as_text(model.config.get("base_model")):
        kind = "delta" if model.config.get("delta_weights") else "adapter"
        chosen.append(f"{kind}={model.name}")
    return f"with {', '.join(chosen)}" if chosen else ""


def _dtype_said(model: LightEvalModel) -> tuple[str, str]:
    for holder, key, pointer in (
        (model.config, "dtype", "/config_general/model_config/dtype"),
        (model.config, "model_dtype", "/config_general/model_config/model_dtype"),
        (model.general, "model_dtype", "/config_general/model_dtype"),
    ):
        said = (as_text(holder.get(key)) or "").removeprefix("torch.")
        if said not in {"", "auto"}:
            return DTYPE_NAMES.get(said, said), pointer
    return "", ""


def _dtype(model: LightEvalModel) -> Observation:
    """Null, an empty text and `auto` say nothing."""
    said, pointer = _dtype_said(model)
    return observed(
        Facet.DTYPE,
        how_to_record(model),
        declared(said) if said and said not in _QUANTISED_DTYPES else None,
        pointer=pointer,
    )


def _quantization(model: LightEvalModel) -> Observation:
    """What was asked for on loading; a checkpoint may be quantised without any argument."""
    said, pointer = _dtype_said(model)
    chosen: dict[str, JsonValue] = {
        key: text
        for key in ("quantization", "load_format")
        if (text := as_text(model.config.get(key))) and text != "auto"
    }
    if said in _QUANTISED_DTYPES:
        chosen["dtype"] = said
    else:
        pointer = "/config_general/model_config"
    # One argument set in one log and unset in another tells nothing.
    scope = f"LightEval's {', '.join(sorted(chosen))}"
    return observed(
        Facet.QUANTIZATION,
        how_to_record(model),
        declared(chosen, scope) if chosen else None,
        pointer=pointer,
        summary=", ".join(f"{key}={value}" for key, value in chosen.items()),
    )


def _adapters(model: LightEvalModel) -> Observation:
    is_adapted = as_text(model.config.get("base_model")) is not None
    return observed(
        Facet.ADAPTERS,
        how_to_record(model),
        named(model.name) if is_adapted else None,
        pointer=model.name_pointer,
    )


def _special_tokens(model: LightEvalModel) -> Observation:
    """Whether they are added, not which: equal switches say no more than equal names."""
    key = "add_special_tokens"
    value = model.config.get(key)
    is_said = isinstance(value, bool)
    return observed(
        Facet.SPECIAL_TOKENS,
        how_to_record(model),
        _switch({key: value}, "LightEval's switch") if is_said else None,
        pointer=f"/config_general/model_config/{key}",
        summary=f"{key}={str(value).lower()}",
    )


def _switch(value: dict[str, JsonValue], scope: str) -> Identifier:
    return Identifier(kind=Kind.CONTENT, value=value, grade=Grade.NAMED, scope=scope)


def _remote_code(model: LightEvalModel) -> Observation:
    """That none was executed; where it was allowed, the file does not say which code it was."""
    key = "trust_remote_code"
    is_refused = model.config.get(key) is False
    return observed(
        Facet.REMOTE_CODE,
        how_to_record(model),
        declared({key: False}, "LightEval's switch") if is_refused else None,
        pointer=f"/config_general/model_config/{key}",
        summary="not allowed",
    )


def _chat_template(model: LightEvalModel) -> Observation:
    """Only the switch that overrides; null leaves it to the tokenizer, which the file lacks."""
    is_applied = model.config.get("override_chat_template")
    known: list[Identifier | None] = []
    if is_applied is False and model.is_in_process:
        known.append(declared({"applied": False, "sha256": None}))
    elif isinstance(is_applied, bool):
        known.append(_switch({"applied": is_applied}, "LightEval's switch"))
    return observed(
        Facet.CHAT_TEMPLATE,
        how_to_record(model),
        *known,
        pointer="/config_general/model_config/override_chat_template",
        summary="applied, which one is not recorded" if is_applied else "not applied",
    )


def _system_prompt(model: LightEvalModel) -> Observation:
    prompt = model.config.get("system_prompt")
    is_said = isinstance(prompt, str) or (
        "system_prompt" in model.config and prompt is None and model.is_in_process
    )
    digest = sha256_hex(prompt.encode()) if isinstance(prompt, str) else None
    return observed(
        Facet.SYSTEM_PROMPT,
        how_to_record(model),
        declared({"sha256": digest}) if is_said else None,
        pointer="/config_general/model_config/system_prompt",
        summary="none" if digest is None else f"sha256:{digest[:12]}",
    )


def _endpoint(model: LightEvalModel) -> Observation:
    for key in ("base_url", "inference_server_address", "endpoint_name", "provider"):
        if text := as_text(model.config.get(key)):
            return observed(
                Facet.ENDPOINT,
                how_to_record(model),
                declared({key: text}),
                pointer=f"/config_general/model_config/{key}",
                summary=text,
            )
    return observed(
        Facet.ENDPOINT,
        how_to_record(model),
        declared("in process") if model.is_in_process else None,
        pointer="/config_general/model_config",
    )


def facets_of_task(
    model: LightEvalModel, task_config: Json, metrics: tuple[str, ...]
) -> Iterator[Observation]:
    """An observation of the facets that depend on the benchmark.

    Args:
        model: The model.
        task_config: The benchmark's entry of `config_tasks`; empty if there is none.
        metrics: Names of the metrics of the benchmark.
    """
    if _is_without_text(task_config):
        yield from NO_TEXT
        return
    parameters, pointer = model.generation
    sampling = {key: parameters[key] for key in _SAMPLING if key in parameters}
    # What the engine fills in for the others is not in the file.
    scope = f"LightEval's generation_parameters {', '.join(sorted(sampling))}"
    decoding = observed(
        Facet.DECODING,
        how_to_record(model),
        declared(sampling, scope) if sampling else None,
        pointer=pointer,
        summary=", ".join(f"{key} {value}" for key, value in sampling.items()),
    )
    # The seed of a run is no setting of how the model is used.
    said = {key: value for key, value in sampling.items() if key != "seed"}
    is_transformers = model.backend == "transformers"
    found = tuple(decoding_arguments(said, is_transformers=is_transformers))
    yield with_arguments(decoding, found, pointer)
    yield answers_per_document(
        _answers(task_config, metrics), how_to_record(model), "/config_tasks"
    )


def _is_without_text(task_config: Json) -> bool:
    """Whether every metric is of a kind that reads no generated text.

    Older files number the kinds, differently in every version: those say nothing.
    """
    written = as_list(task_config.get("metrics")) or as_list(task_config.get("metric"))
    kinds = {as_text(as_mapping(metric).get("category")) for metric in written}
    return bool(kinds) and kinds <= _WITHOUT_TEXT


def _answers(task_config: Json, metrics: tuple[str, ...]) -> int | None:
    """How many answers a document were drawn, as task or metrics say; `None` if neither does."""
    counts = [as_count(value) for value in as_list(task_config.get("num_samples"))]
    counts.extend(
        int(found.group(1)[:9]) for text in metrics if (found := _ANSWERS_IN_METRIC.search(text))
    )
    return max((count for count in counts if count), default=None)
