"""The plots that the documentation shows are those that the command draws."""

import re

from tests.making.places import DOCS
from weighin import api
from weighin.reports.scorecard.plots.all_plots import plots


def test_the_plots_of_the_documentation_are_current() -> None:
    drawn = {
        plot.name: plot.content for plot in plots(api.scorecard([DOCS / "plots/scorecard.yaml"]))
    }

    kept = {path.name: path.read_text() for path in (DOCS / "plots").glob("*.svg")}

    assert kept == drawn, (
        "run: rm docs/plots/*.svg; "
        "./run weighin scorecard docs/plots/scorecard.yaml --svg docs/plots"
    )


def test_every_plot_of_the_documentation_is_shown() -> None:
    shown = re.findall(r"\]\(plots/(.*?)\)", (DOCS / "plots.md").read_text())

    assert sorted(shown) == sorted(path.name for path in (DOCS / "plots").glob("*.svg"))
