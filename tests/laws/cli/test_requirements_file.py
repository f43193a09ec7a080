"""The requirements file that a command is not given: `weighin.yaml` of the current folder."""

import json
from pathlib import Path

import pytest

GOOD = "weighin: 1\nmodel: {name: m, checkpoint: weights}\nbenchmarks: [{task: a}, {task: b}]\n"
COMMANDS = (
    ("run",),
    ("plan",),
    ("check",),
    ("submit", "--slurm", "--print-script", "--results", "kept"),
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, empty, in one that has a `weighin.yaml`."""
    (tmp_path / "weighin.yaml").write_text(GOOD)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_nothing_is_taken_from_a_folder_above(weighin, folder, command):
    told = weighin(*command)
    assert (told.code, told.output) == (2, "")
    assert "there is no weighin.yaml in this folder; name one, or write one" in told.errors
    assert "weighin init" in told.errors
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_the_one_of_this_folder_is_read(weighin, folder, command):
    (folder / "weighin.yaml").write_text("weighin: 1\nmodle: {}\n")
    told = weighin(*command)
    assert told.code == 3
    assert "weighin.yaml:2:1: modle: unknown key; did you mean model?" in told.errors


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_a_link_that_leads_nowhere_is_not_taken_for_none(weighin, folder, command):
    (folder / "weighin.yaml").symlink_to("gone.yaml")
    told = weighin(*command)
    assert told.code == 3
    assert "weighin.yaml: no such file" in told.errors


def test_a_check_says_which_file_it_judged_by(weighin, folder):
    (folder / "weighin.yaml").write_text(GOOD)
    (folder / "results").mkdir()
    told = weighin("check")
    assert told.code == 11
    assert "weighin.yaml" in told.output
    assert json.loads(weighin("check", "--json").output)["requirements"]["file"] == "weighin.yaml"


def test_a_file_that_is_named_goes_before_the_one_that_lies_here(weighin, folder):
    (folder / "weighin.yaml").write_text("no requirements\n")
    (folder / "other.yaml").write_text(GOOD)
    assert "other.yaml is valid" in weighin("check", "other.yaml").output


@pytest.mark.usefixtures("folder")
def test_an_error_about_it_is_told_in_the_formats_that_were_asked_for(weighin):
    told = weighin("check", "--format", "json", "--junit", "report.xml")
    assert json.loads(told.output)["exit_code"] == 2
    assert "there is no weighin.yaml in this folder" in Path("report.xml").read_text()
