"""Options in the environment: where things lie and how it is told, never what is judged."""

import json
import shutil
from pathlib import Path

import pytest
import typer.main
from tests.making.places import DOCS, EVIDENCE_OF_V1

from weighin.cli.application import app
from weighin.cli.environment import VARIABLES, read_environment

REQUIREMENTS, MET, VIOLATED = (
    EVIDENCE_OF_V1 / name for name in ("requirements.yaml", "met", "violated")
)
OPTIONS = {
    (name, option)
    for name, command in typer.main.get_command(app).commands.items()
    for parameter in command.params
    for option in parameter.opts
    if option.startswith("--")
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch):
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


def test_no_two_options_share_a_variable():
    assert len(set(VARIABLES.values())) == len(VARIABLES)


@pytest.mark.parametrize("option", VARIABLES)
def test_every_variable_stands_in_the_documentation_and_in_the_help(weighin, option):
    assert f"`{VARIABLES[option]}`" in (DOCS / "running.md").read_text()
    command = next((name for name, known in sorted(OPTIONS) if known == option), None)
    if command is not None:
        assert VARIABLES[option] in weighin(command, "--help").output


def test_no_other_option_is_read_from_a_variable():
    for command in typer.main.get_command(app).commands.values():
        read_environment(command)
        for parameter in command.params:
            assert (parameter.envvar is None) == VARIABLES.keys().isdisjoint(parameter.opts)


def test_a_check_looks_where_the_results_are_said_to_be(weighin, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEIGHIN_RESULTS", str(MET))
    assert weighin("check", REQUIREMENTS).code == 0
    assert weighin("check", REQUIREMENTS, VIOLATED).code == 10
    monkeypatch.setenv("WEIGHIN_RESULTS", "")
    assert "nothing was judged" in weighin("check", REQUIREMENTS).output


def test_a_command_writes_where_the_results_are_said_to_be(weighin, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(MET, tmp_path / "there")
    job = next((tmp_path / "there").rglob("record.json")).parent.parent.name
    monkeypatch.setenv("WEIGHIN_RESULTS", str(tmp_path / "there"))
    assert weighin("retire", job, "--reason", "r").code == 0
    assert list(tmp_path.iterdir()) == [tmp_path / "there"]


def test_formats_are_separated_by_spaces_and_what_is_typed_goes_before(weighin, monkeypatch):
    monkeypatch.chdir(REQUIREMENTS.parent)
    monkeypatch.setenv("WEIGHIN_FORMAT", "json markdown=/dev/null")
    assert json.loads(weighin("check", REQUIREMENTS, MET).output)["outcome"] == "met"
    assert weighin("check", REQUIREMENTS, MET, "--format", "text").output.startswith("✓ MET")


def test_an_error_is_told_in_the_format_of_the_environment(weighin, monkeypatch):
    monkeypatch.setenv("WEIGHIN_FORMAT", "json")
    for line in (("check", "gone.yaml", MET), ("check", "--no-such-option"), ("chek",)):
        assert json.loads(weighin(*line).output)["format"] == "weighin.error/1"


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("WEIGHIN_QUIET", "perhaps", "WEIGHIN_QUIET"),
        ("WEIGHIN_FORMAT", "pdf", "--format, of WEIGHIN_FORMAT: expected one of"),
    ],
)
def test_a_wrong_value_is_told_with_its_variable(weighin, monkeypatch, variable, value, says):
    monkeypatch.setenv(variable, value)
    told = weighin("check", REQUIREMENTS, MET)
    assert (told.code, told.output) == (2, "")
    assert says in told.errors


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_an_empty_variable_is_none(weighin, monkeypatch, value):
    monkeypatch.setenv("WEIGHIN_QUIET", value)
    assert weighin("check", REQUIREMENTS, MET).output != ""
    monkeypatch.setenv("WEIGHIN_QUIET", "1")
    assert weighin("check", REQUIREMENTS, MET).output == ""


@pytest.mark.parametrize("option", ["EXIT_ZERO", "NO_WAIVERS", "FAIL_ON", "ONLY", "SET", "ALL"])
def test_no_variable_makes_a_gate_pass(weighin, monkeypatch, option):
    before = weighin("check", REQUIREMENTS, VIOLATED)
    for value in ("1", "violated", "waived"):
        monkeypatch.setenv(f"WEIGHIN_{option}", value)
        monkeypatch.setenv(f"WEIGHIN_CHECK_{option}", value)
        assert weighin("check", REQUIREMENTS, VIOLATED) == before
    assert before.code == 10


def test_what_is_to_be_typed_again_names_what_was_not(weighin, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("weighin.yaml").write_text(REQUIREMENTS.read_text())
    monkeypatch.setenv("WEIGHIN_RESULTS", str(MET))
    told = weighin("check", "--format", "html")
    assert f"weighin check weighin.yaml {MET}" in told.output


def test_a_report_names_the_variable_that_decided_where_the_evidence_lies(
    weighin, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEIGHIN_RESULTS", str(MET))
    told = f"the evidence is that of {MET}, which WEIGHIN_RESULTS names"
    assert told in weighin("check", REQUIREMENTS).output
    assert "WEIGHIN_RESULTS" not in weighin("check", REQUIREMENTS, VIOLATED).output
    monkeypatch.delenv("WEIGHIN_RESULTS")
    assert "WEIGHIN_RESULTS" not in weighin("check", REQUIREMENTS, MET).output
