"""The JSON Schemas of what users write, with which editors complete and check it."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from weighin.files.yaml.shapes import field_texts, summary
from weighin.requirements.declarations_format import (
    DeclarationsFile,
    DeclaredDistinct,
    DeclaredErrors,
    DeclaredFacts,
    DeclaredRelease,
    DeclaredSelection,
    DeclaredSentinel,
    DeclaredSignature,
    DeclaredTrajectories,
    DeclaredUnparsed,
)
from weighin.requirements.format import RequirementsFile, RuleEntry, RuleLevel
from weighin.requirements.model import BenchmarkRequirement, Endpoint, Model, Waiver
from weighin.requirements.profiles import available_profiles
from weighin.requirements.rules.shapes import RuleShape, shapes_by_name

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema: TypeAlias = dict[str, JsonValue]

_INNER_MODELS: tuple[type[BaseModel], ...] = (
    BenchmarkRequirement,
    Endpoint,
    Model,
    RuleEntry,
    Waiver,
)
_DECLARED: tuple[type[BaseModel], ...] = (
    DeclaredDistinct,
    DeclaredErrors,
    DeclaredFacts,
    DeclaredRelease,
    DeclaredSelection,
    DeclaredSentinel,
    DeclaredSignature,
    DeclaredTrajectories,
    DeclaredUnparsed,
)
_NULL: JsonValue = {"type": "null"}


def requirements_schema(known_rules: Sequence[RuleShape] = ()) -> Schema:
    """The JSON Schema (draft 2020-12) of the file that a user writes.

    Args:
        known_rules: The rules that can judge; their ids and parameters are then part of the
            schema. Without them any rule is accepted.
    """
    schema: Schema = RequirementsFile.model_json_schema()
    definitions = _mapping(schema["$defs"])
    for model in _INNER_MODELS:
        definitions[model.__name__] = _described(_mapping(definitions[model.__name__]), model)
    schema = _described(schema, RequirementsFile) | {"$defs": definitions}
    _mapping(definitions["Model"])["anyOf"] = [
        {"required": ["checkpoint"]},
        {"required": ["endpoint"]},
    ]
    _mapping(definitions["Endpoint"])["oneOf"] = [
        {"required": ["url"]},
        {"required": ["url_env"]},
    ]
    properties = _mapping(schema["properties"])
    _mapping(properties["profile"])["enum"] = list(available_profiles())
    if known_rules:
        shapes = shapes_by_name(known_rules)
        _mapping(properties["rules"]).update(_rules(shapes))
        waiver = _mapping(_mapping(definitions["Waiver"])["properties"])
        _mapping(waiver["rule"])["enum"] = list(shapes)
    return {"$schema": SCHEMA_DIALECT, **schema, "title": "weighin requirements"}


def declarations_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a file that declares facts about a model."""
    schema: Schema = DeclarationsFile.model_json_schema()
    definitions = _mapping(schema["$defs"])
    for model in _DECLARED:
        definitions[model.__name__] = _described(_mapping(definitions[model.__name__]), model)
    facts = _mapping(definitions[DeclaredFacts.__name__])
    facts["minProperties"] = 1
    # The one fact of which it says something that there is none.
    public_url = _mapping(_mapping(facts["properties"])["public_url"])
    public_url["anyOf"] = [{"type": public_url.pop("type")}, _NULL]
    schema = _described(schema, DeclarationsFile) | {"$defs": definitions}
    return {"$schema": SCHEMA_DIALECT, **schema, "title": "weighin declarations"}


def _mapping(value: JsonValue) -> Schema:
    if not isinstance(value, dict):
        raise TypeError(f"expected a schema that is a mapping, found {type(value).__name__}")
    return value


def _described(schema: Schema, model: type[BaseModel]) -> Schema:
    """The schema of a model with the words of its docstring, and without `null`."""
    texts = field_texts(model)
    properties: Schema = {}
    for name, found in _mapping(schema["properties"]).items():
        field = _without_null(_mapping(found))
        field.pop("title", None)
        # A file leaves a key out where Python says None.
        text = re.sub(r"(^|\. )`None`", r"\1No value", texts[name]).replace("`None`", "no value")
        properties[name] = field | {"description": text}
    return schema | {"description": summary(model), "properties": properties}


def _without_null(schema: Schema) -> Schema:
    """The schema without the branch for an absent value: a file leaves the key out instead."""
    branches = schema.get("anyOf")
    if not isinstance(branches, list) or _NULL not in branches:
        return dict(schema)
    kept = [branch for branch in branches if branch != _NULL]
    rest = {name: value for name, value in schema.items() if name not in {"anyOf", "default"}}
    return rest | (_mapping(kept[0]) if len(kept) == 1 else {"anyOf": kept})


def _rules(shapes: Mapping[str, RuleShape]) -> Schema:
    level: Schema = TypeAdapter(RuleLevel).json_schema()
    rules: Schema = {}
    for name, shape in shapes.items():
        parameters = {key: _parameter(value) for key, value in shape.parameters.items()}
        entry: Schema = {
            "type": "object",
            "properties": {"level": level, **parameters},
            "additionalProperties": False,
        }
        rules[name] = {"anyOf": [level, entry]}
    return {"properties": rules, "additionalProperties": False}


def _parameter(annotation: object) -> JsonValue:
    adapter: TypeAdapter[object] = TypeAdapter(
        cast("type[object]", annotation), config=ConfigDict(strict=True)
    )
    return adapter.json_schema()
