"""What is printed, and the report files."""

import json
from pathlib import Path

import jsonschema
import junitparser
import pytest

pytestmark = pytest.mark.model

FORMATS = {"--json-file": "a.json", "--junit": "a.xml", "--markdown": "a.md", "--text": "a.txt"}


@pytest.mark.parametrize("command", ["check", "run"])
def test_json_on_standard_output_is_one_document_of_the_published_schema(
    weighin, recorded, command
):
    where = [recorded.results] if command == "check" else ["--results", recorded.results]
    told = weighin(command, recorded.requirements, *where, "--json")
    schema = json.loads(weighin("schema", "verdict").output)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(told.output), schema)
    assert told.output.endswith("}\n")


def test_json_of_a_run_that_scores_is_all_there_is_on_standard_output(weighin, recorded, tmp_path):
    told = weighin("run", recorded.requirements, "--results", tmp_path / "new", "--json")
    assert json.loads(told.output)["outcome"] == "met"
    assert all(line.startswith("weighin: ") for line in told.errors.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "{requirements}", "{results}"],
        ["check", "{requirements}", "{results}", "--verbose"],
        ["explain"],
        ["explain", "same-weights"],
        ["schema"],
        ["fingerprint", "{checkpoint}"],
        ["--help"],
        ["run", "--help"],
    ],
)
def test_output_ends_with_one_newline(weighin, recorded, tiny_checkpoint, arguments):
    names = {
        "requirements": recorded.requirements,
        "results": recorded.results,
        "checkpoint": tiny_checkpoint,
    }
    told = weighin(*(argument.format_map(names) for argument in arguments))
    assert told.code == 0
    assert told.output.endswith("\n")
    assert told.errors == ""


def test_every_report_file_is_written_whole_and_nothing_else(weighin, recorded, tmp_path):
    folder = tmp_path / "reports" / "new"
    options = [part for option, name in FORMATS.items() for part in (option, folder / name)]
    told = weighin("check", recorded.requirements, recorded.results, *options)
    assert told.code == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(FORMATS.values())
    assert json.loads((folder / "a.json").read_text())["outcome"] == "met"
    assert len(junitparser.JUnitXml.fromfile(str(folder / "a.xml"))) > 0
    assert "MET" in (folder / "a.txt").read_text()
    assert all((folder / name).read_text().endswith("\n") for name in FORMATS.values())


def test_a_report_replaces_the_one_of_the_last_time_at_once(weighin, recorded, tmp_path):
    report, reader = tmp_path / "a.json", tmp_path / "opened"
    report.write_text("old")
    reader.symlink_to(report)
    with report.open() as opened_before:
        weighin("check", recorded.requirements, recorded.results, "--json-file", reader)
        assert opened_before.read() == "old"
    assert json.loads(report.read_text())["outcome"] == "met"
    assert reader.is_symlink()


def test_a_report_into_a_device_leaves_the_device(weighin, recorded):
    told = weighin("check", recorded.requirements, recorded.results, "--json-file", "/dev/null")
    assert told.code == 0
    assert Path("/dev/null").is_char_device()
