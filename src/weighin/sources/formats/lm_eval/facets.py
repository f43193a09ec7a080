"""What a results file of plain lm-eval declares of each facet, and what it does not.

Nothing is better than `declared`.
"""

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from weighin.evidence.records import Observation
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_text, pointer_part
from weighin.identity.facets import Facet, cached_commit, plain_name
from weighin.requirements.checks.endpoint_urls import of_hidden
from weighin.sources.arguments.decoding import decoding_arguments
from weighin.sources.arguments.given import (
    DTYPE_NAMES,
    arguments,
    chosen_for,
    identifiers_of,
    told,
    with_arguments,
)
from weighin.sources.formats.facets import (
    NO_TEXT,
    Ways,
    answers_per_document,
    commit,
    declared,
    named,
    observed,
    without_bearing,
)
from weighin.sources.formats.lm_eval.arguments import (
    ModelArguments,
    parameters_counted,
    whole_list,
)
from weighin.sources.formats.lm_eval.results import decoding_of, harness_of, leaves_of

_COMMIT = re.compile(r"[0-9a-f]{40}")
_AS_TURNS = "fewshot_as_multiturn"
# Arguments of quantization that choose among the files of a commit.
_PICK_A_FILE = frozenset({"gguf_file", "load_format"})


def facets_of_run(results: Json, model: ModelArguments) -> tuple[Observation, ...]:
    """The observations that are the same in every benchmark of a results file."""
    how = _how_to_record(results, model)
    tokenizer = named(model.values.get("tokenizer"))
    return tuple(
        _with_arguments(observation, results, model)
        for observation in (
            _weights(results, model, how),
            _dtype(results, model, how),
            _special_tokens(results, model, how),
            observed(Facet.TOKENIZER, how, tokenizer, pointer="/config/model_args"),
            _adapters(results, model, how),
            _quantization(model, how),
            _engine(results, model, how),
            _endpoint(model, how),
            *(
                observed(facet, how)
                for facet in (Facet.CONFIG, Facet.GENERATION_CONFIG, Facet.REMOTE_CODE)
            ),
        )
    )


def _with_arguments(observation: Observation, results: Json, model: ModelArguments) -> Observation:
    """The observation with what was set on loading."""
    facet = observation.facet
    found = tuple(identifiers_of(facet, model.values, whole_list(results, model)))
    as_turns = results.get(_AS_TURNS)
    if facet is Facet.CHAT_TEMPLATE and not _is_without_template(results, model):
        found += arguments({_AS_TURNS: as_turns if isinstance(as_turns, bool) else None})
    return with_arguments(observation, found, "/config/model_args")


def _is_without_template(results: Json, model: ModelArguments) -> bool:
    """Whether no template was applied, by the log's word, so that shots are no turns."""
    return _is_null_stated(results, model) and results.get("chat_template_sha", "") is None


def facets_of_benchmark(results: Json, task: str, model: ModelArguments) -> tuple[Observation, ...]:
    """The observations that depend on what the benchmark asks."""
    how = _how_to_record(results, model)
    return tuple(
        _with_arguments(observation, results, model)
        for observation in (
            *_prompting(results, task, model, how),
            *_decoding(results, task, model, how),
        )
    )


def _how_to_record(results: Json, model: ModelArguments) -> Ways:
    return Ways(producer=harness_of(results), is_served=not model.is_local)


def _weights(results: Json, model: ModelArguments, how: Ways) -> Observation:
    """The commit that lm-eval asked the hub for by name when the run had ended.

    It need not be what was loaded, and it is the base's where an adapter, a steering vector or a
    file within the repository was chosen: such an observation is comparable only with its like.
    """
    base, revision = _loaded_from(model)
    scope = _beside_the_base(model)
    name = f"{base}@{revision}" if revision else base
    by_name = named(name, scope)
    if base is None or by_name is None:
        return observed(Facet.WEIGHTS, how)
    sha = as_text(as_mapping(results.get("config")).get("model_sha")) or ""
    # A revision that is a commit is what was asked for; of a local folder it means nothing.
    asked = revision if _COMMIT.fullmatch(revision) else sha
    is_commit = _COMMIT.fullmatch(asked) is not None and not model.is_folder
    told = f"commit {asked[:12]}, not the weights" if is_commit else f"only a name: {name}"
    return observed(
        Facet.WEIGHTS,
        how,
        commit(base, asked, scope) if is_commit else None,
        by_name,
        parameters_counted(results, model),
        pointer="/config/model_sha" if is_commit and asked == sha else "/config/model_args",
        summary=f"{told} {scope}".strip(),
    )


def _loaded_from(model: ModelArguments) -> tuple[str | None, str]:
    """The repository or folder, and the revision: in a hub's cache the path names the commit."""
    revision = model.values.get("revision", "")
    if model.base is None:
        return None, revision
    return plain_name(model.base), cached_commit(model.base) or revision


def _beside_the_base(model: ModelArguments) -> str:
    """What made the scored weights others than those of the base; empty if nothing is known to."""
    adapters, weights = (chosen_for(f, model.values) for f in (Facet.ADAPTERS, Facet.WEIGHTS))
    packed = chosen_for(Facet.QUANTIZATION, model.values)
    chosen = adapters | {
        name: value for name, value in weights.items() if name not in packed or name in _PICK_A_FILE
    }
    if model.backend == "steered" and not chosen:
        return "with steering vectors"
    return f"with {told(chosen | _with_commits(chosen, model))}" if chosen else ""


def _with_commits(chosen: Mapping[str, JsonValue], model: ModelArguments) -> dict[str, JsonValue]:
    """Those that were loaded from a hub's cache, with the commit that their path names."""
    commits = {name: cached_commit(model.values.get(name, "")) for name in chosen}
    return {name: f"{chosen[name]}@{sha}" for name, sha in commits.items() if sha}


def _dtype(results: Json, model: ModelArguments, how: Ways) -> Observation:
    resolved = as_text(as_mapping(results.get("config")).get("model_dtype")) or ""
    said = (resolved or model.values.get("dtype", "")).removeprefix("torch.")
    return observed(
        Facet.DTYPE,
        how,
        None if said in {"", "auto"} else declared(DTYPE_NAMES.get(said, said)),
        pointer="/config/model_dtype" if resolved else "/config/model_args",
    )


def _prompting(results: Json, task: str, model: ModelArguments, how: Ways) -> Iterator[Observation]:
    facets = (Facet.CHAT_TEMPLATE, Facet.SYSTEM_PROMPT)
    if output_types(results, task) == {"loglikelihood_rolling"}:
        for facet in facets:
            yield without_bearing(facet, "rolling log-likelihood uses no prompt")
        return
    is_null_stated = _is_null_stated(results, model)
    for facet, key in zip(facets, ("chat_template_sha", "system_instruction_sha"), strict=True):
        sha = as_text(results.get(key))
        if sha is None and not (is_null_stated and key in results):
            yield observed(facet, how)
            continue
        content: dict[str, JsonValue] = {"sha256": sha}
        absent = "none"
        if facet is Facet.CHAT_TEMPLATE:
            content["applied"] = sha is not None
            absent = "not applied"
        told = absent if sha is None else f"sha256:{sha[:12]}"
        yield observed(facet, how, declared(content), pointer=f"/{key}", summary=told)


def _is_null_stated(results: Json, model: ModelArguments) -> bool:
    """Whether null says "not applied": only where lm-eval renders the prompts itself.

    And only if the run was told to keep such settings: then the source of the model stands there.
    """
    return model.is_local and as_text(results.get("model_source")) is not None


def output_types(results: Json, task: str) -> set[str]:
    """lm-eval's output types of the tasks behind a benchmark; empty if one is unknown."""
    configs = as_mapping(results.get("configs"))
    found = {
        as_text(as_mapping(configs.get(leaf)).get("output_type"))
        for leaf in leaves_of(results, task)
    }
    known = {output_type for output_type in found if output_type is not None}
    return known if len(known) == len(found) else set()


def _special_tokens(results: Json, model: ModelArguments, how: Ways) -> Observation:
    """The tokens, not the policy: comparable only among logs that add them alike."""
    names = ("bos", "eos", "pad")
    tokens: dict[str, JsonValue] = {
        name: ["" if part in {None, "None"} else part for part in parts]
        for name in names
        if (parts := _plain(results.get(f"tokenizer_{name}_token")))
    }
    adding = model.chosen("add_bos_token", "prefix_token_id")
    scope = ", ".join(["tokens in lm-eval's log", *(f"{k}={v}" for k, v in adding.items())])
    return observed(
        Facet.SPECIAL_TOKENS,
        how,
        declared(tokens, scope) if len(tokens) == len(names) else None,
        pointer="/tokenizer_bos_token",
        summary=", ".join(f"{name} {_first(parts)}" for name, parts in tokens.items()),
    )


def _plain(value: JsonValue) -> list[str | int | None]:
    """A token and its id as logged; empty if it is nothing of the kind."""
    return [part for part in as_list(value) if part is None or isinstance(part, str | int)]


def _first(value: JsonValue) -> str:
    return str(next(iter(as_list(value)), "")) or "none"


def _adapters(results: Json, model: ModelArguments, how: Ways) -> Observation:
    """Without an argument an adapter may still lie in the folder: that is no evidence of none."""
    chosen = chosen_for(Facet.ADAPTERS, model.values)
    names = told(chosen)
    logged = as_text(as_mapping(results.get("config")).get("peft_sha")) or ""
    sha = cached_commit(model.values.get("peft", "")) or logged
    is_commit = "peft" in chosen and _COMMIT.fullmatch(sha) is not None
    return observed(
        Facet.ADAPTERS,
        how,
        commit(str(chosen["peft"]), sha) if is_commit else None,
        named(names or None),
        pointer="/config/peft_sha" if is_commit and sha == logged else "/config/model_args",
        summary=names,
    )


def _quantization(model: ModelArguments, how: Ways) -> Observation:
    """What was asked for on loading; a checkpoint may be quantised without any argument."""
    chosen = chosen_for(Facet.QUANTIZATION, model.values)
    # One argument set in one log and unset in another tells nothing.
    scope = f"model_args {', '.join(sorted(chosen))}"
    return observed(
        Facet.QUANTIZATION,
        how,
        declared(dict(chosen), scope) if chosen else None,
        pointer="/config/model_args",
        summary=told(chosen),
    )


def _engine(results: Json, model: ModelArguments, how: Ways) -> Observation:
    """The version of transformers, which is the only one that lm-eval records of an engine."""
    version = as_text(results.get("transformers_version"))
    if version is None or not model.is_transformers:
        way = how if model.is_transformers else how.none
        return observed(Facet.ENGINE, way, named(model.backend), pointer="/config/model")
    scope = "version in lm-eval's log"
    engine = declared(f"transformers {version}", scope)
    by_name = named(model.backend)
    return observed(Facet.ENGINE, how, engine, by_name, pointer="/transformers_version")


def _endpoint(model: ModelArguments, how: Ways) -> Observation:
    url = model.url
    # A URL of which a variable holds the path is a name for whatever the variable held.
    is_name = url is not None and of_hidden(url) is not None
    place = url or ("in process" if model.is_local else None)
    return observed(
        Facet.ENDPOINT,
        how,
        named(place) if is_name else declared(place),
        pointer="/config/model_args" if url else "/config/model",
    )


def _decoding(results: Json, task: str, model: ModelArguments, how: Ways) -> Iterator[Observation]:
    found = output_types(results, task)
    if found and "generate_until" not in found:
        yield from NO_TEXT
        return
    # The generation config fills in what the arguments leave open, and is nowhere in the log.
    observation = observed(Facet.DECODING, how)
    configs, key = as_mapping(results.get("configs")), "generation_kwargs"
    stating = (leaf for leaf in leaves_of(results, task) if key in as_mapping(configs.get(leaf)))
    leaf = next(stating, None)
    place = "/configs" if leaf is None else f"/configs/{pointer_part(leaf)}/{key}"
    settings = tuple(
        decoding_arguments(decoding_of(results, task), is_transformers=model.is_transformers)
    )
    yield with_arguments(observation, settings, place)
    yield _test_time_compute(results, task, model, how)


def _test_time_compute(results: Json, task: str, model: ModelArguments, how: Ways) -> Observation:
    """How often lm-eval asked for each document; what an endpoint does inside is not known."""
    if not model.is_local:
        return observed(Facet.TEST_TIME_COMPUTE, how)
    configs = as_mapping(results.get("configs"))
    leaves = leaves_of(results, task)
    repeats = [as_count(as_mapping(configs.get(leaf)).get("repeats")) for leaf in leaves]
    counts = [count for count in repeats if count is not None]
    if not counts or len(counts) < len(repeats):
        return observed(Facet.TEST_TIME_COMPUTE, how)
    most = max(counts)
    place = f"/configs/{pointer_part(leaves[counts.index(most)])}/repeats"
    return answers_per_document(most, how, place)
