"""The published schemas are those that the commands print."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.making.places import ROOT
from weighin.requirements.schema import declarations_schema, requirements_schema
from weighin.rules.catalogue import rule_shapes

SCHEMA = ROOT / "docs/schemas/requirements.schema.json"
DECLARATIONS = ROOT / "docs/schemas/declarations.schema.json"


def test_the_published_requirements_schema_is_current() -> None:
    expected = json.dumps(requirements_schema(rule_shapes()), indent=2) + "\n"

    assert SCHEMA.read_text() == expected, (
        "run: ./run weighin schema > docs/schemas/requirements.schema.json"
    )


def test_the_published_declarations_schema_is_current() -> None:
    expected = json.dumps(declarations_schema(), indent=2) + "\n"

    assert DECLARATIONS.read_text() == expected, (
        "run: ./run weighin schema declarations > docs/schemas/declarations.schema.json"
    )


@pytest.mark.parametrize("path", sorted(ROOT.glob("tasks/**/*requirements.yaml")), ids=str)
def test_shipped_requirements_files_satisfy_the_schema(path: Path) -> None:
    content = YAML(typ="safe").load(path)

    jsonschema.validate(content, json.loads(SCHEMA.read_text()))
