"""What the arguments of a run of lm-eval tell of a facet: each that is set, and their whole list.

lm-eval writes `model_args` whole, so that what is absent from it has its default: two logs of one
version and backend contradict each other where only one of them names an argument.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from weighin.files.foreign_json import Json, as_mapping, as_text, parsed
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.sources.formats.arguments import argument
from weighin.sources.formats.lm_eval.arguments import ModelArguments
from weighin.sources.formats.lm_eval.meanings import facets_of_argument

DTYPE_NAMES: Mapping[str, str] = {"half": "float16", "float": "float32", "double": "float64"}
"""Two names that torch has for one dtype."""

OTHER_ARGUMENTS = "other arguments"
"""Scope of the arguments of which nothing is known."""

_LONGEST_OBJECT = 4000
_PATH_END = re.compile(r"^\./|/+$")
# What these set is off by default, so that switching it off changes nothing.
_OFF_BY_DEFAULT = frozenset({Facet.WEIGHTS, Facet.ADAPTERS, Facet.QUANTIZATION})
_OF_TEMPLATE = ("chat_template_args", "chat_template_kwargs")
# Of these the default is nothing: elsewhere it is up to the model's own files.
_HAVE_DEFAULTS = _OFF_BY_DEFAULT
# Two names, or two ways to load it, may give one thing.
_BY_NAME = frozenset({Facet.TOKENIZER, Facet.REMOTE_CODE, Facet.ENGINE})


def chosen_for(facet: Facet, model: ModelArguments) -> dict[str, JsonValue]:
    """The arguments that bear on a facet, by name, with what they set."""
    found: dict[str, JsonValue] = {}
    for name, text in sorted(model.values.items()):
        facets = facets_of_argument(name)
        # What was resolved of it stands elsewhere in the log.
        if name == "dtype" or facets is None or facet not in facets:
            continue
        if name in _OF_TEMPLATE and (inner := _object(text)):
            found |= {key: _plain(value) for key, value in inner.items()}
            continue
        value = _plain(_PATH_END.sub("", text) if facet is Facet.ADAPTERS else text)
        if not (value == "false" and facet in _OFF_BY_DEFAULT):
            found[name] = value
    return found


def identifiers_of(
    facet: Facet, results: Json, model: ModelArguments, chosen: Mapping[str, JsonValue]
) -> Iterator[Identifier]:
    """What some arguments tell of a facet: each by itself, and all of them together.

    Args:
        facet: The facet.
        results: The whole document.
        model: The model and its arguments.
        chosen: Those that bear on the facet.
    """
    for name, value in chosen.items():
        yield argument(name, value, Grade.NAMED if facet in _BY_NAME else Grade.DECLARED)
    if facet is Facet.WEIGHTS and (others := _others(model)):
        # Set unlike, they may make other weights or none.
        yield Identifier(kind=Kind.ARGUMENT, value=others, grade=Grade.NAMED, scope=OTHER_ARGUMENTS)
    version = as_text(results.get("lm_eval_version"))
    if version and model.is_written and model.backend and facet in _HAVE_DEFAULTS:
        yield Identifier(
            kind=Kind.TRAIT,
            value=dict(chosen),
            grade=Grade.DECLARED,
            scope=f"all arguments of lm-eval {version}, {model.backend}",
        )


def parameters_counted(results: Json, model: ModelArguments) -> Identifier | None:
    """The number of parameters as transformers counted them in memory; `None` if unknown.

    Packed and adapted weights count otherwise, so that counts are compared only among their like.
    """
    counted = as_mapping(results.get("config")).get("model_num_parameters")
    if isinstance(counted, bool) or not isinstance(counted, int) or counted <= 0:
        return None
    how = sorted(
        f"{name}={value}"
        for facet in (Facet.QUANTIZATION, Facet.ADAPTERS)
        for name, value in chosen_for(facet, model).items()
    )
    scope = ", ".join(["parameters", f"backend {model.backend or 'unknown'}", *dict.fromkeys(how)])
    return Identifier(kind=Kind.TRAIT, value=counted, grade=Grade.DECLARED, scope=scope)


def told(chosen: Mapping[str, JsonValue]) -> str:
    """Arguments on one line, as they are written on a command line."""
    return ", ".join(f"{name}={_written(value)}" for name, value in chosen.items())


def _others(model: ModelArguments) -> dict[str, JsonValue]:
    return {
        name: _plain(text)
        for name, text in sorted(model.values.items())
        if facets_of_argument(name) is None
    }


def _plain(value: JsonValue) -> JsonValue:
    """The value in one spelling: as text, truth values in small letters, one name a dtype."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    text = _written(value).strip()
    if inner := _object(text):
        return _plain(inner)
    text = text.lower() if text.lower() in {"true", "false"} else text
    return DTYPE_NAMES.get(text.removeprefix("torch."), text.removeprefix("torch."))


def _written(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _object(text: str) -> dict[str, JsonValue]:
    """A JSON object in a text, or one as Python prints it; empty if it is none."""
    if len(text) > _LONGEST_OBJECT or not text.startswith("{"):
        return {}
    try:
        value = parsed(text.encode())
    except (ValueError, RecursionError):
        value = _printed_by_python(text)
    return value if isinstance(value, dict) else {}


def _printed_by_python(text: str) -> JsonValue:
    try:
        return parsed(json.dumps(ast.literal_eval(text)).encode())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
