"""What was observed of a loaded model, as observations of facets."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from weighin.evidence.records import Observation
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.harness.local.asked.state import Loaded, MemoryState
from weighin.harness.observed.told import NONE, measured, short, without_bearing
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.identity.manifest import Manifest
from weighin.identity.parts.quantised_build import packings, quantization_words
from weighin.requirements.decoding.effective import distinct, effective, in_words
from weighin.requirements.decoding.settings import TRANSFORMERS

# The settings that records of the first format hold, so that old records go on to be compared with.
_SAMPLING = (
    "do_sample", "temperature", "top_p", "top_k", "min_p", "typical_p", "num_beams",
    "repetition_penalty", "no_repeat_ngram_size", "length_penalty", "seed",
)  # fmt: skip


def observed_in_memory(model: Loaded, state: MemoryState) -> Iterator[Observation]:
    """The facets of a model of which it is not known what it was loaded from."""
    yield Observation(
        facet=Facet.WEIGHTS,
        identifiers=tuple(_in_memory(model, state)),
        summary=f"{short(state.tensors.weights)} in memory, of unknown files",
    )
    if state.tokenizer is not None:
        yield measured(Facet.TOKENIZER, state.tokenizer, short(state.tokenizer))
    yield _special_tokens(state)
    yield measured(Facet.DTYPE, state.tensors.dtype, state.tensors.dtype)
    yield _engine(model)
    yield measured(Facet.ENDPOINT, "in process", "in process")


def observed_model(
    model: Loaded, state: MemoryState, manifest: Manifest, revision: str | None
) -> Iterator[Observation]:
    """The facets that belong to the loaded model, whatever the benchmark.

    Args:
        model: The loaded model.
        state: What is in memory.
        manifest: The checkpoint folder that it was loaded from.
        revision: `org/name@<40-hex>` if the folder is a snapshot of that revision.
    """
    yield _weights(model, state, manifest, revision)
    yield Observation(
        facet=Facet.CONFIG,
        identifiers=(
            Identifier(
                kind=Kind.LOADED,
                value={"structure": state.structure, "config": manifest.config},
                grade=Grade.MEASURED,
                scope=model.stack,
            ),
            Identifier(kind=Kind.CONTENT, value=manifest.config or NONE, grade=Grade.MEASURED),
        ),
        summary=short(manifest.config)
        + (f", {len(state.hooks)} modules with hooks" if state.hooks else ""),
    )
    generation = sha256_hex(canonical_json(_in_force(state.generation_config)))
    yield Observation(
        facet=Facet.GENERATION_CONFIG,
        identifiers=(
            Identifier(
                kind=Kind.LOADED,
                value=generation,
                grade=Grade.MEASURED,
                # Before, defaults that were written out were part of it.
                scope=f"{model.loader} in force",
            ),
            Identifier(
                kind=Kind.CONTENT, value=manifest.generation_config or NONE, grade=Grade.MEASURED
            ),
        ),
        summary=short(generation),
    )
    executed = manifest.remote_code if model.remote_code_executed else None
    is_idle = executed is None and manifest.remote_code is not None
    yield measured(
        Facet.REMOTE_CODE, executed or NONE, "not executed" if is_idle else short(executed)
    )
    yield _tokenizer(state, manifest)
    yield _special_tokens(state)
    yield measured(Facet.DTYPE, state.tensors.dtype, state.tensors.dtype)
    yield _quantization(model, manifest)
    yield _adapters(manifest)
    yield _engine(model)
    yield measured(Facet.ENDPOINT, "in process", "in process")


def _in_force(generation_config: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What a generation config sets that may change an answer.

    A default that is written out, and what is only handed out beside the answers, is no difference:
    it is all that a checkpoint without `generation_config.json` lacks, if its config says the rest.
    """
    return {
        name: value
        for name, value in generation_config.items()
        if value is not None
        and not name.startswith("output_")
        and not (name in TRANSFORMERS and value == TRANSFORMERS[name].default)
    }


def _weights(
    model: Loaded, state: MemoryState, manifest: Manifest, revision: str | None
) -> Observation:
    identifiers = [
        *_in_memory(model, state, is_quantized=manifest.quantization is not None),
        Identifier(kind=Kind.TENSORS, value=manifest.weights, grade=Grade.MEASURED),
    ]
    if revision is not None:
        identifiers.append(Identifier(kind=Kind.COMMIT, value=revision, grade=Grade.PINNED))
    return Observation(
        facet=Facet.WEIGHTS, identifiers=tuple(identifiers), summary=short(manifest.weights)
    )


def _engine(model: Loaded) -> Observation:
    return measured(
        Facet.ENGINE,
        {
            "engine": model.loader,
            "torch": model.versions.get("torch", ""),
            "kernels": model.versions.get("kernels", NONE),
            "attention": model.attention,
            "device": model.device,
        },
        f"{model.loader}, {model.device}, {model.attention}",
    )


def _in_memory(
    model: Loaded, state: MemoryState, *, is_quantized: bool = False
) -> Iterator[Identifier]:
    if state.tensors.computed:
        yield Identifier(
            kind=Kind.COMPUTED,
            value=state.tensors.computed,
            grade=Grade.MEASURED,
            scope=model.stack,
        )
    dequantised = is_quantized and model.quantization is None
    scope = f"{model.loader} {state.tensors.dtype} stored"
    yield Identifier(
        kind=Kind.LOADED,
        value=state.tensors.weights,
        grade=Grade.MEASURED,
        # What a library multiplies on loading differs between machines.
        scope=f"{scope}; {model.stack}" if dequantised else scope,
    )


def _tokenizer(state: MemoryState, manifest: Manifest) -> Observation:
    if state.tokenizer is None:
        # A tokenizer without a fast backend keeps its vocabulary in files only.
        return measured(Facet.TOKENIZER, manifest.tokenizer or NONE, short(manifest.tokenizer))
    return measured(Facet.TOKENIZER, state.tokenizer, short(state.tokenizer))


def _special_tokens(state: MemoryState) -> Observation:
    """As lm-eval asks, and as any harness that uses the same tokenizer can be compared with."""
    identifiers = (
        Identifier(kind=Kind.CONTENT, value=value, grade=Grade.MEASURED, scope=scope)
        for value, scope in (
            (state.special_tokens, "tokenizer in memory"),
            (state.token_policy, "tokenizer alone"),
        )
        if value
    )
    return Observation(
        facet=Facet.SPECIAL_TOKENS,
        identifiers=tuple(identifiers),
        summary=_special_tokens_summary(state.token_policy),
    )


def _special_tokens_summary(policy: Mapping[str, JsonValue]) -> str:
    names = [
        f"{key} {value[0]}"
        for key, value in policy.items()
        if isinstance(value, list) and value and isinstance(value[0], str)
    ]
    return ", ".join(names) or "no special tokens"


def _quantization(model: Loaded, manifest: Manifest) -> Observation:
    if model.quantization is not None:
        words = quantization_words((model.quantization,), packings(manifest.tensors))
        return measured(
            Facet.QUANTIZATION, model.quantization, f"{words} ({short(manifest.quantization)})"
        )
    if manifest.quantization is None:
        return measured(Facet.QUANTIZATION, NONE, NONE)
    value: JsonValue = {"checkpoint": manifest.quantization, "in_memory": NONE}
    return measured(
        Facet.QUANTIZATION, value, f"{short(manifest.quantization)}, dequantized on loading"
    )


def _adapters(manifest: Manifest) -> Observation:
    if manifest.adapter is None:
        return measured(Facet.ADAPTERS, NONE, NONE)
    value: JsonValue = {
        "config": manifest.adapter.config_sha256,
        "weights": manifest.adapter.weights,
    }
    return measured(Facet.ADAPTERS, value, short(manifest.adapter.weights))


def observed_decoding(
    decoding: Mapping[str, JsonValue],
    defaults: Mapping[str, JsonValue],
    *,
    sent: Sequence[Mapping[str, JsonValue]],
    output_types: frozenset[str],
    repeats: int,
) -> Iterator[Observation]:
    """How text was decoded in one benchmark, and how often each document was answered.

    Args:
        decoding: Generation arguments of the benchmark, as configured.
        defaults: The model's generation config, which fills in what the benchmark leaves open.
        sent: Distinct settings with which the model was asked to generate.
        output_types: lm-eval's output types of the benchmark's tasks.
        repeats: Answers drawn for each document.
    """
    if "generate_until" not in output_types:
        why = "no text is generated"
        yield without_bearing(Facet.DECODING, why)
        yield without_bearing(Facet.TEST_TIME_COMPUTE, why)
        return
    in_force = distinct(effective(settings, defaults, TRANSFORMERS) for settings in sent)
    yield Observation(
        facet=Facet.DECODING,
        identifiers=(
            Identifier(
                kind=Kind.CONTENT,
                value={"in_force": list[JsonValue](in_force)},
                grade=Grade.MEASURED,
                scope="settings in force",
            ),
            Identifier(
                kind=Kind.CONTENT,
                value=_as_first_recorded(decoding, defaults),
                grade=Grade.MEASURED,
            ),
        ),
        summary="; ".join(in_words(settings, TRANSFORMERS) for settings in in_force),
    )
    yield measured(
        Facet.TEST_TIME_COMPUTE,
        {"answers_per_document": repeats},
        f"{repeats} answer a document" if repeats == 1 else f"{repeats} answers a document",
    )


def _as_first_recorded(
    decoding: Mapping[str, JsonValue], defaults: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for key in _SAMPLING:
        value = decoding.get(key, defaults.get(key))
        if value is not None:
            found[key] = value
    is_greedy = not found.get("do_sample") or found.get("temperature") == 0
    if is_greedy:
        # Greedy decoding ignores the settings of sampling, whatever they say.
        for key in ("temperature", "top_p", "top_k", "min_p", "typical_p", "seed"):
            found.pop(key, None)
        found["do_sample"] = False
    return found
