"""`weighin witness`: run any evaluation as it is, and record what answered."""

from dataclasses import replace
from typing import Annotated

import typer

from weighin.cli.completions import places
from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.errors import WeighinError
from weighin.reports.shared.formats import EVERYWHERE, Format


def witness(
    command: Annotated[
        list[str], typer.Argument(metavar="-- COMMAND...", help="The evaluation, as it is typed.")
    ],
    *,
    results: Annotated[
        str,
        typer.Option(
            metavar="PATH", autocompletion=places, help="The results folder, or an URL (s3://)."
        ),
    ] = "results",
    name: Annotated[
        str | None,
        typer.Option(help="Name under which the scores are claimed [default: as in the logs]."),
    ] = None,
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> int:
    """Run any evaluation unchanged, and record what answered.

    What it prints, writes and ends with is its own; what was seen is told on standard error. Its
    logs that weighin reads become records with the harness's own scores, for `weighin check`.
    """
    from weighin import api
    from weighin.cli.terminal.output import remark
    from weighin.cli.terminal.telling import tell
    from weighin.reports.evidence.witness import witness_json
    from weighin.reports.evidence.witness.witness_text import sentences
    from weighin.reports.told.report import Report

    asked_for = asked(formats, of=EVERYWHERE, as_json=as_json, reads=[results], is_quiet=quiet)
    done = api.witness_command(command, results=results, name=name)
    # Standard output belongs to the evaluation, unless somebody asks for more.
    for sentence in sentences(done):
        remark(sentence)
    printers = {
        Format.TEXT: lambda: "",
        Format.JSON: lambda: witness_json.render(done),
    }
    if asked_for.printed is Format.TEXT:
        asked_for = replace(asked_for, printed=None)
    try:
        tell(Report(printers=printers), asked_for)
    except WeighinError as error:
        # A command that failed says why by its own code.
        if not done.exit_code:
            raise
        remark(str(error))
    return done.exit_code
