"""Saved pages, papers and pasted text: captions, headings, footnotes and what is not printed."""

# ruff: noqa: E501  # pages as they are written
import pytest

from weighin.errors import EvidenceError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.reading import read_scorecard

REGISTRY = load_registry()
ROWS = "Model & MMLU & GSM8K \\\\\nHeron-7B & 71.2 & 84.1 \\\\\nWader-8B & 64.0 & 70.5 \\\\\n"
TABULAR = f"\\begin{{tabular}}{{lcc}}\n{ROWS}\\end{{tabular}}\n"
HTML = (
    "<tr><th>Model</th><th>MMLU</th><th>GSM8K<sup>1</sup></th></tr>"
    "<tr><td>Heron-7B</td><td>71.2</td><td>84.1</td></tr>"
)


@pytest.fixture
def read(tmp_path):
    """Reads a text as a file of a name."""

    def reading(text, name):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return read_scorecard(path, registry=REGISTRY)

    return reading


def place(scorecard):
    (found,) = {number.source.place for number in scorecard.numbers}
    return found


@pytest.mark.parametrize(
    "page",
    [
        f"<h2>Before</h2><table><caption>Table 4: Main.</caption>{HTML}</table>",
        f"<figure><table>{HTML}</table><figcaption>Table 4: Main.</figcaption></figure>",
        f"<h2>Before</h2><table>{HTML}</table><p>Table 4: Main.</p>",
        f"<p><b>Table 4: Main.</b></p><div><table>{HTML}</table></div><h2>After</h2>",
    ],
)
def test_the_caption_of_a_table_in_html_is_its_place(read, page):
    assert place(read(page, "page.html")) == "Table 4: Main."


def test_a_footnote_of_a_page_says_what_it_says(read):
    page = f"<table>{HTML}</table><p><sup>1</sup> maj@8</p>"
    scorecard = read(page, "page.html")
    assert scorecard.footnotes["1"] == "maj@8"
    assert [n.protocol.votes for n in scorecard.numbers] == [None, 8]


def test_spans_and_formulas_of_a_converted_paper_are_a_table(read):
    def cell(text):
        return f'<span class="ltx_td">{text}</span>'

    def row(*texts):
        return f'<span class="ltx_tr">{"".join(map(cell, texts))}</span>'

    number = '<math alttext="\\mathbf{71.2}_{\\pm 0.3}"><mn>71.2</mn></math>'
    rows = row("Model", "MMLU", "GSM8K") + row("Heron-7B", number, "84.1")
    page = (
        f'<figure class="ltx_table"><p><span class="ltx_tabular">{rows}</span></p>'
        "<figcaption>Table 4: Main.</figcaption></figure>"
    )
    scorecard = read(page, "page.html")
    assert place(scorecard) == "Table 4: Main."
    assert [n.printed for n in scorecard.numbers] == ["71.2", "84.1"]


def test_the_page_of_a_model_on_the_hub_names_it(read):
    rows = "<tr><th>Task</th><th>Score</th></tr><tr><td>MMLU</td><td>71.2</td></tr>"
    page = f"<title>acme/heron-7b · Hugging Face</title><h1>Card</h1><table>{rows}</table>"
    (number,) = read(page, "page.html").numbers
    assert number.artifact == "acme/heron-7b"


@pytest.mark.parametrize(
    "paper",
    [
        f"\\section{{Before}}\\begin{{table}}\\caption{{Main \\textbf{{results}}}}{TABULAR}\\end{{table}}",
        f"\\section{{Before}}\\begin{{table}}{TABULAR}\\caption{{Main results}}\\end{{table}}",
        f"\\begin{{table}}\\caption{{Others}}\\end{{table}}\\begin{{table}}{TABULAR}\\caption{{Main results}}\\end{{table}}",
    ],
)
def test_the_caption_of_a_float_is_that_of_its_tabular(read, paper):
    assert place(read(paper, "paper.tex")) == "Main results"


@pytest.mark.parametrize(
    "hidden",
    [
        f"\\iffalse\n{TABULAR.replace('71.2', '99.9')}\\fi\n",
        f"\\begin{{comment}}\n{TABULAR.replace('71.2', '99.9')}\\end{{comment}}\n",
        "".join(f"% {line}\n" for line in TABULAR.replace("71.2", "99.9").splitlines()),
    ],
)
def test_what_a_paper_does_not_print_does_not_count(read, hidden):
    scorecard = read(hidden + TABULAR, "paper.tex")
    assert {n.printed for n in scorecard.numbers} == {"71.2", "84.1", "64.0", "70.5"}
    assert {n.pointer.split(",")[0] for n in scorecard.numbers} == {
        f"line {hidden.count(chr(10)) + 3}",
        f"line {hidden.count(chr(10)) + 4}",
    }


def test_files_that_a_paper_takes_in_are_named(read):
    assert "tables/main" in read(f"\\input{{tables/main}}\n{TABULAR}", "paper.tex").passed_over[0]
    with pytest.raises(EvidenceError, match="tables/main"):
        read("\\section{Results}\nSee below.\n\\input{tables/main}\n", "paper.tex")


@pytest.mark.parametrize("gap", ["", "\n"])
def test_a_caption_of_several_lines_above_or_below_pasted_text_is_its_place(read, gap):
    table = "Model       MMLU    GSM8K\nHeron-7B    71.2    84.1\nWader-8B    64.0    70.5\n"
    caption = "Table 3: Scores of both birds on two sets, as\nwe measured them.\n"
    whole = "Table 3: Scores of both birds on two sets, as we measured them."
    for text in (caption + gap + table, table + gap + caption):
        scorecard = read(text, "page.txt")
        assert place(scorecard) == whole
        assert len(scorecard.numbers) == 4
