"""Tables of fields whose metrics are no shares of documents, and slips of those who write them."""

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
