"""`weighin scorecard --svg`: plots beside the report, and never over other files."""

import re

import pytest

from weighin.cli.application import run_application

CARD = """\
weighin_scorecard: 1
title: a card
unit: percent
sources: {card: {title: model card}}
source: card
artifacts:
  - {name: m}
numbers:
  - {artifact: m, benchmark: GPQA Diamond, printed: PRINTED}
"""
MISFIT, FIT = "57.2", "50.5"


@pytest.fixture
def scorecard(tmp_path, monkeypatch, capsys):
    """Runs the command on a number; its exit code and what it prints."""
    monkeypatch.chdir(tmp_path)

    def run(printed, *options):
        (tmp_path / "card.yaml").write_text(CARD.replace("PRINTED", printed))
        monkeypatch.setattr("sys.argv", ["weighin", "scorecard", "card.yaml", *options])
        code = run_application()
        return code, capsys.readouterr()

    return run


def test_a_plot_is_written_into_a_new_folder(scorecard, tmp_path):
    code, told = scorecard(MISFIT, "--svg", "made/plots")
    (plot,) = (tmp_path / "made/plots").iterdir()
    assert plot.name == "attainable-1-gpqa-diamond-57-2.svg"
    assert plot.read_text().startswith("<svg ")
    assert (code, told.err) == (11, "")


def test_the_same_plots_may_be_written_again(scorecard, tmp_path):
    scorecard(MISFIT, "--svg", "plots")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "plots").iterdir()}
    assert scorecard(MISFIT, "--svg", "plots")[0] == 11
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "plots").iterdir()} == before


def test_another_file_is_not_overwritten(scorecard, tmp_path):
    (tmp_path / "plots").mkdir()
    mine = tmp_path / "plots/attainable-1-gpqa-diamond-57-2.svg"
    mine.write_text("mine")
    code, told = scorecard(MISFIT, "--svg", "plots")
    assert code == 2
    assert "give another folder with --svg or remove it" in told.err
    assert mine.read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_refused(scorecard, tmp_path):
    (tmp_path / "plots").write_text("mine")
    code, told = scorecard(MISFIT, "--svg", "plots")
    assert code == 2
    assert "give another folder with --svg" in told.err


def test_markdown_shows_the_plots_from_where_it_lies(scorecard, tmp_path):
    scorecard(MISFIT, "--svg", "my plots", "--markdown", "reports/card.md")
    report = tmp_path / "reports/card.md"
    (target,) = re.findall(r"!\[.* on GPQA Diamond: .*\]\((.*)\)", report.read_text())
    assert (report.parent / target.replace("%20", " ")).is_file()


def test_that_there_is_nothing_to_draw_is_told_beside_the_output(scorecard, tmp_path):
    code, told = scorecard(FIT, "--svg", "plots")
    assert code == scorecard(FIT)[0]
    assert "no plot" in told.err
    assert not (tmp_path / "plots").exists()
