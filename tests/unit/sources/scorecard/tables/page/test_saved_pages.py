"""What the pages of others write around their tables, as a browser saves them."""

import pytest
from tests.unit.sources.scorecard.tables.test_forms import card, numbers

from weighin.errors import EvidenceError

ROWS = "<tr><td>Lark-7B</td><td>63.4</td></tr><tr><td>Finch-8B</td><td>68.1</td></tr>"
TABLE = f"<table><thead><tr><th>Model</th><th>MMLU</th></tr></thead><tbody>{ROWS}</tbody></table>"
READ = [("Lark-7B", "MMLU", "63.4"), ("Finch-8B", "MMLU", "68.1")]


def read(body: str):
    return card(f"<html><head><title>Evals</title></head><body>{body}</body></html>", ".html")


def test_the_numbers_and_letters_of_a_sheet_are_no_cells():
    row = '<tr><th class="row-headers-background">{}</th><td>{}</td><td>{}</td></tr>'
    head = (
        '<thead><tr><th class="row-header freezebar-origin-ltr"></th>'
        '<th class="column-headers-background">A</th><th class="column-headers-background">B</th>'
        "</tr></thead>"
    )
    rows = [("1", "Model", "MMLU"), ("2", "Lark-7B", "63.4"), ("3", "Finch-8B", "68.1")]
    body = "".join(row.format(*cells) for cells in rows)
    bar = '<tr><th class="freezebar-cell"></th><td class="freezebar-cell"></td></tr>'
    assert numbers(read(f"<table class=waffle>{head}<tbody>{body}{bar}</tbody></table>")) == READ


@pytest.mark.parametrize("role", ["table", "grid", "treegrid"])
def test_boxes_that_a_program_draws_are_a_table_by_their_roles(role: str):
    def row(kind: str, *cells: str) -> str:
        boxes = "".join(f'<div role="{kind}"><span>{cell}</span></div>' for cell in cells)
        return f'<div role="row">{boxes}</div>'

    head = row("columnheader", "Model", "MMLU")
    body = row("gridcell", "Lark-7B", "63.4") + row("cell", "Finch-8B", "68.1")
    assert (
        numbers(read(f'<div role="{role}"><div role="rowgroup">{head}{body}</div></div>')) == READ
    )


def test_the_label_of_a_tab_is_the_heading_of_what_it_shows():
    blocks = f'<div class="tabbed-block">{TABLE}</div>' * 2
    labels = '<div class="tabbed-labels"><label>Base</label><label>Chat</label></div>'
    found = read(f'<h1>Lark</h1><div class="tabbed-set">{labels}<div>{blocks}</div></div>')
    assert {number.source.place for number in found.numbers} == {"Base", "Chat"}


def test_a_footnote_within_a_cell_leaves_its_mark_alone():
    note = (
        '<span class="ltx_note"><sup class="ltx_note_mark">1</sup><span class="ltx_note_outer">'
        '<span class="ltx_note_content"><sup>1</sup>8-shot</span></span></span>'
    )
    found = read(TABLE.replace("63.4", f"63.4{note}"))
    assert numbers(found) == READ
    assert [number.footnotes for number in found.numbers] == [("1",), ()]


def test_a_link_to_a_heading_is_no_part_of_it():
    found = read(f'<h2>Results<a class="headerlink" href="#r">¶</a></h2>{TABLE}')
    assert {number.source.place for number in found.numbers} == {"Results"}


def test_a_print_in_a_block_of_code_is_read():
    printed = "|Tasks|Version|Metric|Value|\n|---|---|---|---:|\n|boolq|Yaml|acc|0.6125|\n"
    run = "hf (pretrained=org/robin-7b), gen_kwargs: (None), limit: None"
    found = read(f"<h1>Log</h1><pre><code>{run}\n{printed}</code></pre>{TABLE}")
    assert numbers(found) == [("org/robin-7b", "boolq", "0.6125"), *READ]


def test_the_program_of_a_page_without_tables_is_no_table():
    script = "".join(f'  "model {n}": {n}.5,\n' for n in range(40, 60))
    with pytest.raises(EvidenceError, match="found none"):
        read(f"<script>\nconst mmlu = {{\n{script}}};\n</script>")


def test_how_many_were_right_beside_how_many_there_were_is_a_count():
    head = "| task | base_correct | base_total | base_acc |\n|---|---|---|---|\n"
    found = card(f"{head}| MMLU | 58 | 165 | 0.3515 |\n| GSM8K | 40 | 100 | 0.4000 |\n")
    assert [number.printed for number in found.numbers] == ["0.3515", "0.4000"]


@pytest.mark.parametrize("name", ["Percentage", "Share (%)", "Mixture"])
def test_percentages_that_make_up_a_hundred_are_parts_of_a_mixture(name: str):
    def table(*numbers: str) -> str:
        rows = zip(("web", "code", "papers"), numbers, strict=True)
        cells = "".join(f"<tr><td>{part}</td><td>{number}</td></tr>" for part, number in rows)
        return f"<h2>Mixture</h2><table><tr><th>Dataset</th><th>{name}</th></tr>{cells}</table>"

    found = read(table("61.5%", "28.3%", "10.2%") + TABLE)
    assert numbers(found) == READ
    assert any("it holds no numbers" in over for over in found.passed_over)
    assert len(read(table("61.5%", "48.3%", "10.2%") + TABLE).numbers) == 5
