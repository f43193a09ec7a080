"""Foreign texts in the cells of a spreadsheet."""

from weighin.reports.shared.foreign_text import visible

# A spreadsheet takes a text that starts so for a formula, and runs it.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula: such a one gets a `'` in front."""
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_STARTS_A_FORMULA) else shown
