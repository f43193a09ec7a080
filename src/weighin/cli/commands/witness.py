"""`weighin witness`: run any evaluation as it is, and record what answered."""

from typing import Annotated

import typer

from weighin.cli.completions import places
from weighin.cli.formats import quiet_option


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
    quiet: Annotated[bool, quiet_option()] = False,
) -> int:
    """Run any evaluation unchanged, and record what answered.

    What it prints, writes and ends with is its own; what was seen is told on standard error. Its
    logs that weighin reads become records with the harness's own scores, for `weighin check`.
    """
    from weighin import api
    from weighin.cli.command import COMMAND, Asked
    from weighin.cli.terminal.output import remark
    from weighin.reports.evidence.witness.witness_text import sentences

    # Standard output belongs to the evaluation.
    COMMAND.asked = Asked(printed=None, is_quiet=quiet)
    done = api.witness_command(command, results=results, name=name)
    for sentence in sentences(done):
        remark(sentence)
    return done.exit_code
