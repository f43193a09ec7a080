"""`weighin show`: one record, with what lies around it."""

from typing import Annotated

import typer

from weighin.cli.completions import job_ids, places
from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.reports.shared.formats import OF_A_DOCUMENT


def show(
    record: Annotated[
        str,
        typer.Argument(
            autocompletion=job_ids,
            help="A record, the folder of an attempt or a job, or a log; or a job id, at least 6 "
            "digits of it, or a benchmark in --results.",
        ),
    ],
    *,
    results: Annotated[
        str,
        typer.Option(
            metavar="PATH", autocompletion=places, help="The results folder, or an URL (s3://)."
        ),
    ] = "results",
    benchmark: Annotated[
        str, typer.Option(metavar="NAME", help="Which one, where there are several.")
    ] = "",
    examples: Annotated[
        int, typer.Option(min=0, max=100, help="How many documents are shown.")
    ] = 1,
    formats: Annotated[list[str] | None, format_option(OF_A_DOCUMENT)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[bool, verbose_option("Print prompts in full, and every file.")] = False,
) -> None:
    """Show what was asked, what answered and what came out.

    Nothing is judged: `weighin check` does that. Files beside the record are held against it.
    """
    from weighin import api
    from weighin.cli.terminal.telling import tell
    from weighin.reports.evidence.jobs import record_json
    from weighin.reports.evidence.jobs.record_page import record_page
    from weighin.reports.told.report import document_report

    asked_for = asked(formats, of=OF_A_DOCUMENT, as_json=as_json, reads=[record], is_quiet=quiet)
    found = api.show_record(record, results=results, benchmark=benchmark, examples=examples)
    report = document_report(lambda: record_page(found), lambda: record_json.render(found))
    tell(report, asked_for, verbose=verbose)
