"""What is printed, and the report files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import junitparser
import pytest

pytestmark = pytest.mark.model

FORMATS = {"--json-file": "a.json", "--junit": "a.xml", "--markdown": "a.md", "--text": "a.txt"}
TO_A_CLOSED_PIPE = """
import subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
process.stdout.close()
print(process.stderr.read(), process.wait())
"""


def command_line(*arguments: object, **redirected: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "weighin", *map(str, arguments)],
        text=True,
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **redirected},
    )


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


def test_an_output_that_nobody_reads_ends_with_75(recorded):
    arguments = ["-m", "weighin", "check", str(recorded.requirements), str(recorded.results)]
    done = subprocess.run(
        [sys.executable, "-c", TO_A_CLOSED_PIPE, sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "weighin: standard output: cannot write: broken pipe; nothing recorded is lost, read the "
        "output to its end or write it to a file\n 75\n"
    )


def test_an_output_onto_a_full_disk_ends_with_75(recorded):
    for arguments in (["check", recorded.requirements, recorded.results], ["--help"]):
        with Path("/dev/full").open("w") as full:
            told = command_line(*arguments, stdout=full)
        assert told.returncode == 75
        assert "Traceback" not in told.stderr
        assert "no space left on device" in told.stderr.lower()


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_stream_does_not_change_the_exit_code(recorded, closed):
    weighin = [sys.executable, "-m", "weighin", "check", recorded.requirements, recorded.results]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}>&-', "sh", *weighin],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_stream_that_carries_ascii_only_gets_ascii(recorded):
    told = subprocess.run(
        [sys.executable, "-m", "weighin", "check", recorded.requirements, recorded.results],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert told.returncode == 0
    assert told.stdout.decode("ascii").startswith("+ MET")
