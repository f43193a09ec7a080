"""The published schemas are those that the command prints, of every document."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.making.places import DOCS, ROOT
from tests.making.reports.schemas import FOLDER, published
from weighin.reports.documents.document import Document
from weighin.reports.documents.schemas import WRITTEN, schema_of, schema_text
from weighin.reports.shared.json_schema import format_of

REQUIREMENTS = published(Document.REQUIREMENTS)
# Documents of formats that are no longer written.
OLD = {
    f"{name}.schema.json"
    for name in ("plan-report-1", "scorecard-report-2", "verdict-1", "verification-1")
}

EVERY = pytest.mark.parametrize("document", Document)
EVERY_WRITTEN = pytest.mark.parametrize("document", WRITTEN)
EVERY_PUBLISHED = pytest.mark.parametrize(
    "path", sorted(FOLDER.iterdir()), ids=lambda path: path.name
)


@EVERY
def test_the_published_schema_is_current(document: Document) -> None:
    assert published(document).read_text("utf-8") == schema_text(document), (
        "run: python -m tests.making.reports.schemas"
    )


def test_nothing_else_is_published() -> None:
    names = {published(document).name for document in Document}
    assert {path.name for path in FOLDER.iterdir()} == names | OLD


@EVERY_PUBLISHED
def test_the_published_schema_is_a_schema(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    assert schema["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    jsonschema.Draft202012Validator.check_schema(schema)


@EVERY_WRITTEN
def test_a_schema_is_named_by_the_one_format_that_it_takes(document: Document) -> None:
    schema = schema_of(document)
    assert schema["$id"] == schema["properties"]["format"]["const"]


def test_no_two_documents_have_one_format() -> None:
    formats = [format_of(model) for model in WRITTEN.values()]
    assert sorted(set(formats)) == sorted(formats)


def test_the_page_on_reports_names_every_document_and_its_format() -> None:
    page = (DOCS / "reports.md").read_text("utf-8")
    named = dict(re.findall(r"^\| `([a-z-]+)` \| `(weighin\.[a-z-]+/\d+)` \|", page, re.MULTILINE))
    assert named == {str(document): format_of(model) for document, model in WRITTEN.items()}


@EVERY_WRITTEN
def test_every_key_is_required_and_no_other_is_allowed(document: Document) -> None:
    schema = schema_of(document)
    for shape in (schema, *schema.get("$defs", {}).values()):
        if shape.get("type") == "object":
            assert shape["additionalProperties"] is False
            assert set(shape["required"]) == set(shape["properties"])


@pytest.mark.parametrize("path", sorted(ROOT.glob("tasks/**/*requirements.yaml")), ids=str)
def test_shipped_requirements_files_satisfy_the_schema(path: Path) -> None:
    content = YAML(typ="safe").load(path)

    jsonschema.validate(content, json.loads(REQUIREMENTS.read_text()))
