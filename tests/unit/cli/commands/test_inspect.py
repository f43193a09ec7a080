"""`weighin inspect`: what was recognised, and what would have recorded the rest."""

import json

import pytest
from tests.making.logs.lm_eval import COMMIT, modern, of_2022, written


@pytest.fixture
def logs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(modern(), tmp_path / "logs")
    return tmp_path / "logs"


def test_every_row_stands_with_its_score(weighin, logs):
    told = weighin("inspect", logs)
    assert told.code == 0
    assert "1 file recognised · 1 row of 1 model" in told.output
    assert "lm-eval results" in told.output
    assert "0.5000 ± 0.0100" in told.output


def test_every_facet_has_its_grade_and_the_missing_ones_a_way_out(weighin, logs):
    told = weighin("inspect", logs, "--json")
    (file,) = json.loads(told.output)["files"]
    facets = {entry["facet"]: entry for entry in file["facets"]}
    assert len(facets) == 15
    assert facets["weights"]["grade"] == "declared"
    assert COMMIT[:12] in facets["weights"]["summary"]
    absent = [entry for entry in facets.values() if entry["applies"] and entry["grade"] == "absent"]
    assert absent
    assert all("weighin run" in entry["how_to_record"] for entry in absent)


def test_flag_that_would_have_recorded_the_dtype_is_named(weighin, tmp_path):
    told = weighin("inspect", written(of_2022(), tmp_path))
    assert "--model_args dtype=bfloat16" in " ".join(told.output.split())


def test_files_that_cannot_be_read_are_told_with_reasons_and_exit_3(weighin, logs):
    (logs / "odd.json").write_text("{}")
    told = weighin("inspect", logs)
    assert told.code == 3
    assert "1 file cannot be read" in told.output
    assert "odd.json: expected results of a known format, found {}" in " ".join(told.output.split())


def test_what_cannot_be_read_is_named_and_no_failure_if_the_user_says_so(weighin, logs):
    (logs / "odd.json").write_text("{}")
    told = weighin("inspect", logs, "--skip-unreadable")
    assert told.code == 0
    assert "1 file cannot be read" in told.output
    assert "odd.json" in told.output


def test_the_list_is_complete_as_json_and_bounded_for_people(weighin, tmp_path):
    for number in range(40):
        (tmp_path / f"{number}.json").write_text("{}")
    assert len(json.loads(weighin("inspect", tmp_path, "--json").output)["unread"]) == 40
    assert "and 25 more, which --verbose and --json name" in weighin("inspect", tmp_path).output


def test_many_files_are_summed_up_on_top(weighin, tmp_path):
    for number in range(12):
        written(modern(model_name=f"model-{number}"), tmp_path / str(number))
    told = weighin("inspect", tmp_path).output
    assert told.splitlines()[0] == "12 files recognised · 12 rows of 12 models"
    assert "4 further files" in told


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(weighin, logs, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = weighin("inspect", logs.relative_to(logs.parent)).output.splitlines()
    assert max(map(len, lines)) <= columns


def test_piped_output_holds_no_colour(weighin, logs):
    assert "\x1b" not in weighin("inspect", logs).output


def test_foreign_text_cannot_command_the_terminal(weighin, tmp_path):
    written(modern(model_name="a\x1b[31mb"), tmp_path)
    assert "\x1b" not in weighin("inspect", tmp_path).output


@pytest.mark.model
def test_records_of_weighin_are_shown_too(weighin, recorded):
    told = weighin("inspect", recorded.results)
    assert told.code == 0
    assert "weighin record: 2 files, 2 rows" in told.output
    assert "measured" in told.output


def test_a_folder_in_which_nothing_is_a_log_ends_with_3(weighin, tmp_path):
    for name in ("", "README.md"):
        if name:
            (tmp_path / name).write_text("# nothing\n")
        told = weighin("inspect", tmp_path)
        assert told.code == 3
        assert told.errors == f"weighin: {tmp_path}: expected logs or records, found none\n"
        assert json.loads(weighin("inspect", tmp_path, "--json").output)["files"] == []
