"""Arguments that a log says were set: what contradicts another log, and never shows sameness.

Where a harness writes its list of arguments whole, what is absent from it has its default: two logs
of one version and backend contradict each other where only one of them names an argument.
"""

import ast
import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from weighin.evidence.records import Observation
from weighin.files.json.foreign import parsed
from weighin.identity.facets import Facet, Grade, Identifier, Kind, spelling_apart
from weighin.sources.arguments.meanings import facets_of_argument

LONGEST_SUMMARY = 80
"""Characters of what is told of a facet in a few words."""

DTYPE_NAMES: Mapping[str, str] = {"half": "float16", "float": "float32", "double": "float64"}
"""Two names that torch has for one dtype."""

OTHER_ARGUMENTS = "other arguments"
"""Scope of the arguments of which nothing is known."""

_LONGEST_OBJECT = 4000
_UNSET = frozenset({"", "none", "null", "{}", "[]"})
# Ways of vLLM and SGLang to read what a checkpoint holds; others make something else of it.
_PLAIN_FORMATS = frozenset({"safetensors", "pt", "npcache"})
# What these set is off by default, so that switching it off changes nothing, and leaving it out of
# a whole list neither; elsewhere the default is up to the model's own files.
_OFF_BY_DEFAULT = frozenset({Facet.WEIGHTS, Facet.ADAPTERS, Facet.QUANTIZATION})
# Two names, or two ways to load it, may give one thing.
_BY_NAME = frozenset({Facet.TOKENIZER, Facet.REMOTE_CODE, Facet.ENGINE})
_OF_TEMPLATE = ("chat_template_args", "chat_template_kwargs")


def chosen_for(facet: Facet, values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The arguments that bear on a facet, by name, with what they set.

    Args:
        facet: The facet.
        values: Every argument, as text or as JSON.
    """
    found: dict[str, JsonValue] = {}
    for name, given in sorted(values.items()):
        facets = facets_of_argument(name)
        # What was resolved of a dtype stands elsewhere in the log.
        if name == "dtype" or facets is None or facet not in facets or _is_unset(given):
            continue
        value = _plain(given)
        if name in _OF_TEMPLATE and isinstance(value, dict):
            found |= value
        elif not (facet in _OFF_BY_DEFAULT and _changes_nothing(name, value)):
            is_adapter = Facet.ADAPTERS in facets and isinstance(value, str)
            found[name] = spelling_apart(str(value)) if is_adapter else value
    return found


def identifiers_of(
    facet: Facet, values: Mapping[str, JsonValue], whole: str = ""
) -> Iterator[Identifier]:
    """What the arguments tell of a facet: each by itself, and all of them together.

    Args:
        facet: The facet.
        values: Every argument, as text or as JSON.
        whole: Harness, version and backend, where the list is written whole; empty if it is not.
    """
    chosen = chosen_for(facet, values)
    for name, value in chosen.items():
        yield argument(name, value, Grade.NAMED if facet in _BY_NAME else Grade.DECLARED)
    if facet is Facet.WEIGHTS and (others := _others(values)):
        # Set unlike, they may make other weights or none.
        yield argument(OTHER_ARGUMENTS, others, Grade.NAMED)
    if whole and facet in _OFF_BY_DEFAULT:
        yield Identifier(
            kind=Kind.TRAIT,
            value=chosen,
            grade=Grade.DECLARED,
            scope=f"all arguments of {whole}",
        )


def given_in(text: str) -> dict[str, JsonValue]:
    """The arguments of a text such as `pretrained=org/name,dtype=half`, cut at every comma."""
    found: dict[str, JsonValue] = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        value = value.strip()
        is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        if equals:
            found[key.strip()] = value[1:-1] if is_quoted else value
    return found


def told(chosen: Mapping[str, JsonValue]) -> str:
    """Arguments on one line, as they are written on a command line."""
    return ", ".join(f"{name}={_written(value)}" for name, value in chosen.items())


def argument(name: str, value: JsonValue, grade: Grade = Grade.DECLARED) -> Identifier:
    """One argument that was set.

    Args:
        name: As the harness spells it.
        value: What it was set to.
        grade: `named` where unlike values may have one effect, as two names of one tokenizer.
    """
    return Identifier(kind=Kind.ARGUMENT, value=value, grade=grade, scope=name)


def arguments(settings: Mapping[str, JsonValue]) -> tuple[Identifier, ...]:
    """Each of some arguments that were set."""
    return tuple(argument(name, value) for name, value in settings.items() if value is not None)


def with_arguments(
    observation: Observation, found: tuple[Identifier, ...], pointer: str = ""
) -> Observation:
    """The observation with arguments beside what it knows, told where it knows nothing.

    Args:
        observation: What the log says of the facet itself.
        found: What was set, and what else can only tell a difference.
        pointer: Where that stands in the log.
    """
    known = {(i.kind, i.scope) for i in observation.identifiers}
    new = tuple(i for i in found if (i.kind, i.scope) not in known)
    if not new or not observation.applies:
        return observation
    said = {i.scope: i.value for i in new if i.kind is Kind.ARGUMENT}
    update: dict[str, object] = {"identifiers": (*observation.identifiers, *new)}
    if said and observation.grade is Grade.ABSENT:
        update |= {"summary": told(said)[:LONGEST_SUMMARY], "pointer": pointer}
    return observation.model_copy(update=update)


def _changes_nothing(name: str, value: JsonValue) -> bool:
    """Whether an argument is switched off, or says how the files that are there are read."""
    return value in ("false", "auto") or (name == "load_format" and str(value) in _PLAIN_FORMATS)


def _is_unset(value: JsonValue) -> bool:
    return value is None or value in ({}, []) or str(value).strip().lower() in _UNSET


def _others(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        name: _plain(text)
        for name, text in sorted(values.items())
        if facets_of_argument(name) is None and not _is_unset(text)
    }


def _plain(value: JsonValue) -> JsonValue:
    """The value in one spelling: as text, truth values in small letters, one name a dtype."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
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
