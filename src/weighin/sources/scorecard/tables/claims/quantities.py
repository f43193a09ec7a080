"""Numbers among rows of quantities, such as the heads of a model below its layers."""

from collections.abc import Iterator, Sequence

from weighin.sources.scorecard.tables.claims.found import Found, PassedOver, cell_over
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.levels.level import Axis
from weighin.sources.scorecard.tables.layout.understood import Layout
from weighin.sources.scorecard.tables.layout.words import is_measure

_OF_FACTS = frozenset(
    ("sizes", "how it was trained", "settings of the run", "cost or speed", "memory", "counts")
)


def are_quantities(layout: Layout, found: Sequence[Found], over: Sequence[PassedOver]) -> bool:
    """Whether most rows are of quantities by their names, and no other of any benchmark.

    Args:
        layout: What the labels of the table are.
        found: The numbers that are left.
        over: What was passed over.
    """
    if not found or layout.benchmark is None or layout.benchmark.axis is not Axis.ROWS:
        return False
    rows = {one.row for one in over if one.what == "row" and one.why in _OF_FACTS}
    labels = {number.label for number in found}
    return len(rows) > len(labels) and not any(
        number.whole is not None or is_measure(number.label) or number.cell.is_percentage
        for number in found
    )


def as_quantities(table: Table, found: Sequence[Found]) -> Iterator[PassedOver]:
    """The cells of numbers, told as quantities."""
    cells = {number.source for number in found}
    for row, texts in enumerate(table.body):
        for place, cell in enumerate(texts):
            if cell in cells:
                yield cell_over(row, place, cell, "it stands among quantities that are no scores")
