"""`weighin diff`: what moved from one run to another, and what it did."""

from typing import Annotated

import typer

from weighin.cli.command import typed_again
from weighin.cli.completions import places
from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.reports.shared.formats import OF_A_DOCUMENT

_EXAMPLES = 5


def diff(
    first: Annotated[
        str,
        typer.Argument(
            metavar="A",
            autocompletion=places,
            help="A record, job, results folder or URL, log, plan, verdict, manifest or "
            "checkpoint; or at least 6 digits of the id of a job in --results.",
        ),
    ],
    second: Annotated[
        str, typer.Argument(metavar="B", autocompletion=places, help="What A became.")
    ],
    *,
    results: Annotated[
        str,
        typer.Option(
            metavar="PATH", autocompletion=places, help="The results folder, or an URL (s3://)."
        ),
    ] = "results",
    examples: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="How many documents that flipped are shown of each benchmark."
        ),
    ] = _EXAMPLES,
    skip_unreadable: Annotated[
        bool,
        typer.Option("--skip-unreadable", help="Leave out what cannot be read, and name it."),
    ] = False,
    formats: Annotated[list[str] | None, format_option(OF_A_DOCUMENT)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[bool, verbose_option("Print every line, row and note.")] = False,
) -> int:
    """Say what moved from A to B, and what it did to scores.

    Exits with 0 whenever they could be compared, whatever the answer.
    """
    from weighin import api
    from weighin.cli.terminal.progress.comparing import comparing_progress
    from weighin.cli.terminal.telling import tell
    from weighin.reports.evidence.differences import difference_json
    from weighin.reports.evidence.differences.difference_page import difference_page
    from weighin.reports.told.report import document_report

    asked_for = asked(
        formats, of=OF_A_DOCUMENT, as_json=as_json, reads=[first, second], is_quiet=quiet
    )
    with comparing_progress() as (on_progress, on_hashing):
        found = api.diff(
            first,
            second,
            examples=examples,
            skip_unreadable=skip_unreadable,
            results=results,
            on_progress=on_progress,
            on_hashing=on_hashing,
        )
    report = document_report(
        lambda: difference_page(found, typed_again()), lambda: difference_json.render(found)
    )
    tell(report, asked_for, verbose=verbose)
    return 0
