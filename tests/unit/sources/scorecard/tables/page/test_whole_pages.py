"""A whole page: what surrounds its tables names their model, their unit and their place."""

# ruff: noqa: E501  # pages as they are written
import pytest

from weighin.errors import EvidenceError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.reading import read_scorecard

REGISTRY = load_registry()
SCORES = "| Task | Score |\n|---|---|\n| MMLU | 71.2 |\n| GSM8K | 84.1 |\n"
MODELS = "| Model | MMLU | GSM8K |\n|---|---|---|\n| Heron-7B | 71.2 | 84.1 |\n| Wader-8B | 64.0 | 70.5 |\n"
SIZES = (
    "| Model | Params | Context |\n|---|---|---|\n| Heron-7B | 7B | 8k |\n| Wader-8B | 8B | 32k |\n"
)
LINKS = "| Model | Download |\n|---|---|\n| Heron-7B | [link](https://example.org) |\n"


@pytest.fixture
def read(tmp_path):
    """Reads a text as a file of a name."""

    def reading(text, name="page.md"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return read_scorecard(path, registry=REGISTRY)

    return reading


def models(scorecard):
    return {number.artifact for number in scorecard.numbers}


def places(scorecard):
    return list(dict.fromkeys(number.source.place for number in scorecard.numbers))


def told(scorecard):
    return {(n.artifact, n.benchmark, n.printed, n.unit.value) for n in scorecard.numbers}


def test_of_twelve_tables_four_are_read_and_each_of_the_others_is_named(read):
    parts = [f"## Scores {n}\n\n{MODELS}" for n in range(4)]
    parts += [f"## Facts {n}\n\n{SIZES if n % 2 else LINKS}" for n in range(8)]
    scorecard = read("# Birds\n\n" + "\n".join(parts))
    assert places(scorecard) == ["Scores 0", "Scores 1", "Scores 2", "Scores 3"]
    over = "\n".join(scorecard.passed_over)
    assert all(f"Facts {n}" in over for n in range(8))


def test_tables_for_one_cause_are_told_in_one_line(read):
    page = MODELS + "\n".join(f"\n## Facts {n}\n\n{LINKS}" for n in range(9))
    assert len(read(page).passed_over) == 1


def test_a_refused_table_never_hides_the_others(read):
    odd = "| a | b |\n|---|---|\n| c | 12.5 |\n| d | 13.5 |\n"
    scorecard = read(f"## Odd\n\n{odd}\n## Main\n\n{MODELS}")
    assert places(scorecard) == ["Main"]
    assert any("Odd" in one for one in scorecard.passed_over)


@pytest.mark.parametrize(
    ("page", "place"),
    [
        (f"## 4.2 Main results\n\n{MODELS}", "4.2 Main results"),
        (f"Main results\n============\n\n{MODELS}", "Main results"),
        (f"Table 3: All of them.\n\n{MODELS}", "Table 3: All of them."),
        (f"{MODELS}\n*Table 3: All of them.*\n", "Table 3: All of them."),
        (f"## 主要结果\n\n表 2\uff1a各模型得分\n\n{MODELS}", "表 2\uff1a各模型得分"),
        (f"<h3 align='center'>Main results</h3>\n\n{MODELS}", "Main results"),
        (f"<details>\n<summary>Main results</summary>\n\n{MODELS}\n</details>\n", "Main results"),
        (f"> [!NOTE]\n> **Main results**\n>\n> {MODELS.strip().replace(chr(10), chr(10) + '> ')}\n", "Main results"),
    ],
)  # fmt: skip
def test_what_heads_a_single_table_is_its_place(read, page, place):
    scorecard = read(page)
    assert places(scorecard) == [place]
    assert len(scorecard.numbers) == 4


def test_tables_below_the_same_words_are_told_apart_by_the_headings_above(read):
    parts = [f"## {outer}\n\n### Results\n\n{MODELS}" for outer in ("Base", "Chat")]
    assert places(read("\n".join(parts))) == ["Base · Results", "Chat · Results"]


def test_tables_that_no_heading_tells_apart_are_counted(read):
    assert places(read(f"## Results\n\n{MODELS}\nand\n\n{MODELS}")) == [
        "Results, table 1",
        "Results, table 2",
    ]


def test_captions_below_tables_are_those_of_the_tables_above(read):
    page = f"{MODELS}\nTable 1: First.\n\nProse goes on for a while here.\n\n{MODELS}\nTable 2: Second.\n"
    assert places(read(page)) == ["Table 1: First.", "Table 2: Second."]


@pytest.mark.parametrize(
    "page",
    [
        f"---\nmodel_id: acme/heron-7b\n---\n\n{SCORES}",
        f"---\nmodel-index:\n- name: acme/heron-7b\n  results: []\n---\n\n{SCORES}",
        f"**Model:** `acme/heron-7b`\n\n{SCORES}",
        f"Model: [acme/heron-7b](https://example.org)\n\n{SCORES}",
        f"- 模型\uff1aacme/heron-7b\n\n{SCORES}",
        f"```\nhf (pretrained=acme/heron-7b,dtype=auto), limit: None\n{SCORES}```\n",
        f"# acme/heron-7b\n\n## Scores\n\n{SCORES}",
        f"# Birds\n\n## Results of acme/heron-7b\n\n{SCORES}",
        f"# Birds\n\n### 2.1 acme/heron-7b: evaluation\n\n{SCORES}",
    ],
)
def test_a_page_names_the_model_that_its_table_does_not(read, page):
    assert models(read(page)) == {"acme/heron-7b"}


@pytest.mark.parametrize(
    "page",
    [
        f"---\nbase_model: acme/heron-7b\n---\n\n{SCORES}",
        f"# Heron 2 Technical Report\n\n{SCORES}",
        f"# Heron-7B vs Llama-8B\n\n{SCORES}",
        f"# Fine-tuning Llama-8B\n\n{SCORES}",
        f"{SCORES}\n```\nmodel_name: acme/heron-7b\n```\n",
    ],
)
def test_a_page_that_names_another_thing_names_no_model(read, page):
    assert models(read(page)) == {"model not named"}


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Heron-7B-NVFP4 (QuantizationModifier)", "Heron-7B-NVFP4 (QuantizationModifier)"),
        ("🐦 acme/heron-7b", "acme/heron-7b"),
        ("Model Card for Heron-7B-Instruct-v0.2", "Heron-7B-Instruct-v0.2"),
        ("[Heron-7B](https://example.org) benchmark results", "Heron-7B"),
        ("Heron-7B 评测结果", "Heron-7B"),
        ("Llama 3.1 Example", "model not named"),
        ("Qwen2 series", "model not named"),
        ("7B models", "model not named"),
        ("Quantizing Llama-8B", "model not named"),
    ],
)
def test_a_heading_above_a_table_names_a_model_or_none(read, heading, name):
    assert models(read(f"# Birds\n\n## {heading}\n\n{SCORES}")) == {name}


def test_a_line_that_names_a_model_holds_in_its_part_of_the_page(read):
    page = (
        "".join(f"## Run {n}\n\nModel: acme/heron-{n}b\n\n{SCORES}\n" for n in (1, 2))
        + f"## Others\n\n{SCORES}"
    )
    scorecard = read(page)
    assert [n.artifact for n in scorecard.numbers[::2]] == [
        "acme/heron-1b",
        "acme/heron-2b",
        "model not named",
    ]


def test_a_model_that_tables_spell_otherwise_is_one(read):
    scorecard = read(f"# acme/heron-7b\n\n## One\n\n{SCORES}\n## Two\n\n{MODELS}")
    assert models(scorecard) == {"Heron-7B", "Wader-8B"}


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("Table 1: Zero-shot accuracy of both.", "percent"),
        ("All numbers are percentages.", "percent"),
        ("表 1\uff1a各任务正确率", "percent"),
        ("Ergebnisse in Prozent:", "percent"),
    ],
)
def test_what_is_said_beside_a_table_tells_its_unit(read, said, unit):
    table = "| Model | FinchQA | WrenQA |\n|---|---|---|\n| Heron-7B | 71.2 | 84.1 |\n| Llama-8B | 64.0 | 70.5 |\n"
    found = read(f"{said}\n\n{table}").numbers
    assert {(n.unit.value, n.is_unit_sure) for n in found} == {(unit, True)}
    assert not any(number.is_unit_sure for number in read(table).numbers)


@pytest.mark.parametrize(
    "title",
    ["Estimated performance", "Target benchmarks", "Projected results (2027)", "预期性能", "Placeholder scores"],
)  # fmt: skip
def test_numbers_below_a_title_that_says_nobody_measured_them_are_no_claims(read, title):
    scorecard = read(f"## {title}\n\n{MODELS.replace('71.2', '99.9')}\n## Measured\n\n{MODELS}")
    assert places(scorecard) == ["Measured"]
    assert any("nobody measured" in one for one in scorecard.passed_over)


def test_a_column_of_current_numbers_is_read_below_a_title_of_estimates(read):
    table = "| Benchmark | Current | Later |\n|---|---|---|\n| MMLU | 71.2% | 90% |\n| GSM8K | 80.1% | 95% |\n"
    assert {n.printed for n in read(f"## Estimated scores\n\n{table}").numbers} == {"71.2", "80.1"}


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("All results are averaged over 8 runs.", (8, 8)),
        ("On AIME 2024 we report the mean of 16 independent samples.", (16, None)),
        ("We generate 64 responses per query to estimate pass@1.", (None, None)),
        ("We sample 4-64 responses per query and average them.", (None, None)),
        ("AIME 2024 重复 32 次取平均。", (32, None)),
        ("It was trained on 8 samples.", (None, None)),
    ],
)
def test_how_many_passes_were_averaged_is_said_beside_a_table(read, said, passes):
    table = "| Model | AIME 2024 | MATH-500 |\n|---|---|---|\n| Heron-7B | 71.2 | 84.1 |\n"
    assert tuple(n.protocol.passes for n in read(f"{said}\n\n{table}").numbers) == passes


def test_a_title_of_results_names_the_benchmark_of_its_metrics(read):
    table = "| Model | Pass@1 |\n|---|---|\n| Heron-7B | 71.2 |\n| Wader-8B | 64.0 |\n"
    scorecard = read(f"## 3.1 Results on HumanEval (164 problems)\n\n{table}")
    assert {(n.registered_as, n.printed) for n in scorecard.numbers} == {
        ("humaneval", "71.2"),
        ("humaneval", "64.0"),
    }


def test_rows_of_counts_and_rows_without_a_name_are_no_models(read):
    table = MODELS + "| # Samples | 14042 | 1319 |\n| - | 90.1 | 95.0 |\n"
    scorecard = read(table)
    assert models(scorecard) == {"Heron-7B", "Wader-8B"}
    over = " ".join(scorecard.passed_over)
    assert "# Samples" in over
    assert "no model is named" in over


def test_a_mark_within_a_label_is_none_of_its_name(read):
    page = "| Model | DROP[^5] (F1, 3-shot) | MMLU |\n|---|---|---|\n| Heron-7B | 71.2 | 64.0 |\n\n[^5]: our own prompt\n"
    first = read(page).numbers[0]
    assert (first.registered_as, first.footnotes) == ("drop", ("5",))


def test_a_list_of_benchmarks_is_read_as_a_table(read):
    scorecard = read(
        "# acme/heron-7b\n\n- **MMLU** (5-shot): 71.2\n- GSM8K: 84.1%\n- HumanEval – 61.0\n"
    )
    assert told(scorecard) == {
        ("acme/heron-7b", "MMLU (5-shot)", "71.2", "percent"),
        ("acme/heron-7b", "GSM8K", "84.1", "percent"),
        ("acme/heron-7b", "HumanEval", "61.0", "percent"),
    }


def test_a_list_of_anything_else_is_none(read):
    facts = "- Layers: 32\n- Heads: 16\n- Learning rate: 0.1\n"
    assert read(f"{facts}\n{MODELS}").passed_over == ()
    with pytest.raises(EvidenceError, match="expected a table"):
        read(facts)


def test_scores_in_running_text_are_told_as_not_read(read):
    (over,) = read(
        f"{MODELS}\nOur AlpacaEval 2.0 run was fine. It scores 57.3% on HumanEval.\n"
    ).passed_over
    assert "57.3% on HumanEval" in over
    assert "running text" in over


def test_what_a_harness_printed_in_a_block_of_code_is_read_and_programs_are_not(read):
    code = "```python\nprint('MMLU   71.2')\nrun = 3.14\n```\n"
    printed = "```text\nTask     acc\nmmlu     0.712\ngsm8k    0.841\n```\n"
    scorecard = read(f"# acme/heron-7b\n\n{code}\n{printed}")
    assert {(n.artifact, n.printed) for n in scorecard.numbers} == {
        ("acme/heron-7b", "0.712"),
        ("acme/heron-7b", "0.841"),
    }


def test_tables_in_other_syntaxes_inside_markdown_are_read(read):
    html = "<table><caption>In HTML</caption><tr><th>Model</th><th>MMLU</th></tr><tr><td>Heron-7B</td><td>71.2</td></tr></table>\n"
    latex = "\\begin{table}\\caption{In LaTeX}\\begin{tabular}{lc}\nModel & MMLU \\\\\nWader-8B & 64.0 \\\\\n\\end{tabular}\\end{table}\n"
    scorecard = read(f"# Birds\n\n{MODELS}\n## More\n\n{html}\n{latex}")
    assert places(scorecard) == ["Birds", "In HTML", "In LaTeX"]
    assert len(scorecard.numbers) == 6


@pytest.mark.parametrize(("printed", "unit"), [("736", "other"), ("73.6", "percent"), ("105.2", "percent")])  # fmt: skip
def test_counts_of_the_documents_of_a_benchmark_are_no_percentages(read, printed, unit):
    table = f"| Model | MMMU | OCRBench |\n|---|---|---|\n| Heron-7B | 71.2 | {printed} |\n"
    found = {n.benchmark: n.unit.value for n in read(table).numbers}
    assert found == {"MMMU": "percent", "OCRBench": unit}


def test_what_a_caption_says_of_some_further_on_makes_no_estimates_of_all(read):
    title = "Accuracy of both, where sizes are estimated. Placeholder rows follow."
    assert models(read(f"## {title}\n\n{MODELS}")) == {"Heron-7B", "Wader-8B"}


def test_speculative_decoding_is_no_estimate(read):
    scorecard = read(f"## Speculative decoding\n\n{MODELS}")
    assert places(scorecard) == ["Speculative decoding"]


@pytest.mark.parametrize(("theirs", "mine"), [("Paper", "Ours"), ("Paper's Score", "My Score")])
def test_who_measured_is_no_model(read, theirs, mine):
    table = f"| Benchmark | {theirs} | {mine} |\n|---|---|---|\n| MMLU | 71.2 | 70.9 |\n"
    assert models(read(f"Hello!\n\n{table}")) == {
        f"model not named ({theirs})", f"model not named ({mine})",
    }  # fmt: skip
    assert models(read(f"# acme/heron-7b\n\n{table}")) == {
        f"acme/heron-7b ({theirs})", f"acme/heron-7b ({mine})",
    }  # fmt: skip


def test_a_model_called_ours_stays_one(read):
    found = read("| Benchmark | Baseline | Ours |\n|---|---|---|\n| MMLU | 71.2 | 70.9 |\n")
    assert models(found) == {"Baseline", "Ours"}
