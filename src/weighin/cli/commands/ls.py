"""`weighin ls`: the jobs of a results folder."""

from typing import Annotated

import typer

from weighin.cli.completions import places
from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.reports.shared.formats import OF_ROWS, Format


def ls(
    results: Annotated[
        str,
        typer.Argument(
            autocompletion=places,
            help="A results folder, a folder with some in it, or an URL (s3://).",
        ),
    ] = "results",
    *,
    formats: Annotated[list[str] | None, format_option(OF_ROWS)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[
        bool, verbose_option("Print every job, and all that is to be said.")
    ] = False,
) -> None:
    """List jobs: settings that differ, score, age and state.

    Nothing is judged, and no samples are read: `weighin check` does both. What is damaged is a row
    that says so.
    """
    from datetime import UTC, datetime

    from weighin import api
    from weighin.cli.terminal.telling import tell
    from weighin.reports.evidence.jobs import csv_rows, jobs_json
    from weighin.reports.evidence.jobs.jobs_page import jobs_page
    from weighin.reports.told.report import document_report

    asked_for = asked(formats, of=OF_ROWS, as_json=as_json, reads=[results], is_quiet=quiet)
    found = api.list_jobs(results)
    now = datetime.now(UTC)
    tell(
        document_report(
            lambda: jobs_page(found, now),
            lambda: jobs_json.render(found),
            own={Format.CSV: lambda: csv_rows.render(found)},
        ),
        asked_for,
        verbose=verbose,
    )
