"""The requirements file that a command is given, or `weighin.yaml` of the current folder."""

from pathlib import Path
from typing import Any, Final

import typer

REQUIREMENTS_FILE: Final = Path("weighin.yaml")


def requirements_argument() -> Any:
    """The argument of a command that needs a requirements file."""
    return typer.Argument(
        help=f"The requirements file, or - for standard input "
        f"[default: {REQUIREMENTS_FILE} of this folder].",
        show_default=False,
    )


def set_option() -> Any:
    """The option `--set` of a command that reads requirements."""
    return typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="State it otherwise than the file does: model.dtype=float32, "
        "benchmarks.gsm8k.num_fewshot=5. May be repeated; every report tells it.",
    )


def requirements_at(given: Path | None) -> Path:
    """The file that is named; else the one in the current folder, never one above it.

    Raises:
        UsageError: None is named and none is there.
    """
    if given is not None:
        return given
    # A link that leads nowhere is one that somebody meant: opening it says what is wrong.
    if REQUIREMENTS_FILE.exists() or REQUIREMENTS_FILE.is_symlink():
        return REQUIREMENTS_FILE
    from weighin.errors import UsageError

    raise UsageError(
        f"expected a requirements file, found none: none is named and there is no "
        f"{REQUIREMENTS_FILE} in this folder; name one, or write one with `weighin init`"
    )
