import csv
import json

import pytest

from weighin.cli.application import run_application

CARD = """\
weighin_scorecard: 1
title: a card
unit: percent
sources:
  card: {title: model card, date: 2025-04-05}
  rerun: {title: a re-run}
artifacts:
  - {name: m, checkpoint: "hf://org/m@%s"}
numbers:
""" % ("a" * 40)  # braces are YAML
NUMBER = (
    "  - {{artifact: m, source: card, benchmark: GPQA Diamond, printed: {}, "
    "protocol: {{passes: {}}}}}\n"
)


@pytest.fixture
def scorecard(tmp_path, monkeypatch, capsys):
    """Runs the command on a card of some numbers; its exit code and what it prints."""

    def run(numbers, *options):
        path = tmp_path / "card.yaml"
        path.write_text(CARD + numbers)
        monkeypatch.setattr("sys.argv", ["weighin", "scorecard", str(path), *options])
        code = run_application()
        return code, capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        (NUMBER.format("50.5", 1), 0),
        (NUMBER.format("57.2", 1), 10),
        (NUMBER.format("57.2", "several"), 11),
        (NUMBER.format("57.2", "null"), 11),
    ],
)
def test_the_exit_code_is_of_the_firmest_word(scorecard, numbers, code):
    assert scorecard(numbers)[0] == code


def test_a_card_on_which_nothing_can_be_tested_is_undecided(scorecard):
    numbers = (
        "  - {artifact: m, source: rerun, role: rerun, benchmark: Unheard Of, printed: 57.2}\n"
    )
    assert scorecard(numbers)[0] == 11


def test_the_sentence_stands_first_then_the_arithmetic_then_what_settles_it(scorecard):
    told = scorecard(NUMBER.format("57.2", 1))[1].out
    assert (
        0
        < told.index("is impossible in one pass")
        < told.index("113/198 = 57.07 %")
        < told.index("would help")
    )


def test_no_report_speaks_of_motives(scorecard, tmp_path):
    report = tmp_path / "report.md"
    for options in (("--verbose",), ("--json",), ("--markdown", str(report))):
        told = scorecard(NUMBER.format("57.2", 1), *options)[1].out + (
            report.read_text() if report.exists() else ""
        )
        assert not [w for w in ("fraud", "cheat", "fake", "lie ", "manipul") if w in told.lower()]


def test_json_holds_every_finding_with_its_numbers(scorecard):
    read = json.loads(scorecard(NUMBER.format("57.2", 1), "--json")[1].out)
    assert read["worst"] == "IMPOSSIBLE"
    finding = next(f for f in read["findings"] if f["check"] == "attainable-score")
    assert [n["printed"] for n in finding["numbers"]] == ["57.2"]


def test_markdown_is_written_beside_the_report(scorecard, tmp_path):
    report = tmp_path / "report.md"
    scorecard(NUMBER.format("57.2", 1), "--markdown", str(report))
    lines = report.read_text().splitlines()
    assert lines[0] == "# a card, checked"
    assert "## IMPOSSIBLE" in lines


def test_a_margin_that_makes_no_sense_is_refused(scorecard):
    code, told = scorecard(NUMBER.format("50.5", 1), "--margin", "0")
    assert code == 2
    assert "expected a margin above 0" in told.err


def test_a_unit_that_does_not_exist_is_refused(scorecard):
    code, told = scorecard(NUMBER.format("50.5", 1), "--unit", "feet")
    assert code == 2
    assert "expected a unit of percent, share, rating, other" in told.err


def test_where_nothing_speaks_against_it_there_is_no_tick_and_no_met(scorecard):
    numbers = NUMBER.format("50.5", 1) + (
        "  - {artifact: m, source: rerun, benchmark: Unheard Of, printed: 57.2}\n"
    )
    for options in ((), ("--verbose",), ("--brief",), ("--format", "markdown")):
        code, told = scorecard(numbers, *options)
        assert code == 0
        said = "nothing speaks against it: 1 of 2 numbers could be tested, 1 could not"
        assert said in " ".join(told.out.split())
        assert "✓" not in told.out
        assert " met" not in told.out


def test_every_finding_stands_in_the_table_that_was_asked_for(scorecard, tmp_path):
    scorecard(NUMBER.format("57.2", 1), "--csv", str(tmp_path / "findings.csv"))
    rows = list(csv.DictReader((tmp_path / "findings.csv").read_text().splitlines()))
    (row,) = [r for r in rows if r["word"] == "IMPOSSIBLE"]
    assert (row["check"], row["printed"]) == ("attainable-score", "57.2")


def test_many_numbers_of_one_kind_are_a_line_with_their_count(tmp_path, monkeypatch, capsys):
    table = tmp_path / "table.csv"
    rows = "".join(f"m{i},57.2\n" for i in range(40))
    table.write_text(f"Model,GPQA Diamond (%)\n{rows}")
    monkeypatch.setattr("sys.argv", ["weighin", "scorecard", str(table), "--unit", "percent"])
    assert run_application() == 11
    told = " ".join(capsys.readouterr().out.split())
    assert "40 numbers of 40 names are impossible in one pass over 198 documents" in told
    assert told.count("57.2") < 10
