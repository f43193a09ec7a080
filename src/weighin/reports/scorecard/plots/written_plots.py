"""Plots on disk, and what a report beside them calls them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from weighin.files.written import write_new_files
from weighin.reports.scorecard.plots.all_plots import Plot


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotLink:
    """A plot as a report links it.

    Attributes:
        title: What it shows; foreign text.
        target: Relative reference from the report's folder to the file.
    """

    title: str
    target: str


def write_plots(plots: Sequence[Plot], folder: Path) -> None:
    """Write plots into a folder, which is made if need be.

    Raises:
        UsageError: A file of another content lies there, and nothing was written; or it cannot be
            written there.
        InfrastructureError: The disk is full or failing.
    """
    write_new_files(
        [(folder / plot.name, plot.content.encode()) for plot in plots],
        what="plot",
        way_out="give another folder with --svg",
    )


def plot_links(plots: Sequence[Plot], folder: Path, report: Path) -> tuple[PlotLink, ...]:
    """The plots of a folder, as a report in a file links them."""
    way = os.path.relpath(folder.resolve(), report.resolve().parent)
    base = quote(Path(way).as_posix(), errors="surrogateescape")
    return tuple(PlotLink(title=plot.title, target=f"{base}/{plot.name}") for plot in plots)
