"""`weighin doctor`: what is here, and what a run would stumble over."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.completions import places
from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.cli.requirements_file import REQUIREMENTS_FILE
from weighin.reports.shared.formats import OF_A_DOCUMENT


def doctor(
    requirements: Annotated[
        Path | None,
        typer.Argument(
            help="A requirements file that is to be run here [default: "
            f"{REQUIREMENTS_FILE} of this folder, if there is one].",
            show_default=False,
        ),
    ] = None,
    *,
    results: Annotated[
        str,
        typer.Option(metavar="PATH", autocompletion=places, help="Where results would go."),
    ] = "results",
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="Folder of the checkpoint, where the file names it by its sha256: id."),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask neither the hub nor a server whether it answers.")
    ] = False,
    formats: Annotated[list[str] | None, format_option(OF_A_DOCUMENT)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> int:
    """Say what is here, and what a run would stumble over.

    Nothing is loaded, scored or written, and no secret is shown. Exits with 0 if nothing stands in
    the way of a run, else with the code that the run would end with: 3 for the file or what it
    names, 2 for what is not installed or not set, 75 for what the machine lacks.
    """
    from weighin import api
    from weighin.cli.terminal.telling import tell
    from weighin.reports.requirements import environment_json
    from weighin.reports.requirements.environment_page import environment_page
    from weighin.reports.told.report import document_report
    from weighin.sources.environment.examined import worst

    if requirements is None and REQUIREMENTS_FILE.is_file():
        requirements = REQUIREMENTS_FILE
    reads = [requirements, results, checkpoint]
    asked_for = asked(formats, of=OF_A_DOCUMENT, as_json=as_json, reads=reads, is_quiet=quiet)
    found = api.doctor(requirements, results=results, checkpoint=checkpoint, online=not offline)
    code = worst(found)
    named = None if requirements is None else str(requirements)
    report = document_report(
        lambda: environment_page(found, named), lambda: environment_json.render(found, named, code)
    )
    tell(report, asked_for)
    return code
