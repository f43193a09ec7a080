"""`weighin scorecard`: published numbers, checked without any log."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weighin.cli.command import Asked, typed_again
from weighin.cli.completions import places
from weighin.cli.formats import (
    asked,
    format_option,
    json_option,
    quiet_option,
    verbose_option,
)
from weighin.reports.shared.fail_on import FailOn
from weighin.reports.shared.formats import OF_A_DOCUMENT, OF_AN_ANSWER, Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from weighin.reports.page.model import Figure
    from weighin.reports.told.report import Report
    from weighin.rules.scorecard.interface import ScorecardReport

_SHOWN_PASSED_OVER = 6


def scorecard(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Scorecard files, tables of any syntax, model cards; - is what is piped in."
        ),
    ],
    *,
    registry: Annotated[
        list[Path] | None,
        typer.Option("--registry", help="A file with benchmarks of your own.", metavar="FILE"),
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(
            "--unit",
            help="Of a table's numbers, if it says none: percent, share; or MMLU=percent.",
            metavar="UNIT",
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            help="What a column or row holds: NAME=model, NAME=skip, NAME=BENCHMARK.",
            metavar="NAME=KIND",
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model", help="The model that a table does not name, or OLD=NEW.", metavar="NAME"
        ),
    ] = None,
    show_reading: Annotated[
        bool,
        typer.Option("--show-reading", help="Print how tables are understood, and judge nothing."),
    ] = False,
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            "--evidence",
            autocompletion=places,
            help="Logged runs to hold claims against.",
            metavar="PATH",
        ),
    ] = None,
    margin: Annotated[
        float,
        typer.Option("--margin", help="Difference in points that does not matter.", min=0),
    ] = 2.0,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="--format markdown=FILE.", metavar="FILE")
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", help="Write every finding into a table.", metavar="FILE"),
    ] = None,
    svg: Annotated[
        Path | None,
        typer.Option("--svg", help="Write plots into DIR, one file each.", metavar="DIR"),
    ] = None,
    fail_on: Annotated[
        FailOn,
        typer.Option(help="Least of what ends with another exit code than 0; includes the worse."),
    ] = FailOn.UNDECIDED,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End with 0 whatever the answer; errors do not.")
    ] = False,
    formats: Annotated[list[str] | None, format_option(OF_AN_ANSWER)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[bool, verbose_option("Print every finding with its arithmetic.")] = False,
    brief: Annotated[bool, typer.Option("--brief", help="Print the sentences alone.")] = False,
) -> int:
    """Test published numbers: which do not hold, and why.

    Exits with 10 if one is impossible, of a different artifact or overstated; with 11 if something
    is undeclared or unresolved, or nothing could be tested; else with 0: nothing speaks against it.
    """
    from weighin import api
    from weighin.cli.terminal.report_files import remove_old, require_no_input, write_file
    from weighin.cli.terminal.telling import tell
    from weighin.files.collector import without_collector
    from weighin.reports.scorecard.csv_rows import findings_csv
    from weighin.reports.scorecard.exit_code import scorecard_exit_code
    from weighin.reports.scorecard.report import scorecard_report

    asked_for = asked(
        formats,
        of=OF_A_DOCUMENT if show_reading else OF_AN_ANSWER,
        as_json=as_json,
        files={Format.MARKDOWN: markdown},
        reads=[*files, *(registry or ()), *(evidence or ())],
        is_quiet=quiet,
    )
    if csv is not None:
        require_no_input(csv, [str(path) for path in (*files, *(registry or ()))])
        remove_old((csv,))
    if show_reading:
        tell(_reading(files, registry or (), unit, column or (), model or ()), asked_for)
        return 0
    found = api.scorecard(
        files,
        registry=registry or (),
        unit=unit,
        columns=column or (),
        models=model or (),
        evidence=evidence or (),
        margin=margin / 100,
    )
    _tell_passed_over(found)
    figures = () if svg is None else _draw(found, svg, beside=_markdown_of(asked_for))
    if csv is not None:
        write_file(csv, findings_csv(found))
    code = 0 if exit_zero else scorecard_exit_code(found, fail_on)
    report = scorecard_report(found, figures, code, typed_again())
    with without_collector():
        tell(report, asked_for, verbose=verbose, brief=brief)
    return code


def _reading(
    files: "Sequence[Path]",
    registry: "Sequence[Path]",
    unit: "Sequence[str] | None",
    columns: "Sequence[str]",
    models: "Sequence[str]",
) -> "Report":
    """How the tables of files are understood."""
    from weighin import api
    from weighin.reports.scorecard.reading import document
    from weighin.reports.scorecard.reading.page import reading_page
    from weighin.reports.told.report import document_report

    read = api.scorecard_reading(
        files, registry=registry, unit=unit, columns=columns, models=models
    )
    return document_report(lambda: reading_page(read), lambda: document.render(read))


def _tell_passed_over(report: "ScorecardReport") -> None:
    """Name what of tables was not read; all of it is in `--show-reading`."""
    from weighin.cli.terminal.output import remark

    for card in report.case.scorecards:
        over = card.passed_over
        for sentence in over[:_SHOWN_PASSED_OVER]:
            remark(f"{card.file}: passed over: {sentence}")
        if len(over) > _SHOWN_PASSED_OVER:
            more = len(over) - _SHOWN_PASSED_OVER
            remark(f"{card.file}: {more} more passed over; --show-reading names them")


def _markdown_of(asked_for: Asked) -> Path:
    """The file of the Markdown, from which it links plots; one in this folder where it has none."""
    files = (path for told, path in asked_for.files if told is Format.MARKDOWN)
    return next(files, Path("report.md"))


def _draw(report: "ScorecardReport", folder: Path, *, beside: Path) -> tuple["Figure", ...]:
    """Write the plots of a report into a folder; say so where there are none."""
    from weighin.cli.terminal.output import remark
    from weighin.reports.scorecard.plots.all_plots import plots
    from weighin.reports.scorecard.plots.written_plots import plot_links, write_plots

    drawn = plots(report)
    write_plots(drawn, folder)
    if not drawn:
        remark(
            "no plot: no claim was held against a run, no number misses its count, and no name "
            "has two ratings"
        )
    return plot_links(drawn, folder, beside)
