"""`weighin export` on the command line."""

import csv
from pathlib import Path

from tests.making.logs.inspect import document, written


def test_a_table_is_printed_where_no_place_is_given(weighin, tmp_path: Path):
    told = weighin("export", written(document(), tmp_path), "--to", "csv")
    (row,) = csv.DictReader(told.output.splitlines())
    assert (told.code, row["benchmark"], row["value"]) == (0, "capitals", "0.75")


def test_written_files_are_named(weighin, tmp_path: Path):
    log, out = written(document(), tmp_path), tmp_path / "out"
    told = weighin("export", log, "--to", "eee", "--into", out)
    (file,) = out.rglob("*.json")
    assert (told.code, told.output) == (0, f"wrote {file}\n")
    again = weighin("export", log, "--to", "eee", "--into", out)
    assert (again.code, again.output) == (0, f"unchanged {file}\n")


def test_what_was_left_out_is_said_on_standard_error(weighin, tmp_path: Path):
    log = document()
    log["eval"]["dataset"]["location"] = "questions.json"
    told = weighin("export", written(log, tmp_path), "--to", "hf-eval-results", "--into", tmp_path)
    assert "left out: 1; the format needs the dataset's id" in told.errors


def test_a_place_that_is_taken_is_a_usage_error(weighin, tmp_path: Path):
    place = tmp_path / "scores.csv"
    place.write_text("mine\n")
    told = weighin("export", written(document(), tmp_path), "--to", "csv", "--into", place)
    assert told.code == 2
    assert "nothing is overwritten" in told.errors


def test_several_files_are_not_printed(weighin, tmp_path: Path):
    other = document()
    other["eval"]["task"] = "rivers"
    logs = written(document(), tmp_path), written(other, tmp_path, "other.json")
    told = weighin("export", *logs, "--to", "eee")
    assert (told.code, told.output) == (2, "")
    assert "give a folder with --into" in told.errors
