"""Reports on a scorecard: what is told once, what is told together, whose words are whose."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import weighin
from weighin.reports.page import text as as_text
from weighin.reports.page.markdown import document
from weighin.reports.scorecard.facts import facts_of
from weighin.reports.scorecard.page import scorecard_page
from weighin.rules.scorecard.interface import ScorecardReport, Word

CARD = """\
weighin_scorecard: 1
title: a card
unit: percent
sources:
  card: {title: model card, url: "https://example.org/card", date: "2025-04-05"}
  other: {title: somebody, url: "https://example.org/other", place: page 2}
source: card
artifacts: [{name: m}]
numbers:
  - {artifact: m, benchmark: GPQA Diamond, place: table 1, printed: 57.2}
  - {artifact: m, benchmark: GPQA Diamond, place: table 2, printed: 69.8}
  - {artifact: m, benchmark: MBPP, printed: 66.4}
  - {artifact: m, benchmark: MBPP, printed: 74.4}
  - {artifact: m, benchmark: MMLU-Pro, printed: 80.5}
  - {artifact: m, benchmark: MMLU-Pro, printed: 80.7, role: rerun, by: somebody, source: other}
remarks: [the moon is a harsh mistress]
"""


@pytest.fixture
def report(tmp_path: Path) -> ScorecardReport:
    path = tmp_path / "scorecard.yaml"
    path.write_text(CARD)
    return weighin.scorecard([path])


def text(report: ScorecardReport, *, brief: bool = False, verbose: bool = False) -> str:
    paper = StringIO()
    console = Console(file=paper, width=400, highlight=False)
    console.print(as_text.render(scorecard_page(report), brief=brief, verbose=verbose))
    return paper.getvalue()


def markdown(report: ScorecardReport) -> str:
    return document(scorecard_page(report))


def test_a_source_is_told_once_with_its_address_and_then_by_its_number(report):
    for told in (text(report), markdown(report)):
        assert told.count("example.org/card") == 1
    assert "model card [1], table 1" in text(report)
    assert "model card [1], table 2" in text(report)


def test_numbers_that_nothing_speaks_against_are_told_together(report):
    line = "66.4, 74.4 % on MBPP: each fits one pass over 500 documents"
    assert line in text(report)
    assert line in text(report, brief=True)
    assert f"- {line}" in markdown(report).replace("&#54;", "6")


def test_numbers_of_two_rows_of_one_name_are_told_in_whole_sentences(tmp_path):
    path = tmp_path / "table.csv"
    row = "C,60.01,55.50,58.02,80.80,63.58\n"
    path.write_text(f"Model,MMLU,GSM8K,ARC-C,HellaSwag,Average\n{row}{row}")
    told = text(weighin.scorecard([path]))
    assert "each63" not in told
    assert told.count("is the mean of the 4 numbers of its row") == 1


def test_verbose_tells_every_finding_by_itself(report):
    assert text(report, verbose=True).count("fits one pass over 500 documents") == 2


def test_brief_has_the_sentences_without_the_arithmetic(report):
    told = text(report, brief=True)
    assert "57.2 % on GPQA Diamond (m, model card) is impossible in one pass" in told
    assert "113/198" not in told
    assert "113/198" in text(report)


def test_what_became_of_claims_that_were_scored_again_stands_in_one_sentence(report):
    # 80.5 against 80.7 over 12,032 documents: within two points, p < 1e-4.
    told = "1 claim held against a re-run: 1 confirmed within ±2 points, none overstated, none "
    assert told in text(report)
    assert told in markdown(report)


def test_remarks_of_the_file_are_told_as_its_words(report):
    for told in (text(report), text(report, brief=True), markdown(report)):
        assert told.index("in the words of the scorecard file") < told.index("harsh mistress")


def judged(folder: Path, table: str) -> ScorecardReport:
    path = folder / "card.md"
    path.write_text(table)
    return weighin.scorecard([path])


DISCLOSED = """\
| Model | GPQA Diamond | AIME 2024 | GSM8K |
|---|---|---|---|
| Heron | 68.4¹ | 58.1¹ | 70.0 |
| Egret | 38.9 | 50.0 | 71.0 |

¹ four runs each
"""


def test_what_a_source_says_itself_stands_beside_the_finding_in_full_once(tmp_path):
    report = judged(tmp_path, DISCLOSED)
    for told in (text(report), text(report, brief=True), markdown(report)):
        assert told.count("four runs each") == 1
        assert "the source says beside it (1), as above" in told


def test_numbers_that_need_passes_and_the_row_that_mixes_them_are_one_fact(tmp_path):
    report = judged(tmp_path, DISCLOSED.replace("58.1¹", "50.0"))
    (fact,) = [f for f in facts_of(report) if f.finding.word is Word.UNDECLARED]
    assert [fact.check, *(check for check, _ in fact.below)] == [
        "attainable-score",
        "row-compares-alike",
    ]


def test_a_claim_that_two_re_runs_confirm_is_told_once(tmp_path):
    path = tmp_path / "card.yaml"
    second = "printed: 80.6, role: rerun, by: somebody else, source: other}"
    line = f"  - {{artifact: m, benchmark: MMLU-Pro, {second}\n"
    path.write_text(CARD.replace("remarks:", f"{line}remarks:"))
    told = text(weighin.scorecard([path]), brief=True)
    assert told.count("is confirmed within ±2 points") == 1
    assert "likewise by the re-run with 80.6 % (somebody else)" in told


def test_what_one_re_runner_leaves_open_is_told_in_one_line(tmp_path):
    rows = "".join(
        f"  - {{artifact: m, benchmark: {on}, printed: {claim}}}\n"
        f"  - {{artifact: m, benchmark: {on}, printed: {run}, role: rerun, by: somebody}}\n"
        for on, claim, run in (("MMMU", "69.4", "68.3"), ("GPQA Diamond", "50.5", "49.5"))
    )
    path = tmp_path / "card.yaml"
    path.write_text(f"{CARD.partition('numbers:')[0]}numbers:\n{rows}")
    assert (
        "2 numbers of 1 name are neither confirmed within ±2 points nor refuted by the re-runs of "
        "somebody: 69.4 % on MMMU, 50.5 % on GPQA Diamond"
    ) in text(weighin.scorecard([path]), brief=True)


def test_the_averages_of_many_rows_are_told_in_one_line(tmp_path):
    rows = "".join(f"| m{i} | {i}.0 | {i + 2}.0 | {i + 1}.0 |\n" for i in range(10, 20))
    report = judged(tmp_path, f"| Model | GSM8K | MATH | Average |\n|---|---|---|---|\n{rows}")
    assert "10 numbers of 10 names are the means of their rows: " in text(report, brief=True)


def test_what_several_checks_see_is_told_in_full_or_in_short_and_never_both(tmp_path):
    path = tmp_path / "card.yaml"
    path.write_text(CARD.replace("other: {", "blog: {title: a blog}\n  other: {").replace(
        "remarks:", "  - {artifact: m, benchmark: GPQA Diamond, printed: 57.2, source: blog, "
        "protocol: {passes: several}}\nremarks:"))  # fmt: skip
    report = weighin.scorecard([path])
    short, full = "57.2 on GPQA Diamond is impossible", "57.2 % on GPQA Diamond (m, model card) is"
    assert [told.count(short) for told in (text(report, brief=True), text(report))] == [1, 0]
    assert [told.count(full) for told in (text(report, brief=True), text(report))] == [0, 1]
