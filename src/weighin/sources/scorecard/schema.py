"""The JSON Schema of a scorecard file, with which editors complete and check it."""

from collections.abc import Iterator
from typing import TypeAlias

from pydantic import BaseModel, JsonValue

from weighin.evidence.scorecard import Protocol, Source
from weighin.files.strict_model import StrictModel
from weighin.files.yaml.shapes import field_texts, summary
from weighin.sources.scorecard.format import (
    ArtifactEntry,
    ColumnEntry,
    JoinedEntry,
    NumberEntry,
    RowEntry,
    ScorecardDocument,
    TableEntry,
)

Schema: TypeAlias = dict[str, JsonValue]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MODELS: tuple[type[BaseModel], ...] = (
    ArtifactEntry, ColumnEntry, JoinedEntry, NumberEntry, Protocol, RowEntry, Source, TableEntry,
)  # fmt: skip
# Written as they are printed, without quotes: YAML takes them for numbers.
_PRINTED = frozenset({"printed", "standard_error"})
_NUMBER: JsonValue = {"type": "number"}


def scorecard_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of the file that a user writes."""
    schema: Schema = ScorecardDocument.model_json_schema()
    definitions = _mapping(schema["$defs"])
    for model in _MODELS:
        definitions[model.__name__] = _described(_mapping(definitions[model.__name__]), model)
    schema = _described(schema, ScorecardDocument) | {"$defs": definitions}
    return {"$schema": _DIALECT, **schema, "title": "weighin scorecard"}


def _mapping(value: JsonValue) -> Schema:
    if not isinstance(value, dict):
        raise TypeError(f"expected a schema that is a mapping, found {type(value).__name__}")
    return value


def _described(schema: Schema, model: type[BaseModel]) -> Schema:
    """The schema of a model with the words of its docstring, and of those it builds upon."""
    texts = {name: text for base in _bases(model) for name, text in field_texts(base).items()}
    properties: Schema = {}
    for name, found in _mapping(schema["properties"]).items():
        field = dict(_mapping(found))
        field.pop("title", None)
        if name in _PRINTED:
            field = {"anyOf": [*_branches(field), _NUMBER]}
        elif name == "values":
            items = _mapping(field["items"])
            field["items"] = {"anyOf": [*_branches(items), _NUMBER]}
        elif name == "interval":
            field = {"type": "array", "minItems": 2, "maxItems": 2}
        properties[name] = field | {"description": texts[name]}
    return schema | {"description": summary(model), "properties": properties}


def _bases(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and those it builds upon, the most general first."""
    return (b for b in reversed(model.__mro__) if issubclass(b, StrictModel) and b != StrictModel)


def _branches(field: Schema) -> list[JsonValue]:
    branches = field.get("anyOf")
    return list(branches) if isinstance(branches, list) else [dict(field)]
