"""`weighin job`: one job of a plan, scored on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.cli.log import begin_log, debug_option, log_file_option
from weighin.reports.shared.formats import EVERYWHERE, Format


def job(
    plan: Annotated[
        str,
        typer.Argument(
            help="PLAN@<sha256>, where PLAN is a file or s3://…; the id alone of a plan that the "
            "results hold; or a file in a folder of your own."
        ),
    ],
    *,
    job_id: Annotated[
        str | None, typer.Option("--id", help="The job, or at least 6 digits of its id.")
    ] = None,
    index: Annotated[
        int | None, typer.Option(min=0, help="Or its place in the plan, from 0.")
    ] = None,
    results: Annotated[str, typer.Option(help="The results: a folder or s3://…")],
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="Folder of the checkpoint on this machine [default: as planned]."),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Read every file, also those hashed before.")
    ] = False,
    log_file: Annotated[Path | None, log_file_option()] = None,
    debug: Annotated[bool, debug_option()] = False,
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> None:
    """Score one job of a plan, unless it is recorded. Ends with 0, with 3 (never again) or 75.

    Other weights, other tasks, other versions than planned are refused with 3; what trying again
    may help ends with 75. No verdict is given: `weighin check` judges the results.
    """
    from weighin import api
    from weighin.cli.terminal.progress.listener import progress_listener
    from weighin.cli.terminal.telling import tell
    from weighin.reports.evidence.jobs import job_json
    from weighin.reports.shared.foreign_text import visible
    from weighin.reports.told.report import Report

    asked_for = asked(
        formats, of=EVERYWHERE, as_json=as_json, reads=[results, checkpoint], is_quiet=quiet
    )
    begin_log(log_file, is_debug=debug, reads=[plan, results, checkpoint])
    with progress_listener() as listener:
        done = api.job(
            plan,
            results=results,
            job_id=job_id,
            index=index,
            checkpoint=checkpoint,
            cache=not no_cache,
            listener=listener,
        )
    recorded = done.recorded
    run = recorded.record.run
    how = "recorded already" if recorded.is_reused else "recorded"
    told = f"{done.label}: {how}, job {run.job_id[:12]}, attempt {run.attempt_id}"
    printers = {
        Format.TEXT: lambda: f"{visible(told)}\n",
        Format.JSON: lambda: job_json.render(
            recorded.record,
            label=done.label,
            plan_id=done.plan_id,
            is_reused=recorded.is_reused,
            is_first=recorded.is_first,
        ),
    }
    tell(Report(printers=printers), asked_for)
