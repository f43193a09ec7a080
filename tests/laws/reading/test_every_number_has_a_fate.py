"""No number of a table vanishes without a word: it is read, or said to be passed over and why."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.sources.scorecard.tables.answers import UNSEEN, cases, table_of
from tests.unit.sources.scorecard.tables.variants.changed import FACTS

from weighin.errors import WeighinError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.tables.claims.fates import Fate
from weighin.sources.scorecard.tables.corrections import corrections
from weighin.sources.scorecard.tables.read_tables import ReadTables, passed_over
from weighin.sources.scorecard.tables.reading import read_tables

REGISTRY = load_registry()
NUMBER = re.compile(r"[*]{0,2}[0-9]{1,3}\.[0-9]{1,4} ?%?[*]{0,2}")

HEADINGS = (
    *FACTS, "Model", "Method", "Task", "Metric", "Value", "Stderr", "acc_stderr", "n", "MMLU",
    "GSM8K", "HumanEval", "Avg", "Score", "accuracy", "DROP", "baseline", "n-shot", "Version",
    "", "Category", "Llama-3 8B", "ours", "total_cases", "version", "±", "%", "Target", "±SE",
)  # fmt: skip
CELLS = (
    "70.1", "0.701", "71", "", "-", "70.1 ± 0.4", "~50", "63/500 (12.6%)", "+1.2", "-0.4", "MMLU",
    "GSM8K", "Alto-7B", "Brig-13B", "7B", "5", "0.0", "acc", "2024-01-02", "12k", "70.1 / 3171",
    "words 12 here", "0.71±.02", "50.1%", "1,024", "↑", "±", "N/A (80 GB)", "70–75", "128",
)  # fmt: skip


def read_of(path: Path) -> ReadTables | None:
    """How the tables of a file are understood; `None` where it holds none."""
    try:
        content = path.read_bytes()
        return read_tables(content, path.name, REGISTRY, corrections(), path.suffix)
    except WeighinError:
        return None


def vanished(read: ReadTables) -> list[str]:
    """Numbers of which nothing is told."""
    told = "\n".join(passed_over(read))
    answer = []
    for table in read.tables:
        for one in table.fates():
            shown = f"line {one.cell.line}, column {one.place + 1}: {one.cell.text!r}"
            if one.fate is Fate.UNTOLD:
                answer.append(f"{shown} is untold")
            if one.fate is Fate.COLUMN and one.cell.text:
                over = next(o for o in table.passed_over if o.place == one.place and o.row < 0)
                if over.why not in told:
                    answer.append(f"{shown}: its column is not named")
        for row in table.table.header:
            answer.extend(
                f"line {cell.line}: {cell.text!r} is taken for a heading"
                for cell in row
                if NUMBER.fullmatch(cell.text)
            )
    return answer


def grid_of_file(read: ReadTables) -> Counter[Fate]:
    """How many numbers have each fate."""
    return Counter(one.fate for table in read.tables for one in table.fates())


@pytest.mark.parametrize("folder", (*cases(), *cases(UNSEEN))[::6], ids=lambda f: f.name)
def test_every_number_of_a_public_table_has_a_fate(folder):
    read = read_of(table_of(folder))
    assert read is None or vanished(read) == []


@pytest.mark.soak
@pytest.mark.parametrize("folder", [*cases(), *cases(UNSEEN)], ids=lambda f: f.name)
def test_every_number_of_every_public_table_has_a_fate(folder):
    read = read_of(table_of(folder))
    assert read is None or vanished(read) == []


rows = st.integers(2, 6).flatmap(
    lambda width: st.tuples(
        st.lists(st.sampled_from(HEADINGS), min_size=width, max_size=width),
        st.lists(
            st.lists(st.sampled_from(CELLS), min_size=width, max_size=width),
            min_size=1,
            max_size=5,
        ),
    )
)


@given(rows)
def test_every_number_of_any_table_has_a_fate(table):
    header, body = table
    lines = [header, ["---"] * len(header), *body]
    text = "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
    try:
        read = read_tables(text.encode(), "t.md", REGISTRY, corrections(), ".md")
    except WeighinError:
        return
    assert [told for told in vanished(read) if "untold" in told or "named" in told] == []
