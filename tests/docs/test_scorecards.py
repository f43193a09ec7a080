"""The scorecard and the registry file that the documentation shows are read as it says."""

import json
import re
from pathlib import Path

import jsonschema
from ruamel.yaml import YAML

from tests.making.places import ROOT
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.reading import read_scorecard
from weighin.sources.scorecard.schema import scorecard_schema

SCHEMA = ROOT / "docs/schemas/scorecard.schema.json"
SCORECARD, REGISTRY = re.findall(
    r"```yaml\n(.*?)```", (ROOT / "docs/scorecards.md").read_text(), re.DOTALL
)


def test_the_scorecard_of_the_documentation_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scorecard.yaml"
    path.write_text(SCORECARD)

    scorecard = read_scorecard(path)

    assert [number.printed for number in scorecard.numbers] == ["73.40", "69.8", "1417"]
    assert scorecard.numbers[1].protocol.passes == "several"
    assert len(scorecard.joined) == 1


def test_the_scorecard_of_the_documentation_satisfies_the_schema() -> None:
    jsonschema.validate(YAML(typ="safe").load(SCORECARD), json.loads(SCHEMA.read_text()))


def test_the_registry_file_of_the_documentation_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "registry.yaml"
    path.write_text(REGISTRY)

    found = load_registry([path]).find("House Exam")

    assert found is not None
    assert found.documents == 30


def test_the_published_scorecard_schema_is_current() -> None:
    expected = json.dumps(scorecard_schema(), indent=2) + "\n"

    assert SCHEMA.read_text() == expected, (
        "run: ./run weighin schema scorecard > docs/schemas/scorecard.schema.json"
    )
