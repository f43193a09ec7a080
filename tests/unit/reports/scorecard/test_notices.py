"""Notices of a scorecard: a level for each word, at the line of the number."""

from pathlib import Path

import pytest

import weighin
from weighin.evidence.benchmarks import BenchmarkRegistry
from weighin.evidence.scorecard import Scorecard
from weighin.reports.scorecard.notices import scorecard_notices
from weighin.rules.interface import Level, Outcome
from weighin.rules.scorecard.interface import (
    ScorecardCase,
    ScorecardFinding,
    ScorecardReport,
    Word,
)

CARD = """\
weighin_scorecard: 1
title: a card
unit: percent
sources: {card: {title: model card, url: "https://example.org"}}
source: card
artifacts: [{name: m}]
numbers:
  - {artifact: m, benchmark: GPQA Diamond, printed: 57.2}
  - artifact: m
    benchmark: GPQA Diamond
    printed: 69.8
"""
FILE = Scorecard(title="a card", file="card.yaml", sha256="a" * 64, artifacts=(), numbers=())


def report(*words):
    case = ScorecardCase(scorecards=(FILE,), registry=BenchmarkRegistry(benchmarks=()))
    findings = (
        ScorecardFinding(word=word, statement=f"number {n}") for n, word in enumerate(words)
    )
    return ScorecardReport(case=case, findings=tuple(("attainable-score", f) for f in findings))


def read(tmp_path: Path, text: str = CARD, name: str = "card.yaml"):
    path = tmp_path / name
    path.write_text(text)
    return weighin.scorecard([path]), str(path)


@pytest.mark.parametrize(
    ("word", "level"),
    [
        (Word.IMPOSSIBLE, Level.ERROR),
        (Word.DIFFERENT_ARTIFACT, Level.ERROR),
        (Word.OVERSTATED, Level.ERROR),
        (Word.UNDECLARED, Level.WARNING),
        (Word.UNUSUAL, Level.WARNING),
        (Word.UNRESOLVED, Level.WARNING),
    ],
)
def test_a_word_has_a_level_and_is_said_first(word, level):
    found = scorecard_notices(report(word, Word.CONSISTENT))
    (notice,) = (n for n in found.notices if not n.is_answer)
    assert (notice.level, notice.sentence) == (level, f"{word}: number 0")


@pytest.mark.parametrize("word", [Word.VOID, Word.CONSISTENT])
def test_what_says_nothing_against_a_number_is_no_notice(word):
    found = scorecard_notices(report(word, Word.CONSISTENT))
    assert found.notices == ()
    assert [passed.is_judged for passed in found.passed] == [word is Word.CONSISTENT, True]


@pytest.mark.parametrize("words", [(), (Word.VOID,), (Word.UNDECLARED,), (Word.UNRESOLVED,)])
def test_a_scorecard_that_is_not_met_has_an_error(words):
    found = scorecard_notices(report(*words))
    assert (found.outcome, found.exit_code) == (Outcome.UNDECIDED, 11)
    (answer,) = (n for n in found.notices if n.level is Level.ERROR)
    assert (answer.is_answer, answer.place.file, answer.place.line) == (True, "card.yaml", 1)


def test_the_firmest_word_comes_first():
    words = (Word.UNUSUAL, Word.UNDECLARED, Word.OVERSTATED, Word.UNDECLARED, Word.IMPOSSIBLE)
    found = scorecard_notices(report(*words))
    assert [notice.word for notice in found.notices][:2] == ["IMPOSSIBLE", "OVERSTATED"]


def test_a_notice_stands_at_the_line_of_its_number(tmp_path):
    found, file = read(tmp_path)
    notices = scorecard_notices(found).notices
    placed = [notice for notice in notices if notice.where]
    assert {(at.file, at.line) for n in placed for at in n.where} == {(file, 8), (file, 11)}
    assert all(notice.place == notice.where[0] for notice in placed)


def test_a_number_of_a_table_stands_at_its_row(tmp_path):
    text = "| benchmark | m |\n|---|---|\n| GPQA Diamond | 57.2% |\n"
    found, file = read(tmp_path, text, "table.md")
    notices = scorecard_notices(found).notices
    assert {(n.place.file, n.place.line) for n in notices if n.where} == {(file, 3)}


def test_numbers_of_several_files_stand_in_their_own(tmp_path):
    paths = []
    for name in ("a", "b"):
        paths.append(tmp_path / f"{name}.yaml")
        paths[-1].write_text(CARD.replace("name: m", f"name: {name}").replace(": m", f": {name}"))
    found = scorecard_notices(weighin.scorecard(paths))
    files = {at.file for n in found.notices for at in n.where}
    assert files == {str(path) for path in paths}


def test_fingerprints_survive_another_digit_and_another_line(tmp_path):
    def fingerprints(text):
        return [n.fingerprint for n in scorecard_notices(read(tmp_path, text)[0]).notices]

    mended = CARD.replace("57.2", "57.4").replace("numbers:", "remarks: [x]\nnumbers:")
    assert fingerprints(CARD) == fingerprints(mended)
    assert len(set(fingerprints(CARD))) == len(fingerprints(CARD))


def test_every_notice_has_the_help_of_its_check(tmp_path):
    found = scorecard_notices(read(tmp_path)[0])
    assert {n.rule for n in found.notices} == set(found.rules)
    assert all(rule.why and rule.how and rule.fix for rule in found.rules.values())
