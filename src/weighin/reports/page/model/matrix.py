"""Benchmark by facet."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from weighin.identity.facets import Grade
from weighin.reports.page.model.blocks import Column, Weight
from weighin.reports.page.model.words import Run
from weighin.rules.interface import Outcome


class CellState(StrEnum):
    """How a facet of one benchmark relates to the norm: what most benchmarks agree on."""

    DIFFERENT = "different"
    DISPUTED = "disputed"
    """Two things disagree, which need not mean that the facet is another."""
    UNKNOWN = "unknown"
    SAME = "same"
    NOT_APPLICABLE = "not-applicable"


OUTCOME_OF: Final = {
    CellState.DIFFERENT: Outcome.VIOLATED,
    CellState.DISPUTED: Outcome.UNDECIDED,
    CellState.UNKNOWN: Outcome.UNDECIDED,
    CellState.SAME: Outcome.MET,
    CellState.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}
"""The outcome whose mark a state wears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One facet of one benchmark.

    Attributes:
        state: What the rules found.
        grade: The weakest grade among the records of the benchmark; `absent` without a record.
        summary: What was observed, in a few foreign words; several records' are joined by ` / `.
        is_waived: Whether somebody accepts that the facet is not the same.
        has_value: Whether what was observed is shown: others observed something else, or nothing.
        is_alone: Whether it is the same because there is nothing to compare it with.
    """

    state: CellState
    grade: Grade
    summary: str
    is_waived: bool
    has_value: bool = False
    is_alone: bool = False

    @property
    def is_disputed(self) -> bool:
        """Whether it wears the mark of what disagrees without a decision."""
        return self.state is CellState.DISPUTED and not self.is_waived

    @property
    def outcome(self) -> Outcome:
        """The outcome whose colour it wears."""
        if self.is_alone and not self.is_waived:
            return Outcome.NOT_APPLICABLE
        return Outcome.WAIVED if self.is_waived else OUTCOME_OF[self.state]

    @property
    def grade_word(self) -> str:
        """Its grade in a word; empty where the facet does not apply."""
        if self.is_waived:
            return "waived"
        return "" if self.state is CellState.NOT_APPLICABLE else self.grade.value


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One benchmark.

    Attributes:
        name: Its name; foreign.
        values: What is known of it, one a column.
        words: The same in words, where there is no room for columns; foreign.
        cells: One a facet.
    """

    name: str
    values: tuple[Run, ...]
    words: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Benchmark by facet.

    Attributes:
        title: What a row is called.
        columns: What is known of each row.
        facets: What a row may agree on with the others.
        rows: The benchmarks.
        weight: How early rows are cut.
        norms: What was observed where a facet is the same, one a facet; foreign, and empty where
            that is not one value or no cell of the facet differs.
    """

    title: str
    columns: tuple[Column, ...]
    facets: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    weight: Weight | None = None
    norms: tuple[str, ...] = ()
