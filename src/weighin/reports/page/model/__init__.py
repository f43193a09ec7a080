"""A page: what a report says, in the order in which it is said.

A subject fills a page once; every printer prints it by its own rules. So a page holds neither
styles nor markup, and nothing is cut from it: it says whose words a text is, what an answer is
(outcome, level, grade), and how much of a list is enough.
"""

from weighin.reports.page.model.blocks import (
    REMARK,
    Bar,
    Bars,
    Column,
    Fact,
    Facts,
    Lines,
    Part,
    Table,
    Weight,
    remark_in,
)
from weighin.reports.page.model.findings import Acceptance, Findings, Group, Statement
from weighin.reports.page.model.guide import (
    Drawing,
    Gist,
    Guide,
    Meaning,
    ReadFile,
    RuleNote,
    ScoreRow,
    Scores,
    Series,
)
from weighin.reports.page.model.matrix import OUTCOME_OF, Cell, CellState, Matrix, MatrixRow
from weighin.reports.page.model.page import Block, Figure, Page, Section, is_empty, tally
from weighin.reports.page.model.words import (
    Citations,
    Items,
    Phrase,
    Run,
    Source,
    Voice,
    foreign,
    name,
    ours,
)

__all__ = [
    "OUTCOME_OF",
    "REMARK",
    "Acceptance",
    "Bar",
    "Bars",
    "Block",
    "Cell",
    "CellState",
    "Citations",
    "Column",
    "Drawing",
    "Fact",
    "Facts",
    "Figure",
    "Findings",
    "Gist",
    "Group",
    "Guide",
    "Items",
    "Lines",
    "Matrix",
    "MatrixRow",
    "Meaning",
    "Page",
    "Part",
    "Phrase",
    "ReadFile",
    "RuleNote",
    "Run",
    "ScoreRow",
    "Scores",
    "Section",
    "Series",
    "Source",
    "Statement",
    "Table",
    "Voice",
    "Weight",
    "foreign",
    "is_empty",
    "name",
    "ours",
    "remark_in",
    "tally",
]
