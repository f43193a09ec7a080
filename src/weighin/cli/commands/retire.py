"""`weighin retire`: what a job recorded decides nothing from then on."""

from typing import Annotated

import typer

from weighin.cli.completions import job_ids, places
from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.reports.shared.formats import EVERYWHERE, Format


def retire(
    job: Annotated[
        str,
        typer.Argument(
            autocompletion=job_ids,
            help="The job: the name of its folder, or at least 6 digits of it.",
        ),
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why; it stands in every report.")],
    results: Annotated[
        str,
        typer.Option(
            metavar="PATH", autocompletion=places, help="The results folder, or an URL (s3://)."
        ),
    ] = "results",
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> None:
    """Let a job decide nothing. It is kept, shown in every report and counted as an attempt."""
    from weighin import api
    from weighin.cli.terminal.telling import tell
    from weighin.reports.evidence.jobs import retirement_json
    from weighin.reports.shared.foreign_text import visible
    from weighin.reports.told.report import Report

    asked_for = asked(formats, of=EVERYWHERE, as_json=as_json, is_quiet=quiet)
    found = api.retire(job, reason=reason, results=results)
    told = (
        f"{found.job_id[:12]} ({found.benchmark} of {found.model}) decides nothing from now on: "
        f"{found.reason}"
    )
    printers = {
        Format.TEXT: lambda: f"{visible(told)}\n",
        Format.JSON: lambda: retirement_json.render(found),
    }
    tell(Report(printers=printers), asked_for)
