import hashlib
import time

import pytest
from tests.making.places import DATASETS
from tests.making.rules.cards import REGISTRY

from weighin.errors import EvidenceError
from weighin.evidence.scorecard import ScoreTable, TableColumn, TableRow
from weighin.rules.scorecard.interface import Word
from weighin.rules.scorecard.tables import judge_table
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.leaderboard_table import (
    is_leaderboard_table,
    read_leaderboard_table,
)

_TABLE = DATASETS / "open_llm_leaderboard" / "v2.csv"
_HEADER = "model_name,model_sha," + ",".join(
    f"evaluations_{key}_value" for key in ("ifeval", "bbh", "math", "gpqa", "musr", "mmlu_pro")
)


def table(*rows, column="MuSR"):
    return ScoreTable(
        title="board",
        file="board.csv",
        sha256=hashlib.sha256(b"").hexdigest(),
        decimals=13,
        columns=(TableColumn(name=column, registered_as=column),),
        rows=tuple(
            TableRow(name=name, revision="", line=line, printed=(printed,))
            for line, (name, printed) in enumerate(rows, start=2)
        ),
    )


def honest(denominator, documents=range(100, 140)):
    return [(f"m{k}", f"{k / denominator:.15g}") for k in documents]


def of_word(report, word):
    return [finding for _, finding in report.findings if finding.word is word]


def test_the_way_that_nearly_all_rows_fit_is_taken():
    report = judge_table(table(*honest(96000)), REGISTRY)
    assert report.worst is Word.CONSISTENT
    assert "40 of 40 numbers on MuSR fit one pass as the plain mean of 3 tasks" in (
        report.findings[-1][1].statement
    )


def test_a_row_that_does_not_fit_is_impossible_with_the_documents_that_do():
    report = judge_table(
        table(*honest(1324), ("odd", "0.188695652173913"), column="MATH hard"), REGISTRY
    )
    (finding,) = of_word(report, Word.IMPOSSIBLE)
    assert finding.statement.startswith("odd (line 42): no whole number of right answers")
    assert "it is 217/1150" in finding.arithmetic
    assert [n.pointer for n in finding.numbers] == ["line 42, MATH hard"]


def test_a_registry_that_fits_no_row_accuses_nobody():
    report = judge_table(table(*honest(997), column="MATH hard"), REGISTRY)
    assert report.worst is Word.VOID
    assert not of_word(report, Word.IMPOSSIBLE)


def test_a_benchmark_that_nobody_knows_accuses_nobody():
    assert judge_table(table(*honest(997), column="?"), REGISTRY).worst is Word.VOID


def test_a_short_table_accuses_nobody():
    rows = [*honest(1324, range(100, 110)), ("odd", "0.188695652173913")]
    assert not of_word(judge_table(table(*rows, column="MATH hard"), REGISTRY), Word.IMPOSSIBLE)


def test_equal_rows_of_one_name_are_no_finding():
    rows = [*honest(1324), ("m100", f"{100 / 1324:.15g}")]
    assert not of_word(judge_table(table(*rows, column="MATH hard"), REGISTRY), Word.UNUSUAL)


def test_a_table_is_known_by_its_columns():
    assert is_leaderboard_table(_HEADER)
    assert not is_leaderboard_table("model,score")


@pytest.mark.parametrize("cell", ["1.5", "-0.1", "nan", "1e-3", "0,5"])
def test_a_cell_that_is_no_share_is_refused_with_its_line(tmp_path, cell):
    path = tmp_path / "board.csv"
    path.write_text(f'{_HEADER}\nm,sha,0.1,0.1,0.1,0.1,0.1,"{cell}"\n')
    with pytest.raises(EvidenceError, match=r"board\.csv:2: mmlu_pro: expected a share"):
        read_leaderboard_table(path)


def test_a_row_of_other_length_is_refused_with_its_line(tmp_path):
    path = tmp_path / "board.csv"
    path.write_text(f"{_HEADER}\nm,sha,0.1\n")
    with pytest.raises(EvidenceError, match=r"board\.csv:2: expected 8 cells, found 3"):
        read_leaderboard_table(path)


@pytest.fixture(scope="module")
def leaderboard():
    if not _TABLE.is_file():
        pytest.skip(f"{_TABLE} is not there")
    started = time.process_time()
    report = judge_table(read_leaderboard_table(_TABLE), load_registry())
    return report, time.process_time() - started


def test_exactly_six_rows_of_the_open_llm_leaderboard_are_not_attainable(leaderboard):
    accused = of_word(leaderboard[0], Word.IMPOSSIBLE)
    assert sorted(finding.numbers[0].artifact for finding in accused) == [
        "databricks/dbrx-base",
        "gpt2",
        "internlm/internlm2-7b",
        "microsoft/Phi-3-small-128k-instruct",
        "microsoft/Phi-3-small-8k-instruct",
        "mistral-community/Mixtral-8x22B-v0.1",
    ]


def test_46_groups_of_100_rows_of_the_open_llm_leaderboard_have_the_same_scores(leaderboard):
    groups = of_word(leaderboard[0], Word.UNUSUAL)
    rows = {n.pointer.partition(",")[0] for finding in groups for n in finding.numbers}
    assert (len(groups), len(rows)) == (46, 100)


def test_every_column_of_the_open_llm_leaderboard_tells_its_averaging(leaderboard):
    columns = of_word(leaderboard[0], Word.CONSISTENT)
    assert len(columns) == 6
    musr = next(finding for finding in columns if "MuSR" in finding.statement)
    assert "as the plain mean of 3 tasks: 4,576 fit" in musr.arithmetic
    assert "over 756 documents: " in musr.arithmetic


def test_the_open_llm_leaderboard_takes_seconds(leaderboard):
    assert leaderboard[1] < 20


def test_of_a_table_all_numbers_that_could_be_tested_are_counted():
    report = judge_table(table(*honest(96000), ("odd", "0.188695652173913")), REGISTRY)
    assert report.tested == (41, 41)
    assert judge_table(table(*honest(96000), column="Unheard Of"), REGISTRY).tested == (0, 40)
