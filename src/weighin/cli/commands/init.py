"""`weighin init`: the first files, from flags, questions, or a command that people already have."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from weighin.api.first_files.ci_system import CiSystem
from weighin.cli.completions import places
from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.reports.shared.formats import EVERYWHERE, Format


def init(
    *,
    command: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="COMMAND",
            help="A command line of lm_eval, inspect eval or lighteval, in quotes, or - for "
            "standard input. It is read and never run.",
        ),
    ] = None,
    checkpoint: Annotated[
        str | None,
        typer.Option(autocompletion=places, help="A checkpoint folder, or hf://org/name@revision."),
    ] = None,
    tasks: Annotated[
        str | None, typer.Option(metavar="A,B", help="Names of lm-eval tasks or groups.")
    ] = None,
    fewshot: Annotated[int | None, typer.Option(min=0, help="Shots of every benchmark.")] = None,
    output: Annotated[Path, typer.Option(help="The requirements file to write.")] = Path(
        "weighin.yaml"
    ),
    ci: Annotated[
        CiSystem | None, typer.Option(help="Also write the workflow that checks what is recorded.")
    ] = None,
    witness: Annotated[
        bool,
        typer.Option("--witness", help="The command itself is to score, under weighin witness."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that lie there.")] = False,
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> None:
    """Write a first requirements file."""
    from weighin import api
    from weighin.cli.terminal.output import wrapped
    from weighin.cli.terminal.progress.hashing import hashing_progress
    from weighin.cli.terminal.questions import answered, command_from
    from weighin.cli.terminal.telling import tell
    from weighin.reports.requirements.first_files import json_document, text
    from weighin.reports.told.report import Report

    asked_for = asked(formats, of=EVERYWHERE, as_json=as_json, is_quiet=quiet)
    wanted = answered(checkpoint, tasks, fewshot, is_asked=command is None)
    with hashing_progress() as on_hashing:
        made = api.init(
            command=command_from(command),
            checkpoint=wanted.checkpoint,
            tasks=wanted.tasks,
            num_fewshot=wanted.num_fewshot,
            output=output,
            ci=ci,
            witness=witness,
            replaces=force,
            on_hashing=on_hashing,
        )
    printers = {
        Format.TEXT: lambda: text.render(made, lambda line, m: wrapped(line, sys.stdout, m)),
        Format.JSON: lambda: json_document.render(made),
    }
    tell(Report(printers=printers), asked_for)
