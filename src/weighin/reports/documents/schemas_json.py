"""The documents that have a schema, as one JSON document."""

from collections.abc import Mapping
from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.reports.documents.document import Document
from weighin.reports.shared.json_schema import format_of
from weighin.reports.shared.json_text import json_text

SCHEMAS_FORMAT: Final = "weighin.schemas/1"


class SchemaEntry(StrictModel):
    """A document that has a schema.

    Attributes:
        name: What `weighin schema` is asked for.
        document_format: What stands under `format` in it; `null` for a file that users write.
    """

    name: Document
    document_format: str | None


class SchemasDocument(StrictModel):
    """What `weighin schema` can print.

    Attributes:
        format: Always `weighin.schemas/1`.
        schemas: The documents.
    """

    format: Literal["weighin.schemas/1"]
    schemas: tuple[SchemaEntry, ...]


def render(written: Mapping[Document, type[StrictModel]]) -> str:
    """All documents, as one JSON document in ASCII, with a line break at the end.

    Args:
        written: The models of those that weighin writes.
    """
    return json_text(
        SchemasDocument(
            format=SCHEMAS_FORMAT,
            schemas=tuple(
                SchemaEntry(
                    name=document,
                    document_format=format_of(written[document]) if document in written else None,
                )
                for document in Document
            ),
        )
    )


def as_text(written: Mapping[Document, type[StrictModel]]) -> str:
    """The same for people, one a line."""
    width = max(map(len, Document))
    formats = {name: format_of(model) for name, model in written.items()}
    return "".join(
        f"{name:<{width}}  {formats.get(name, 'written by users')}\n" for name in Document
    )
