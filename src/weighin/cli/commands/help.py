"""`weighin help`: what `--help` says, of weighin or of a command."""

from typing import Annotated

import typer
from typer.core import TyperGroup

from weighin.cli.completions import command_names


def help_(
    context: typer.Context,
    command: Annotated[
        str | None,
        typer.Argument(
            help="A command; without one, all of them are listed.", autocompletion=command_names
        ),
    ] = None,
) -> None:
    """Print the help of a command, as its --help does."""
    from weighin.cli.terminal.output import write_output

    above = context.parent
    if above is None or not isinstance(above.command, TyperGroup):
        raise LookupError("help: expected the commands of weighin above this one, found none")
    if command is None:
        write_output(f"{above.get_help()}\n")
        return
    # Refuses what is no command, as the command line itself does.
    name, found, _ = above.command.resolve_command(above, [command])
    if found is None:
        raise LookupError(f"help: expected a command, found {name}")
    with found.make_context(name, [], parent=above, resilient_parsing=True) as asked:
        write_output(f"{asked.get_help()}\n")
