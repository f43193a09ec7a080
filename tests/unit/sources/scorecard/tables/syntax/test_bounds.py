"""What no person made is refused by name of the limit, before a parser sees it."""

import pytest

from weighin.errors import EvidenceError
from weighin.sources.scorecard.tables.syntax.bounds import require_short_latex, require_short_rows
from weighin.sources.scorecard.tables.syntax.latex.tabular import latex
from weighin.sources.scorecard.tables.syntax.markdown import markdown
from weighin.sources.scorecard.tables.syntax.plain.prints.literals import literals

MANY = 200_001
CELLS = pytest.raises(EvidenceError, match=r"a: expected at most 200000 cells, found more")


def test_ampersands_are_counted_before_latex_is_parsed():
    with CELLS:
        latex("\\begin{tabular}{ll}" + "&" * MANY + "\\\\\\end{tabular}", "a")


def test_bars_are_counted_before_markdown_is_parsed():
    with CELLS:
        markdown("|a|b|\n|---|---|\n" + "|a|b|\n" * (MANY // 2), "a")


def test_as_many_cells_as_are_read_are_not_refused():
    require_short_rows(["|a|b|"] * (MANY // 2), "a")
    require_short_latex("&" * (MANY - 1), "a")


def _read(rows: str) -> None:
    latex("\\begin{tabular}{lcc}\nModel & MMLU \\\\\n" + rows + "\\end{tabular}", "a")


@pytest.mark.parametrize(
    "row",
    [
        r"\multicolumn{2b & 70.1 \\",
        r"\multicolumn{$x & 70.1 \\",
        r"\multicolumn{\( & 70.1 } \\",
        r"\multirow{\begin{q} & 70.1 \\",
        r"\multirow[x{a} & 70.1 \\",
        r"\makecell[x\makecell[ & 70.1 \\",
        r"\multicolumn{2]{c & 70.1 \\",
        r"\frac{ & 70.1 \\",
    ],
)
def test_groups_that_end_nowhere_do_not_double_the_time_each(row):
    with pytest.raises(EvidenceError, match=r"a:\d+: expected each group, bracket and formula to"):
        _read(f"{row}\n" * 20)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("{", "}"),
        (r"\textbf{", "}"),
        (r"\begin{x}", r"\end{x}"),
        (r"\[ x", r"\]"),
        ("$\\mbox{", "}$"),
    ],
)
@pytest.mark.parametrize("ends", [True, False])
def test_groups_are_at_most_sixty_deep(begin, end, ends):
    with pytest.raises(EvidenceError, match="groups at most 60 deep in each other, found more"):
        _read(f"A & {begin * 3000}{end * 3000 * ends} \\\\\n")
    _read(f"A & {begin * 20}70.1{end * 20} \\\\\n")


def test_a_caption_that_ends_nowhere_is_named():
    caption = r"\caption{" + r"\multicolumn{$ " * 15 + "}" * 16
    with pytest.raises(EvidenceError, match=r"a: .*\\multicolumn.*: expected each group"):
        latex(
            r"\begin{table}"
            + caption
            + "\\begin{tabular}{lc}\nA & 1 \\\\\n\\end{tabular}\\end{table}",
            "a",
        )


@pytest.mark.parametrize(
    "value",
    ["-" * 15_000 + "1.5", "f" + "(1.5)" * 3000, "x" + "[0]" * 3000, "1.5" + "+1.5" * 3000,
     "not " * 4000 + "1.5", "lambda:" * 2500 + "1.5"],
)  # fmt: skip
def test_what_only_nests_in_a_printed_literal_is_no_result(value):
    assert list(literals([f"{{'acc': {value}}}"])) == []
    assert [v.value for p in literals(["{'acc': 0.5}"]) for v in p.values] == ["0.5"]
