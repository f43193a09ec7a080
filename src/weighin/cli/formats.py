"""The options by which a command is asked how to tell what it has to say, and where."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import typer

from weighin.cli.command import COMMAND, Asked
from weighin.cli.environment import FORMAT
from weighin.cli.terminal.report_files import remove_old, require_no_input
from weighin.reports.shared.formats import Format, Formats

_STANDARD_OUTPUT: Final = "-"


def format_option(formats: Formats) -> Any:
    """The option `--format` of a command that can tell these formats."""
    return typer.Option(
        "--format",
        metavar="FORMAT[=PATH]",
        help=f"{', '.join(formats)}; with =PATH into a file. May be repeated.",
        autocompletion=lambda incomplete: [f for f in formats if f.startswith(incomplete)],
    )


def json_option() -> Any:
    """The option `--json`."""
    return typer.Option("--json", help="The same as --format json.")


def quiet_option() -> Any:
    """The option `--quiet`."""
    return typer.Option(
        "--quiet", "-q", help="Print errors alone, and a format that was asked for."
    )


def verbose_option(told: str) -> Any:
    """The option `--verbose`, with what it prints besides."""
    return typer.Option("--verbose", "-v", help=told)


def asked(
    wanted: Sequence[str] | None,
    *,
    of: Formats,
    as_json: bool = False,
    files: Mapping[Format, Path | None] | None = None,
    badge: Path | None = None,
    reads: Iterable[Path | str | None] = (),
    is_quiet: bool = False,
) -> Asked:
    """What the options of a command ask for; kept, so that an error is told in the same formats.

    Args:
        wanted: Values of `--format`.
        of: The formats of the command.
        as_json: Whether `--json` was given.
        files: Paths that were given by an option of their own.
        badge: Where `--badge` draws one.
        reads: The files and folders that are read, the one that is judged first: an error that
            names no place is told at it. No report takes the place of one of them.
        is_quiet: Whether `--quiet` was given.

    Raises:
        UsageError: A format is none of the command's, two of them would be printed, or written
            over each other or over what is read.
        InfrastructureError: The report of the last time cannot be removed.
    """
    pairs = list(dict.fromkeys(_parsed(wanted or (), of)))
    if as_json and (Format.JSON, None) not in pairs:
        pairs.append((Format.JSON, None))
    pairs += [(told, path) for told, path in (files or {}).items() if path is not None]
    printed = [told for told, path in pairs if path is None]
    if len(printed) > 1:
        _refuse(f"expected at most one format without a path, found {' and '.join(printed)}")
    written = tuple((told, path) for told, path in pairs if path is not None)
    places = [*(path for _, path in written), *((badge,) if badge else ())]
    real = [os.path.realpath(path) for path in places]
    for path, place in zip(places, real, strict=True):
        if real.count(place) > 1 and not Path(place).is_char_device():
            _refuse(f"expected a path for each format, found {path} twice")
    inputs = [str(path) for path in reads if path is not None]
    for path in places:
        require_no_input(path, inputs)
    default = None if is_quiet else Format.TEXT
    subject = inputs[0] if inputs else ""
    found = Asked(printed[0] if printed else default, written, badge, subject, is_quiet)
    COMMAND.asked = found
    remove_old(places)
    return found


def _parsed(wanted: Sequence[str], of: Formats) -> Iterator[tuple[Format, Path | None]]:
    for value in wanted:
        word, sign, path = value.partition("=")
        if word not in of:
            _refuse(f"expected one of {', '.join(of)}, found {word or 'nothing'}")
        if sign and not path:
            _refuse(f"expected a path behind {word}=, found nothing")
        yield Format(word), Path(path) if path and path != _STANDARD_OUTPUT else None


def _refuse(what: str) -> None:
    from weighin.errors import UsageError

    is_typed = any(word.partition("=")[0] == "--format" for word in sys.argv)
    source = "" if is_typed or not os.environ.get(FORMAT) else f", of {FORMAT}"
    raise UsageError(f"--format{source}: {what}")
