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
        (NUMBER.format("57.2", "several"), 0),
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
