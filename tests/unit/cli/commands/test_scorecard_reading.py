"""`weighin scorecard --show-reading`, its corrections, and what is told of what was passed over."""

import json

import jsonschema
from tests.making.reports.schemas import published
from typer.testing import CliRunner

from weighin.cli.application import app
from weighin.errors import UsageError
from weighin.reports.documents.document import Document

TABLE = """| Model | Params | MMLU | GSM8K |
|---|---|---|---|
| A | 7B | 57.2 | ~60 |
| B | 8B | 58.1 | 61.3 |
"""


def told(*arguments: object, piped: str | None = None):
    return CliRunner().invoke(app, ["scorecard", *map(str, arguments)], input=piped)


def test_a_reading_is_printed_cell_by_cell_and_nothing_is_judged(tmp_path):
    path = tmp_path / "card.md"
    path.write_text(TABLE)
    done = told(path, "--show-reading")
    assert done.exit_code == 0
    assert "models are rows, benchmarks columns" in " ".join(done.stdout.split())
    assert "57.2" in done.stdout
    assert "~60 is no exact number" in done.stdout
    assert "column 'Params': sizes" in done.stdout
    assert "IMPOSSIBLE" not in done.stdout


def test_a_reading_as_json_satisfies_its_schema(tmp_path):
    path = tmp_path / "card.md"
    path.write_text(TABLE)
    document = json.loads(told(path, "--show-reading", "--json").stdout)
    jsonschema.validate(document, json.loads(published(Document.SCORECARD_READING).read_text()))
    (table,) = document["files"][0]["tables"]
    assert [cell["printed"] for cell in table["cells"]] == ["57.2", "58.1", "61.3"]
    assert {over["what"] for over in table["passed_over"]} == {"column", "cell"}


def test_what_was_passed_over_is_named_beside_a_judgement(tmp_path):
    path = tmp_path / "card.md"
    path.write_text(TABLE)
    done = told(path, "--brief")
    assert "passed over: line 1: column 'Params': sizes" in done.stderr
    assert "passed over: line 3, cell 4: cell: ~60 is no exact number" in done.stderr


def test_a_table_is_piped_in_and_corrected():
    piped = "a,b\nc,57.2\n"
    options = ["--column", "a=model", "--column", "b=MMLU", "--unit", "percent", "--model", "c=C"]
    done = told("-", "--show-reading", "--json", *options, piped=piped)
    (cell,) = json.loads(done.stdout)["files"][0]["tables"][0]["cells"]
    assert (cell["model"], cell["benchmark"], cell["unit"]) == ("C", "MMLU", "percent")
    refused = told("-", piped=piped).exception
    assert isinstance(refused, UsageError)
    assert "--column" in str(refused)
