"""What an aggregate of Every Eval Ever declares of each facet, mostly in texts of no schema."""

import re
from collections.abc import Iterator
from typing import Annotated, TypeGuard

import orjson
from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Observation
from weighin.files.json.foreign import Json, as_list, as_mapping, as_number, as_text
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.sources.arguments.decoding import decoding_arguments
from weighin.sources.arguments.given import (
    argument,
    arguments,
    given_in,
    identifiers_of,
    with_arguments,
)
from weighin.sources.formats.facets import (
    Ways,
    chosen,
    commit,
    declared,
    every_facet,
    in_words,
    named,
    observed,
    set_alike,
    stated,
)

PRODUCER = "Every Eval Ever"
"""Who wrote an aggregate, whichever harness it tells of."""

IDENTIFIERS_DETAIL = "weighin.identifiers"
"""Key in the details of the model under which `weighin export` keeps what it knows."""

LABEL_DETAIL = "weighin.artifact_label"
"""Key there of what tells the artifact from others of its name."""

_HOW = Ways(producer=PRODUCER)
_DETAILS = "/model_info/additional_details"
_OWN = TypeAdapter(dict[Facet, Annotated[list[Identifier], Field(max_length=20)]])
_COMMIT = re.compile(r"[0-9a-f]{40}")
_DTYPES = frozenset({"float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"})
_BESIDE = re.compile(r"\b(?:peft|delta|lora\w*|steer\w*|subfolder|gguf\w*|adapter\w*)=[^,\s]+")
_DECODING = ("temperature", "top_p", "top_k", "max_tokens")
_EFFORT = ("inference_effort", "reasoning_effort")
_KINDS = {
    "architecture": {Facet.WEIGHTS, Facet.CONFIG},
    "weight_type": {Facet.WEIGHTS, Facet.ADAPTERS},
    "base_model": {Facet.WEIGHTS, Facet.ADAPTERS},
}
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_COUNTS = ("params_billions", "num_parameters", "model_num_parameters", "parameters")
_UNKNOWN = frozenset({"unknown", "Unknown", ""})


def declared_facets(document: Json, result: Json, at: str) -> tuple[Observation, ...]:
    """An observation of every facet; what weighin itself had measured is declared here.

    Args:
        document: The aggregate.
        result: The first result of the benchmark.
        at: JSON pointer of that result.
    """
    own = _own_identifiers(document)
    found = {
        observation.facet: _with_arguments(observation, document, result, at)
        for observation in every_facet(_observed(document, result, at), _HOW)
    }
    for facet, identifiers in own.items():
        found[facet] = observed(
            facet,
            _HOW,
            *identifiers,
            pointer=f"{_DETAILS}/{IDENTIFIERS_DETAIL}",
        )
    return every_facet(found.values(), _HOW)


def _with_arguments(observation: Observation, document: Json, result: Json, at: str) -> Observation:
    """The observation with what was set of it, which another aggregate may contradict."""
    details, facet = _details(document), observation.facet
    place = f"{_DETAILS}/model_args"
    arguments_place = f"{at}/generation_config/generation_args"
    # Whoever converts a log keeps of its arguments what he likes.
    found = tuple(identifiers_of(facet, given_in(as_text(details.get("model_args")) or "")))
    if facet is Facet.DECODING:
        found += tuple(decoding_arguments(decoding_of(result), is_transformers=False))
        return with_arguments(observation, found, arguments_place)
    if facet is Facet.TEST_TIME_COMPUTE:
        found += arguments(chosen(details, _EFFORT))
    if facet in {Facet.DTYPE, Facet.QUANTIZATION}:
        precision, place = _first(details, "precision", "dtype")
        said = precision.lower().removeprefix("torch.")
        # A dtype says nothing of a quantization.
        is_said = said not in {"", "auto"} and (facet is Facet.DTYPE or said not in _DTYPES)
        found += arguments({"precision": said if is_said else None})
    if facet is Facet.WEIGHTS:
        found += tuple(_counts(details))
    if not found and (kinds := _kinds(facet, details)):
        place = f"{_DETAILS}/{kinds[0].scope}"
    return with_arguments(observation, (*found, *_kinds(facet, details)), place)


def _counts(details: Json) -> Iterator[Identifier]:
    """How many parameters a text beside the schema states.

    Billions are compared as far as two digits tell: they are rounded as each source likes.
    """
    for key in _COUNTS:
        said = details.get(key)
        number = as_number(float(said)) if _is_decimal(said) else as_number(said)
        if number is None or number <= 0:
            continue
        is_rounded = "billion" in key
        yield Identifier(
            kind=Kind.TRAIT,
            value=f"{number:.2g}" if is_rounded else f"{number:.0f}",
            grade=Grade.DECLARED,
            scope=f"{'billion ' if is_rounded else ''}parameters, as {key} of the details",
        )


def _is_decimal(value: JsonValue) -> TypeGuard[str]:
    return isinstance(value, str) and _DECIMAL.fullmatch(value.strip()) is not None


def _kinds(facet: Facet, details: Json) -> tuple[Identifier, ...]:
    """What kind of model a text beside the schema calls it, in words that no schema gives."""
    return tuple(
        argument(key, text, Grade.NAMED)
        for key, facets in _KINDS.items()
        if facet in facets and (text := _known(details.get(key))) is not None
    )


def decoding_of(result: Json) -> dict[str, JsonValue]:
    """The settings of sampling that are stated."""
    return chosen(_arguments(result), _DECODING)


def facts_of(document: Json, result: Json, at: str) -> tuple[Fact, ...]:
    """What the aggregate states beyond the facets."""
    information = as_mapping(document.get("model_info"))
    name = as_text(information.get("name"))
    agentic = as_mapping(_arguments(result).get("agentic_eval_config"))
    names: list[JsonValue] = [
        tool
        for item in as_list(agentic.get("available_tools"))
        if (tool := as_text(as_mapping(item).get("name"))) is not None
    ]
    place = f"{at}/generation_config/generation_args/agentic_eval_config/available_tools"
    label = as_text(_details(document).get(LABEL_DETAIL))
    found = (
        stated(FactName.REQUESTED_MODEL, name, "/model_info/name"),
        stated(FactName.ARTIFACT_LABEL, label, f"{_DETAILS}/{LABEL_DETAIL}"),
        stated(FactName.TOOLS, names, place) if "available_tools" in agentic else None,
    )
    return tuple(fact for fact in found if fact is not None)


def _own_identifiers(document: Json) -> dict[Facet, list[Identifier]]:
    """What `weighin export` wrote, as somebody's word; nothing if it is malformed."""
    details = _details(document)
    text = as_text(details.get(IDENTIFIERS_DETAIL))
    if text is None:
        return {}
    try:
        found = _OWN.validate_python(
            {
                Facet(facet): [Identifier.model_validate_json(orjson.dumps(item)) for item in items]
                for facet, items in orjson.loads(text).items()
            }
        )
    except (ValidationError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
    return {
        facet: [
            item
            if Grade.DECLARED.at_least(item.grade)
            else item.model_copy(update={"grade": Grade.DECLARED})
            for item in items
        ]
        for facet, items in found.items()
        if len({(item.kind, item.scope) for item in items}) == len(items)
    }


def _details(document: Json) -> Json:
    return as_mapping(as_mapping(document.get("model_info")).get("additional_details"))


def _arguments(result: Json) -> Json:
    return as_mapping(as_mapping(result.get("generation_config")).get("generation_args"))


def _known(value: JsonValue) -> str | None:
    text = as_text(value)
    return None if text in _UNKNOWN else text


def _first(details: Json, *keys: str) -> tuple[str, str]:
    """The first of some details that says something, and its JSON pointer; empty if none does."""
    said = ((text, f"{_DETAILS}/{key}") for key in keys if (text := _known(details.get(key))))
    return next(said, ("", ""))


def _observed(document: Json, result: Json, at: str) -> Iterator[Observation]:
    information, details = as_mapping(document.get("model_info")), _details(document)
    yield _weights(information, details)
    precision, of_precision = _first(details, "precision", "dtype")
    dtype = precision.lower().removeprefix("torch.")
    is_dtype = dtype in _DTYPES
    yield observed(
        Facet.DTYPE,
        _HOW,
        declared(dtype) if is_dtype else None,
        pointer=of_precision,
    )
    quantization, pointer = _first(details, "quantization")
    if not quantization and not is_dtype:
        quantization, pointer = dtype, of_precision
    yield observed(
        Facet.QUANTIZATION,
        _HOW,
        named(None if quantization == "auto" else quantization),
        pointer=pointer,
    )
    yield _engine(information)
    yield observed(
        Facet.ENDPOINT,
        _HOW,
        named(_known(information.get("inference_platform"))),
        pointer="/model_info/inference_platform",
    )
    settings, arguments = decoding_of(result), f"{at}/generation_config/generation_args"
    yield observed(
        Facet.DECODING,
        _HOW,
        set_alike(settings),
        pointer=arguments,
        summary=in_words(settings),
    )
    effort = chosen(details, _EFFORT)
    pointer = f"{_DETAILS}/{next(iter(effort))}" if effort else arguments
    effort |= chosen(_arguments(result), ("reasoning", "max_attempts"))
    yield observed(
        Facet.TEST_TIME_COMPUTE,
        _HOW,
        set_alike(effort),
        pointer=pointer,
        summary=in_words(effort),
    )


def _weights(information: Json, details: Json) -> Observation:
    """A name, and a commit where a text beside the schema states one.

    The commit is the base's where an adapter was loaded on top of it, which only the model's
    arguments show, if they were kept.
    """
    has_id = as_text(information.get("id")) is not None
    name = as_text(information.get("id" if has_id else "name"))
    beside = ", ".join(_BESIDE.findall(as_text(details.get("model_args")) or ""))
    scope = f"with {beside}" if beside else ""
    key = "sha" if as_text(details.get("sha")) else "revision"
    sha = as_text(details.get(key)) or ""
    is_commit = name is not None and _COMMIT.fullmatch(sha) is not None
    revision = "" if is_commit or sha in {*_UNKNOWN, "main"} else f"@{sha}"
    return observed(
        Facet.WEIGHTS,
        _HOW,
        commit(str(name), sha, scope) if is_commit else None,
        named(None if name is None else f"{name}{revision}", scope),
        pointer=f"{_DETAILS}/{key}" if is_commit else f"/model_info/{'id' if has_id else 'name'}",
        summary=f"commit {sha[:12]}, not the weights" if is_commit else f"only a name: {name}",
    )


def _engine(information: Json) -> Observation:
    engine = as_mapping(information.get("inference_engine"))
    name, version = _known(engine.get("name")), _known(engine.get("version"))
    exact = None
    if name is not None and version is not None:
        exact = declared(f"{name} {version}", "version in an aggregate")
    return observed(
        Facet.ENGINE, _HOW, exact or named(name), pointer="/model_info/inference_engine"
    )
