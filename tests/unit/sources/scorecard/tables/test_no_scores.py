"""What is no score, by its name; and what is one, however much it sounds like none."""

# ruff: noqa: RUF001  # parentheses of Chinese

import pytest

from weighin.errors import WeighinError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.corrections import corrections
from weighin.sources.scorecard.tables.layout.no_scores import no_score, no_score_of_title
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

REGISTRY = load_registry()

KINDS = {
    "sizes": (
        "#Params", "Params (B)", "Act. Params", "Size (GB)", "Avg bits", "n_kv_heads", "d_model",
        "Compression ratio", "参数量", "Transformer参数量 （不含emb&softmax）", "模型大小（GB）",
        "trainable_percent", "最大上下文", "Parameterzahl", "размер", "パラメータ数",
    ),
    "cost or speed": (
        "Cost ($)", "usd_total", "Price per 1M tokens", "TTFT", "p95", "tok/s", "Avg ms",
        "elapsed_s", "GPU hours", "cpu_percent_avg", "gpu_util_percent_peak",
        "Tok/Correct", "Acc/1kTok", "Acc / Mtok", "Time_mean", "TFLOPs (Rel.)", "Tokens Used",
        "avg_tokens", "Runtime (h)",
        "j_per_clip", "idle_power_w", "avg_time_s_1pass", "time_used_frac", "avg_response_words",
        "价格（元）", "平均耗时（秒）", "推理速度", "输出长度", "Latenz", "задержка",
    ),
    "memory": ("VRAM (GB)", "Peak memory", "显存占用", "Speicher"),
    "counts": (
        "score_0_count", "invalid_aux_responses", "empty_answers",
        "attempts_total", "correct_total", "successes", "records_novel",
        "total_runs", "successful_runs", "truncated_cases", "#Qs", "n_examples",
        "support",
        "# games", "Errors", "TP", "题目数", "样本量", "正确题数", "票数", "Anzahl",
    ),
    "deviations": (
        "p_welch", "rsa_p", "bonferroni_alpha", "effect_size_r",
        "acc_stderr", "acc_norm,none_stderr", "Std. dev.", "ci95_low", "CI lower", "SEM",
        "p-value", "标准差", "置信区间", "Streuung",
    ),
    "differences": (
        "score_gain_if_best_used", "ΔAcc", "Improvement", "Lift", "% of FP16", "Acc. loss",
        "Regret", "Gap to best", "BWT", "提升（%）", "性能损失", "恢复率", "Verbesserung",
    ),
    "how it was trained": ("Epochs", "Steps (k)", "Seed", "Batch size", "LoRA rank", "训练步数"),
    "dates": ("Released", "submitted_at_utc", "updated_at", "发布时间", "Datum"),
    "ids": ("qid", "run_id", "git_hash", "idx", "编号"),
    "targets": ("max_score", "Threshold"),
    "ranks": ("Rank", "Pos.", "Rank (UB)", "mean_rank_pct", "Avg rank w/o all", "排名", "Platz"),
    "versions": ("benchmark_version", "Version"),
    "rates of the run": ("explanation_rate_pct", "Parse rate (%)", "truncated_%", "Hit cap"),
    "settings of the run": ("%int4", "lambda_g", "temperature", "top_p"),
}  # fmt: skip
SCORES = (
    "Overall", "Average", "Accuracy (mean±std)", "Acc (%)", "Pass@1", "Win Rate (%)", "P", "R",
    "FID", "recip_rank", "p_at_5",
    "F1", "BLEU", "WER", "Score (0-10)", "MT-Bench", "CostBench", "TimeBench", "CountBench",
    "LongBench", "DROP", "DROP(阅读理解)", "DROP （3-shot）", "411M Model - 8.2B Tokens",
    "1T tokens", "3 epochs", "RULER 32K", "Math", "Reasoning", "准确率", "正确率", "得分",
    "first_time_pass_rate", "accuracy - input contaminated",
    "代数", "计数", "函数", "回答质量", "时间推理", "Genauigkeit", "точность", "정확도",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_what_is_no_score_say_of_what_kind_it_is(kind):
    assert {name: no_score(name) for name in KINDS[kind]} == dict.fromkeys(KINDS[kind], kind)


def test_names_of_scores_are_those_of_no_other_thing():
    assert {name: no_score(name) for name in SCORES} == dict.fromkeys(SCORES)


def test_no_benchmark_of_the_registry_is_named_like_what_is_no_score():
    names = {name for benchmark in load_registry().benchmarks for name in benchmark.names}
    assert {name for name in names if no_score(name)} <= {"drop"}


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Inference Speed (tokens/sec, batch=1):", "cost or speed"),
        ("Table 2: Speed Comparison", "cost or speed"),
        ("### Latency", "cost or speed"),
        ("Peak memory", "memory"),
        ("Results by context length", None),
        ("Accuracy vs. latency", None),
        ("Main results", None),
        ("Long-context performance", None),
    ],
)
def test_a_heading_that_names_a_cost_is_that_of_no_scores(title, kind):
    assert no_score_of_title(title) == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Hyperparameters of both runs. Scores are in Table 2.", "settings of the run"),
        ("Table 3: Training configuration", "settings of the run"),
        ("Dataset statistics", "counts"),
        ("Accuracy by hyperparameters", None),
        ("Ablation of training settings", None),
        ("Results on the benchmark details split", None),
    ],
)
def test_a_title_of_settings_or_statistics_says_that_nothing_below_it_is_a_score(title, kind):
    assert no_score_of_title(title) == kind


def test_rows_among_those_of_sizes_are_no_scores():
    page = (
        "| | Lark-7B | Finch-13B |\n|---|---|---|\n| Layers | 32 | 40 |\n"
        "| Batch size | 64 | 64 |\n| Epochs | 2 | 3 |\n| Attention taps (Q) | 32 | 40 |\n"
    )
    with pytest.raises(WeighinError, match="no score"):
        scorecard_of_tables(read_tables(page.encode(), "t.md", REGISTRY, corrections(), ".md"))


def test_whole_numbers_beside_shares_are_counts_unless_they_are_ratings():
    page = (
        "| Model | Labels | Elo | F1 |\n|---|---|---|---|\n| Lark | 12 | 1200 | 0.712 |\n"
        "| Finch | 77 | 1300 | 0.654 |\n"
    )
    read = scorecard_of_tables(read_tables(page.encode(), "t.md", REGISTRY, corrections(), ".md"))
    assert {number.benchmark for number in read.numbers} == {"Elo", "F1"}
    assert any("'Labels': counts" in told for told in read.passed_over)


def card(text):
    return scorecard_of_tables(read_tables(text.encode(), "t.md", REGISTRY, corrections(), ".md"))


def test_how_comparisons_ended_is_no_model():
    found = card(
        "| Model | Safety |\n|---|---|\n| Plover-7B | 42.8% |\n"
        "| Win / Tie / Loss | 37.4% / 10.8% / 51.8% |\n"
    )
    assert [n.artifact for n in found.numbers] == ["Plover-7B"]
    assert any("outcomes of comparisons" in told for told in found.passed_over)


def test_a_standard_error_by_a_filter_with_a_hyphen_is_no_score():
    found = card(
        "| Task | Metric | Value |\n|---|---|---|\n| gsm8k | exact_match,strict-match | 0.75 |\n"
        "| gsm8k | exact_match_stderr,strict-match | 0.01 |\n"
    )
    assert [n.printed for n in found.numbers] == ["0.75"]


def test_what_was_not_answered_is_no_score():
    found = card("| Model | Acc | No answer |\n|---|---|---|\n| Plover-7B | 68.1 | 1.25 |\n")
    assert [n.printed for n in found.numbers] == ["68.1"]


def test_percents_of_something_are_told_and_sums_are_none():
    found = card(
        "| Model | % Solved | Sum of Run Scores |\n|---|---|---|\n| Plover-7B | 17 | 11.8 |\n"
        "| Stilt-7B | 10 | 18.2 |\n"
    )
    assert [(n.printed, n.unit.value, n.is_unit_sure) for n in found.numbers] == [
        ("17", "percent", True), ("10", "percent", True),
    ]  # fmt: skip


def test_two_letters_among_many_languages_are_one_more():
    """Hindi, Croatian and Sindhi are no ends of intervals, hours or deviations."""
    languages = ("ar", "de", "es", "fr", "hi", "hr", "sd", "id")
    header = " | ".join(f"recall@1 {language}" for language in languages)
    rule, scores = "---|" * len(languages), " 0.5 |" * len(languages)
    found = card(
        f"| Model | recall@1 avg | {header} |\n|---|---|{rule}\n| Plover-7B | 0.5 |{scores}\n"
    )
    assert len(found.numbers) == len(languages) + 1


def test_the_ends_of_an_interval_beside_two_languages_are_none():
    found = card(
        "| Model | acc en | acc de | acc | acc lo | acc hi |\n|---|---|---|---|---|---|\n"
        "| Plover-7B | 0.51 | 0.52 | 0.515 | 0.50 | 0.53 |\n"
    )
    assert [n.benchmark for n in found.numbers] == ["acc en", "acc de", "acc"]
