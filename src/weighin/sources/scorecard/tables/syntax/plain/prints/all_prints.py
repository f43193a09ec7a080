"""What programs printed in a text, taken out of it as tables."""

from collections.abc import Callable, Iterator, Sequence

from weighin.sources.scorecard.tables.grid import Grid
from weighin.sources.scorecard.tables.syntax.plain.prints.detections import detections
from weighin.sources.scorecard.tables.syntax.plain.prints.error_rates import error_rates
from weighin.sources.scorecard.tables.syntax.plain.prints.literals import literals
from weighin.sources.scorecard.tables.syntax.plain.prints.named_values import named_values
from weighin.sources.scorecard.tables.syntax.plain.prints.printed import Print

_FORMS: Sequence[Callable[[Sequence[str]], Iterator[Print]]] = (
    error_rates,
    detections,
    literals,
    named_values,
)


def all_prints(text: str) -> tuple[str, list[tuple[int, int, Grid]]]:
    """A text without what programs printed, and that: each first line, the one behind, a table."""
    lines = text.split("\n")
    found: list[tuple[int, int, Grid]] = []
    for form in _FORMS:
        for printed in list(form(lines)):
            first, end = printed.start - 1, printed.end - 1
            lines[first:end] = [""] * (end - first)
            found.append((printed.start, printed.end, printed.grid()))
    return ("\n".join(lines) if found else text), found


def are_mostly_prints(text: str) -> bool:
    """Whether most lines of a text were printed so, whatever stands between commas in them."""
    written = sum(bool(line.strip()) for line in text.split("\n"))
    rest, found = all_prints(text)
    return bool(found) and sum(bool(line.strip()) for line in rest.split("\n")) * 2 < written
