"""`weighin scorecard`: published numbers, checked without any log."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from weighin.reports.scorecard.plots.all_plots import Plot
    from weighin.rules.scorecard.interface import ScorecardReport


def scorecard(
    files: Annotated[
        list[Path],
        typer.Argument(help="Scorecard files, tables (CSV, Markdown), model cards."),
    ],
    *,
    registry: Annotated[
        list[Path] | None,
        typer.Option("--registry", help="A file with benchmarks of your own.", metavar="FILE"),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            "--unit", help="Of a table's numbers, if it says none: percent, share.", metavar="UNIT"
        ),
    ] = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option("--evidence", help="Logged runs to hold claims against.", metavar="PATH"),
    ] = None,
    margin: Annotated[
        float,
        typer.Option("--margin", help="Difference in points that does not matter.", min=0),
    ] = 2.0,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Write Markdown to FILE.", metavar="FILE")
    ] = None,
    svg: Annotated[
        Path | None,
        typer.Option("--svg", help="Write plots into DIR, one file each.", metavar="DIR"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print every finding with its arithmetic.")
    ] = False,
    brief: Annotated[bool, typer.Option("--brief", help="Print the sentences alone.")] = False,
) -> int:
    """Say which published numbers are impossible, of another artifact, undeclared or not testable.

    Exits with 10 if one is impossible, of a different artifact or overstated; with 11 if something
    is undeclared or unresolved, or nothing could be tested; else with 0.
    """
    from weighin import api
    from weighin.cli.terminal.output import print_page, write_file, write_output
    from weighin.reports.scorecard.exit_code import scorecard_exit_code
    from weighin.reports.scorecard.page import scorecard_page

    report = api.scorecard(
        files, registry=registry or (), unit=unit, evidence=evidence or (), margin=margin / 100
    )
    drawn = () if svg is None else _draw(report, svg)
    if markdown is not None:
        from weighin.reports.page.markdown import document
        from weighin.reports.scorecard.plots.written_plots import plot_links

        figures = () if svg is None else plot_links(drawn, svg, markdown)
        write_file(markdown, document(scorecard_page(report, figures)))
    if as_json:
        from weighin.reports.scorecard import json_document

        write_output(json_document.render(report))
    else:
        print_page(scorecard_page(report), verbose=verbose, brief=brief)
    return scorecard_exit_code(report)


def _draw(report: "ScorecardReport", folder: Path) -> tuple["Plot", ...]:
    """Write the plots of a report into a folder; say so where there are none."""
    from weighin.cli.terminal.output import remark
    from weighin.reports.scorecard.plots.all_plots import plots
    from weighin.reports.scorecard.plots.written_plots import write_plots

    drawn = plots(report)
    write_plots(drawn, folder)
    if not drawn:
        remark(
            "no plot: no claim was held against a run, no number misses its count, and no name "
            "has two ratings"
        )
    return drawn
