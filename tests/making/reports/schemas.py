"""The published schemas. `python -m tests.making.reports.schemas` writes them anew."""

from pathlib import Path

from tests.making.places import DOCS

from weighin.reports.documents.document import Document
from weighin.reports.documents.schemas import schema_text

FOLDER = DOCS / "schemas"


def published(document: Document) -> Path:
    return FOLDER / f"{document}.schema.json"


if __name__ == "__main__":
    for document in Document:
        published(document).write_text(schema_text(document), "utf-8")
