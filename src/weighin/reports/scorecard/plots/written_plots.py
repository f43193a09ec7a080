"""Plots on disk, and what a report beside them calls them."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from weighin.files.written import write_new_files
from weighin.reports.page.model import Figure
from weighin.reports.scorecard.plots.all_plots import Plot


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


def plot_links(plots: Sequence[Plot], folder: Path, report: Path) -> tuple[Figure, ...]:
    """The plots of a folder, as a report in a file links them."""
    way = os.path.relpath(folder.resolve(), report.resolve().parent)
    base = quote(Path(way).as_posix(), errors="surrogateescape")
    return tuple(Figure(plot.title, f"{base}/{plot.name}") for plot in plots)
