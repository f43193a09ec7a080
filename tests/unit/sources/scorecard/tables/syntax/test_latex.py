"""Cells of LaTeX: what prints is read, what sets it is not, and what nobody knows is no number."""

import pytest

from weighin.sources.scorecard.tables.cells.table_cell import table_cell
from weighin.sources.scorecard.tables.syntax.latex.tabular import latex

MACROS = r"""
\newcommand{\top}[1]{\textbf{#1}}
\newcommand{\dev}[1]{{\tiny$\pm$#1}}
\newcommand\both[2]{\textbf{#1}$_{\pm #2}$}
\newcommand{\shade}{\cellcolor{gray!20}\bf}
\newcommand{\rise}[2][green]{\textcolor{#1}{(+#2)}}
\newcommand{\sized}[2]{\ensuremath{#1_{\pm#2}}}
\NewDocumentCommand{\opt}{O{red} m}{\textcolor{#1}{#2}}
\DeclareRobustCommand{\fall}[1]{\textcolor{red}{$\downarrow$#1}}
\def\plain#1{\textit{#1}}
\let\tb\textbf
\newcommand{\outer}[1]{\top{\plain{#1}}}
\newcommand{\none}{--}
"""


def texts_of(*cells, macros=MACROS):
    rows = "".join(f"Row {number} & {cell} & 9.9 \\\\\n" for number, cell in enumerate(cells))
    grid = latex(
        f"{macros}\\begin{{tabular}}{{lcc}}\nModel & A & B \\\\\n\\midrule\n{rows}\\end{{tabular}}",
        "a file",
    ).grids[0]
    assert all(row[2].text == "9.9" for row in grid.rows[1:])
    return [row[1].text for row in grid.rows[1:]]


SET = (
    r"$0.64{\scriptstyle \pm.02}$", r"$.64\pm.02$", r"$\mathbf{. 6 4}$", r"{\bf 0.64}",
    r"\bfseries 0.64", r"\cellcolor[HTML]{EFEFEF}0.64", r"\colorbox[HTML]{FFFF00}{0.64}",
    r"\makecell{0.64 \\ {\tiny$\pm$.02}}", r"\shortstack{0.64\\(.02)}", r"\rotatebox{90}{0.64}",
    r"\phantom{0}0.64\hphantom{$^*$}", r"\num{0.64 +- 0.02}",
    r"\tablenum{0.64}", r"\makebox[1cm][r]{0.64}",
    r"\adjustbox{max width=1cm}{0.64}", r"\tikzmark{a}0.64", r"\tabincell{c}{0.64}",
    r"\ubold 0.64",
    r"\fontseries{b}\selectfont 0.64", r"0.64$_{\textcolor{red}{\downarrow .02}}$",
    r"$^\dagger$0.64",
    r"0.64$^\clubsuit$", r"0.64 \ding{72}", r"$0.64\mkern1mu\pm.02$", r"\raisebox{-.5ex}{0.64}",
    r"0.64\tiny{.02}", r"\ul{0.64}", r"\hl{0.64}",
    r"\top{0.64}", r"0.64\dev{.02}", r"\both{0.64}{.02}", r"\shade 0.64", r"\shade{0.64}",
    r"0.64 \rise{.02}", r"0.64 \rise[red]{.02}", r"\sized{0.64}{.02}", r"\opt{0.64}",
    r"0.64\fall{.02}",
    r"\plain{0.64}", r"\tb{0.64}", r"\outer{0.64}", r"\nobodys{0.64}",
)  # fmt: skip


def test_what_a_cell_prints_is_its_number():
    found = [table_cell(text).number for text in texts_of(*SET)]
    told = {cell: None if number is None else number.number
            for cell, number in zip(SET, found, strict=True)}  # fmt: skip
    assert {cell: n for cell, n in told.items() if n not in {"0.64", ".64"}} == {}


@pytest.mark.parametrize(
    "cell", [r"\sout{64.1}", r"\nobodys{64.1}{80}", r"64.1 $\rightarrow$ 70", r"\tfrac{64.1}{70.2}"]
)
def test_what_prints_no_single_number_is_passed_over_with_a_reason(cell):
    read = table_cell(texts_of(cell)[0])
    assert read.number is None
    assert read.why


def test_a_number_behind_another_in_other_type_does_not_lengthen_it():
    cells = (r"64\nobodys{2}", r"64{\tiny 2}", r"64\tiny{2}", r"64\textcolor{red}{2}")
    assert [table_cell(text).number.number for text in texts_of(*cells)] == ["64"] * len(cells)


def test_a_fraction_is_a_count():
    read = table_cell(texts_of(r"$\tfrac{249}{250}$")[0])
    assert (read.solved, read.documents) == (249, 250)


def test_the_name_of_a_macro_that_nobody_knows_stands_for_a_label():
    assert texts_of(r"\ourmodel (7B)") == ["ourmodel (7B)"]


@pytest.mark.parametrize(
    "macros", [r"\newcommand{\x}{\x\x}", r"\newcommand{\x}{\y\y}\newcommand{\y}{\x\x}", r"\def\x"]
)
def test_macros_that_stand_for_themselves_come_to_an_end(macros):
    assert len(texts_of(r"\x{1.5}", macros=macros)) == 1


RULES = (
    r"\hline", r"\midrule[1pt]", r"\Xhline{0.4pt}", r"\Xhline{2\arrayrulewidth}", r"\toprule",
    r"\specialrule{\lightrulewidth}{0pt}{0pt}", r"\hdashline[1pt/2pt]", r"\hhline{|=|=|=|}",
    r"\cdashline{1-3}[.4pt/1pt] \midrule", r"\Xcline{2-3}{1pt} \hline",
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_any_kind_ends_the_header_and_prints_nothing(rule):
    (grid,) = latex(
        "\\begin{tabular}{lcc}\n\\toprule[1.2pt]\n & A & B \\\\\nModel & \\% & Elo \\\\\n"
        f"{rule}\nLark & 61.2 & 1200 \\\\\n{rule}\n{{Finch}} & 60.1 & 1100 \\\\\n"
        "\\bottomrule[1.2pt]\n\\end{tabular}",
        "a file",
    ).grids
    assert [row[0].text for row in grid.rows] == ["", "Model", "Lark", "Finch"]
    assert grid.header_rows == 2


LINES = (
    r"\begin{tabular}[c]{@{}l@{}}Lark\\7B\end{tabular}",
    r"\begin{tabular}{@{}c@{}}Lark\\ 7B\end{tabular}",
    r"\makecell[l]{Lark\\7B}", r"\begin{tabular*}{2cm}[t]{l}Lark\\7B\end{tabular*}",
    r"\multirow{2}{*}{\begin{tabular}[t]{l}Lark\\7B\end{tabular}}",
    r"\begin{minipage}[t]{2cm}Lark\\7B\end{minipage}",
)  # fmt: skip


@pytest.mark.parametrize("cell", LINES)
def test_lines_in_a_cell_are_one_text(cell):
    assert texts_of(cell) == ["Lark 7B"]
