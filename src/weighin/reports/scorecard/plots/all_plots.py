"""All plots of a report on a scorecard, each as a file with a name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from weighin.reports.scorecard.plots.attainable_grid import (
    attainable_grid,
    counted_numbers,
    grid_title,
)
from weighin.reports.scorecard.plots.forest import TITLE, forest, held_claims
from weighin.reports.scorecard.plots.rating_gap import rated_names, rating_gap
from weighin.rules.scorecard.interface import ScorecardReport

_MOST_OF_A_KIND: Final = 12
_LONGEST_NAME: Final = 40
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot.

    Attributes:
        name: Of its file, without folder: lower-case letters, digits and `-`, with `.svg`.
        title: What it shows; foreign text.
        content: The SVG file.
    """

    name: str
    title: str
    content: str


def plots(report: ScorecardReport) -> tuple[Plot, ...]:
    """Where looking tells more than reading: claims with runs, counts, gaps between ratings.

    Returns:
        None if no claim was held against a run, no number misses its count, and no name has two
        ratings. At most twelve of a kind.
    """
    return tuple(_plots(report))


def _plots(report: ScorecardReport) -> Iterator[Plot]:
    if claims := held_claims(report):
        content = forest("claims-against-runs", claims, report.case.margin)
        yield Plot(name="claims-against-runs.svg", title=TITLE, content=content)
    for index, counted in enumerate(counted_numbers(report)[:_MOST_OF_A_KIND], 1):
        number = counted.stated.number
        name = f"attainable-{index}-{_plain(f'{number.benchmark} {number.printed}')}"
        content = attainable_grid(name, counted)
        yield Plot(name=f"{name}.svg", title=grid_title(counted), content=content)
    for index, rated in enumerate(rated_names(report.case)[:_MOST_OF_A_KIND], 1):
        name = f"rating-gap-{index}-{_plain(rated.name)}"
        yield Plot(name=f"{name}.svg", title=rated.title, content=rating_gap(name, rated))


def _plain(text: str) -> str:
    """A text as part of the name of a file on any system."""
    return _NOT_IN_A_NAME.sub("-", text.casefold()).strip("-")[:_LONGEST_NAME].strip("-") or "plot"
