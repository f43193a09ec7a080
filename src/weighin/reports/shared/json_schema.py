"""The JSON Schema of a document that weighin writes."""

from typing import Final, TypeAlias, get_args

from pydantic import JsonValue

from weighin.files.strict_model import StrictModel

Schema: TypeAlias = dict[str, JsonValue]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def document_schema(document: type[StrictModel]) -> Schema:
    """The JSON Schema (2020-12) of a document, named by its format.

    Args:
        document: Its model; its field `format` can be one text only.

    Raises:
        TypeError: It has no such field.
    """
    return {
        "$schema": _DIALECT,
        "$id": format_of(document),
        **document.model_json_schema(mode="serialization"),
    }


def format_of(document: type[StrictModel]) -> str:
    """The one format of a document, for example `weighin.verdict/2`.

    Raises:
        TypeError: Its field `format` is none, or can be more than one text.
    """
    field = document.model_fields.get("format")
    values = get_args(field.annotation) if field is not None else ()
    match values:
        case (str(only),):
            return only
        case _:
            raise TypeError(f"{document.__name__}: expected a format of one text, found {values}")
