"""What no person made is refused by name of the limit, before a parser sees it."""

import pytest

from weighin.errors import EvidenceError
from weighin.sources.scorecard.tables.syntax.bounds import require_flat_latex, require_short_rows
from weighin.sources.scorecard.tables.syntax.latex.tabular import latex
from weighin.sources.scorecard.tables.syntax.markdown import markdown

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
    require_flat_latex("&" * (MANY - 1), "a")
