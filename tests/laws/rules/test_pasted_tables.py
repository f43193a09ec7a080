"""Tables as people paste them: what is read of each, the firmest word on it, and the exit code."""

from pathlib import Path

import pytest

import weighin
from weighin.reports.scorecard.exit_code import scorecard_exit_code
from weighin.reports.scorecard.facts import facts_of
from weighin.rules.scorecard.interface import ScorecardReport, Word

HERON = "| Heron | 71.2 | 50.5 |\n| Egret | 70.3 | 49.0 |\n"
HTML = """\
<!--StartFragment--><table><tr><th>Model<th>GSM8K<th>GPQA Diamond
<tr><td>Heron<td>71.2<td>50.5<tr><td>Egret<td>70.3<td>49.0</table>
"""
LATEX = r"""
\begin{tabular}{lcc} Model & GSM8K & GPQA Diamond \\ \midrule
Heron & \textbf{71.2} & 50.5 \\ Egret & 70.3 & 49.0 \\ \end{tabular}
"""


def table(header: str, *rows: str) -> str:
    return "\n".join([header, "|---" * (header.count("|") - 1) + "|", *rows]) + "\n"


def judged(folder: Path, text: str, ending: str = ".md") -> ScorecardReport:
    path = folder / f"card{ending}"
    path.write_text(text)
    return weighin.scorecard([path])


def told(report: ScorecardReport) -> str:
    """Every sentence that speaks against a number, or that the source says itself."""
    silent = {Word.VOID, Word.CONSISTENT}
    return "\n".join(f.statement for _, f in report.findings if f.word not in silent)


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        (table("| Model | GSM8K | GPQA Diamond |") + HERON, ".md"),
        (table("| Model | GSM8K ⬆️ | GPQA Diamond ↑ |") + HERON, ".md"),
        (
            table("| Model | Prompt | Params | GSM8K | GPQA Diamond |")
            + HERON.replace("| Heron |", "| Heron | chat | 7B |").replace(
                "| Egret |", "| Egret | chat | 8B |"
            ),
            ".md",
        ),
        (HTML, ".html"),
        (LATEX, ".tex"),
        (
            "Model   GSM8K   GPQA Diamond\nHeron   71.2    50.5\nEgret   70.3    49.0\n",
            ".txt",
        ),
        ("Modell;GSM8K;GPQA Diamond\nHeron;71,2;50,5\nEgret;70,3;49,0\n", ".csv"),
    ],
)
def test_one_table_in_any_form_has_the_same_four_numbers(text: str, ending: str, tmp_path: Path):
    report = judged(tmp_path, text, ending)
    (card,) = report.case.scorecards
    assert [(n.artifact, n.registered_as, n.printed) for n in card.numbers] == [
        ("Heron", "gsm8k", "71.2"),
        ("Heron", "gpqa_diamond", "50.5"),
        ("Egret", "gsm8k", "70.3"),
        ("Egret", "gpqa_diamond", "49.0"),
    ]
    assert (report.worst, scorecard_exit_code(report)) == (Word.VOID, 0)


@pytest.mark.parametrize(
    ("text", "worst", "code", "says"),
    [
        pytest.param(
            table("| Model | GSM8K |", "| Heron | 71.2 |"), Word.VOID, 11, "", id="no power"
        ),
        pytest.param(
            table("| Model | GSM8K |", "| Heron | 81.3 |", "| Egret | 0.52 |"),
            Word.UNRESOLVED,
            11,
            "in what it counts is not told",
            id="units are mixed",
        ),
        pytest.param(
            table("| Model | GSM8K |", "| Heron | 105.2 |", "| Egret | 71.2 |"),
            Word.IMPOSSIBLE,
            10,
            "it is more than all documents",
            id="more than all",
        ),
        pytest.param(
            table("| Model | GSM8K |", "| Heron | 71.2 |", "| Heron | 75.0 |"),
            Word.UNDECLARED,
            11,
            "Heron is one name with two numbers",
            id="one name, two numbers",
        ),
        pytest.param(
            "## Results\n\n"
            + table("| Model | GSM8K |", "| Heron | 71.2 |")
            + "\n## Others\n\n"
            + table("| Model | GSM8K |", "| Heron | 75.0 |"),
            Word.UNDECLARED,
            11,
            "71.2 % on GSM8K under 'Results', 75.0 % on GSM8K under 'Others'",
            id="one name, two numbers, in two tables",
        ),
        pytest.param(
            table(
                "| Model | GSM8K | MBPP | HumanEval | Average ⬆️ |",
                "| Heron | 80.0 | 78.0 | 81.1 | 83.9 |",
            ),
            Word.IMPOSSIBLE,
            10,
            "impossible as the mean of the 3 numbers of its row, which is 79.70 %",
            id="average",
        ),
        pytest.param(
            table("| Model | GPQA Diamond |", "| Heron | 57.2 |"),
            Word.UNDECLARED,
            11,
            "impossible in one pass over 198 documents",
            id="passes",
        ),
        pytest.param(
            "## Pre-trained\n\n"
            + table("| Model | GPQA Diamond |", "| Heron | 40.4 |")
            + "\n## Instruct\n\n"
            + table("| Model | GPQA Diamond |", "| Heron | 50.5 |"),
            Word.NOTE,
            0,
            "which the source keeps apart",
            id="base and instruct",
        ),
        pytest.param(
            table("| Model | LMArena | GPQA Diamond |", "| Heron | 1417* | 50.5 |")
            + "\n\\* an experimental version of Heron\n",
            Word.NOTE,
            0,
            "beside 1417 points on LMArena under the name Heron the source speaks of a version",
            id="disclosed",
        ),
        pytest.param(
            table(
                "| Model | GSM8K | MBPP | HumanEval | MMLU |",
                "| Heron | 0.0 | 0.0 | 0.0 | 23.1 |",
                "| Egret | 0.0 | 0.0 | 0.0 | 23.1 |",
            ),
            Word.VOID,
            0,
            "",
            id="scores of nothing and of guessing",
        ),
    ],
)
def test_what_is_said_of_a_table(text: str, worst: Word, code: int, says: str, tmp_path: Path):
    report = judged(tmp_path, text)
    firmest = {f.word for _, f in report.findings} - {Word.CONSISTENT} or {Word.VOID}
    assert next(word for word in Word if word in firmest) is worst
    assert scorecard_exit_code(report) == code
    assert says in told(report)


@pytest.mark.parametrize(
    ("label", "passes", "votes"),
    [
        ("AIME 2024 (avg@64)", 64, None),
        ("AIME 2024 maj@8", None, 8),
        ("AIME 2024 (cons@64)", None, 64),
        ("AIME 2024, pass@1", None, None),
    ],
)
def test_a_protocol_in_a_label_is_none_that_is_undeclared(label, passes, votes, tmp_path: Path):
    printed = "70.2" if passes else "70.0"
    report = judged(tmp_path, table(f"| Model | {label} |", f"| Heron | {printed} |"))
    (number,) = report.case.scorecards[0].numbers
    assert (number.protocol.passes, number.protocol.votes) == (passes, votes)
    assert "undeclared" not in told(report)
    assert report.worst in {Word.VOID, Word.CONSISTENT}


def test_equal_scores_of_two_names_are_one_fact_against_the_pairs_that_were_tried(tmp_path: Path):
    header = "| Model | GSM8K | MBPP | HumanEval |"
    report = judged(
        tmp_path,
        table(header, *(f"| {of} | 71.2 | 66.4 | 61.0 |" for of in ("Heron", "Egret", "Stork"))),
    )
    (fact,) = [f for f in facts_of(report) if f.finding.word is Word.UNUSUAL]
    assert fact.sentence.startswith("Egret, Heron, Stork have the same printed score on 3 of the 3")
    assert "among 3 pairs of names" in fact.finding.arithmetic
