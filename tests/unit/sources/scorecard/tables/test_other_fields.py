"""Tables of fields whose metrics are no shares of documents, and slips of those who write them."""

import pytest

from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import corrections
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

REGISTRY = load_registry()


def card(text: str, ending: str = ".md", **said):
    read = read_tables(text.encode(), f"t{ending}", REGISTRY, corrections(**said), ending)
    return scorecard_of_tables(read)


def numbers(scorecard):
    return [(n.artifact, n.benchmark, n.printed) for n in scorecard.numbers]


def html(*rows: str, head: int = 1) -> str:
    heads, rest = "".join(rows[:head]), "".join(rows[head:])
    return f"<table><thead>{heads}</thead><tbody>{rest}</tbody></table>"


SPANNED = (
    '<tr><th rowspan="2">Set</th><th colspan="2">Lark-7B</th><th>Wren-9B</th></tr>',
    '<tr><td>MMLU</td><td colspan="2">61.5</td><td>62.5</td></tr>',
    '<tr><td>GSM8K</td><td colspan="2">71.5</td><td>72.5</td></tr>',
    '<tr><td>IFEval</td><td colspan="2">81.5</td><td>82.5</td></tr>',
)
TWO_MODELS = [
    ("Lark-7B", "MMLU", "61.5"), ("Wren-9B", "MMLU", "62.5"),
    ("Lark-7B", "GSM8K", "71.5"), ("Wren-9B", "GSM8K", "72.5"),
    ("Lark-7B", "IFEval", "81.5"), ("Wren-9B", "IFEval", "82.5"),
]  # fmt: skip


def test_a_heading_spans_no_row_below_its_part_of_the_table():
    assert numbers(card(html(*SPANNED), ".html")) == TWO_MODELS


def test_a_row_that_is_wider_than_the_header_is_told_and_not_read_one_column_off():
    scorecard = card(f"<table>{''.join(SPANNED)}</table>", ".html")
    assert numbers(scorecard) == TWO_MODELS[2:]
    assert any("cells, its header" in told for told in scorecard.passed_over)


def test_a_number_that_spans_as_many_columns_as_its_model_is_one_number():
    rows = [row.replace(' rowspan="2"', "") for row in SPANNED]
    assert numbers(card(html(*rows), ".html")) == TWO_MODELS


def markdown(*rows: str) -> str:
    header, *rest = rows
    return "\n".join([header, "|---" * (header.count("|") - 1) + "|", *rest]) + "\n"


def units(scorecard):
    return {n.benchmark: n.unit.value for n in scorecard.numbers}


def test_a_score_is_one_whatever_stands_in_its_name():
    scorecard = card(
        "model,score_bits_per_second,memory_score,mmlu,latency_ms\na,2.31,4.5,61.5%,120.2\nb,1.12,3.5,62.5%,99.1\n",
        ".csv",
        units=["other"],
    )
    assert set(units(scorecard)) == {"score_bits_per_second", "memory_score", "mmlu"}


@pytest.mark.parametrize(
    "name", ["embed_ms", "index_build_s", "peak_rss_gb", "cost_usd", "Load GB", "avg_lat_ms"]
)
def test_what_a_name_says_to_be_in_seconds_or_bytes_is_no_score(name):
    scorecard = card(f"model,hit@3,mrr,{name}\na,1.00,0.83,6.2\nb,0.67,0.50,4.8\n", ".csv")
    assert units(scorecard) == {"hit@3": "share", "mrr": "share"}
    assert any(name in told for told in scorecard.passed_over)


@pytest.mark.parametrize("name", ["resolved/50", "solved (/50)", "passed out of 50", "right /100"])
def test_whole_numbers_below_so_many_of_are_counts(name):
    scorecard = card(
        markdown(
            f"| Model | pass@1 | {name} | empty patches |",
            "| Lark | 38.0 % | 19 | 18 |",
            "| Wren | 18.0 % | 9 | 37 |",
            "| Tern | 16.0 % | 8 | 30 |",
        )
    )
    assert units(scorecard) == {"pass@1": "percent"}


def test_whole_numbers_of_things_are_not_in_the_unit_that_is_said_of_the_others():
    table = markdown(
        "| Model | pass@1 | empty patches |",
        "| Lark | 38.0 % | 18 |", "| Wren | 18.0 % | 37 |", "| Tern | 16.0 % | 30 |",
    )  # fmt: skip
    scorecard = card(f"pass@1 = share of patches that passed, in %.\n\n{table}")
    assert units(scorecard) == {"pass@1": "percent"}


@pytest.mark.parametrize(
    "condition", ["condition", "Arm", "Treatment", "experiment", "实验", "条件", "조건"]
)
def test_conditions_that_were_tried_are_runs(condition):
    scorecard = card(
        markdown(
            f"| {condition} | n | goal_accuracy | file_accuracy | avg_tokens |",
            "| whole memory | 30 | 1.0000 | 0.9333 | 701.7 |",
            "| last turns | 30 | 0.8333 | 0.7667 | 423.1 |",
        )
    )
    assert "whole memory" in scorecard.numbers[0].artifact
    assert [n.printed for n in scorecard.numbers] == ["1.0000", "0.9333", "0.8333", "0.7667"]
    assert set(units(scorecard).values()) == {"share"}


@pytest.mark.parametrize(
    "word",
    [
        "not reported",
        "referenced, no number",
        "unreported",
        "no data",
        "未公布",
        "暂无",
        "なし",
        "pending",
    ],
)
def test_a_column_with_one_number_and_words_for_none_keeps_it(word):
    scorecard = card(
        markdown(
            "| Model | SWE-bench | GPQA |",
            "| Lark | 59.2 | 61.5 |", f"| Wren | {word} | 62.5 |", f"| Tern | {word} | 63.5 |",
            f"| Kite | {word} | 64.5 |",
        )
    )  # fmt: skip
    assert ("Lark", "SWE-bench", "59.2") in numbers(scorecard)
    assert len(scorecard.numbers) == 5


@pytest.mark.parametrize(
    "heading",
    ["維度", "维度", "向量維度", "次元", "次元数", "차원", "最大 Tokens", "最大長度", "每 1M 成本",
     "價格", "料金", "参数量", "參數量", "パラメータ数", "최대 토큰"],
)  # fmt: skip
def test_dimensions_lengths_and_prices_are_no_scores_in_any_script(heading):
    scorecard = card(
        markdown(
            f"| 模型 | {heading} | MTEB 分數 |", "| Lark-embed | 3072 | 64.6 |",
            "| Wren-embed | 1536 | 62.3 |",
        ),
        units=["other"],
    )  # fmt: skip
    assert [n.printed for n in scorecard.numbers] == ["64.6", "62.3"]


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("BLEU", "percent"), ("chrF++", "percent"), ("en-de COMET", "percent"),
        ("ROUGE-L", "percent"),
        ("NDCG@10", "percent"), ("Recall@5", "percent"), ("mAP", "percent"), ("mIoU", "percent"),
        ("TEDS", "percent"), ("ANLS", "percent"), ("WER", "percent"),
        ("AISHELL-1 (CER)", "percent"),
        ("test-other WER", "percent"), ("FID", "other"), ("PSNR", "other"), ("ETTh1 MSE", "other"),
        ("MAE", "other"), ("Avg. Reward", "other"), ("PESQ", "other"), ("UTMOS", "other"),
        ("CIDEr", "other"), ("Edit Distance", "other"),
    ],
)  # fmt: skip
def test_a_metric_has_its_own_scale_and_is_not_asked_for(metric, unit):
    scorecard = card(
        markdown(
            f"| Model | {metric} |", "| Lark-7B | 27.31 |", "| Wren-9B | 25.12 |",
            "| Tern-3B | 8.40 |",
        )
    )  # fmt: skip
    assert {n.unit.value for n in scorecard.numbers} == {unit}
    assert len(scorecard.numbers) == 3
