"""Options that may stand in the environment: where things lie, and how an answer is told.

What is judged, by what, and how strictly stands on the command line or in the file: nobody should
come to a verdict because of a variable that they do not see.
"""

import os
from typing import TYPE_CHECKING, Final

from typer.core import TyperOption

if TYPE_CHECKING:
    # What `typer.core` itself makes commands of.
    from typer._click import Command

PREFIX: Final = "WEIGHIN_"
RESULTS: Final = f"{PREFIX}RESULTS"
FORMAT: Final = f"{PREFIX}FORMAT"

# By the option, whichever commands have it.
VARIABLES: Final = {
    option: PREFIX + option.removeprefix("--").replace("-", "_").upper()
    for option in (
        # Where things lie.
        "--results", "--checkpoint", "--checkpoint-there", "--log-file", "--logs",
        # How an answer is told.
        "--format", "--quiet", "--verbose", "--full", "--debug",
        # What a queue is asked for everywhere in one place.
        "--partition", "--account", "--qos", "--image", "--namespace", "--service-account",
        "--gpu-resource",
    )
}  # fmt: skip


def read_environment(command: "Command") -> None:
    """Let the options of a command that may stand in the environment be read there.

    An empty variable is one that is not set, and the command line goes before it.
    """
    for parameter in command.params:
        if not isinstance(parameter, TyperOption):
            continue
        for option in parameter.opts:
            if option in VARIABLES:
                parameter.envvar = VARIABLES[option]
                parameter.show_envvar = True


def by_variable(place: str) -> str:
    """What named a results folder that nobody named on the command line; empty if nothing did."""
    return RESULTS if os.environ.get(RESULTS) == place else ""


def default_results() -> str:
    """The results folder or URL where none is named."""
    return os.environ.get(RESULTS) or "results"
