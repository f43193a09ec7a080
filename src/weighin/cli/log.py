"""The options `--log-file` and `--debug`, and the log that they ask for."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer

from weighin.errors import UsageError


def log_file_option() -> Any:
    """The option `--log-file`."""
    return typer.Option(
        "--log-file",
        metavar="PATH",
        help="Add to this file what happens and what the harness and its libraries say.",
    )


def debug_option() -> Any:
    """The option `--debug`."""
    return typer.Option(
        "--debug",
        help="Log more, with tracebacks; on standard error if there is no --log-file.",
    )


def begin_log(path: Path | None, *, is_debug: bool, reads: Iterable[Path | str | None]) -> None:
    """Keep the log of this command, if one is asked for.

    Args:
        path: What `--log-file` names; `None` for nothing.
        is_debug: Whether `--debug` was given.
        reads: The files and folders that are read; the log is none of them.

    Raises:
        UsageError: It cannot be written there.
        InfrastructureError: The disk is full or failing.
    """
    if path is None and not is_debug:
        return
    from weighin import log
    from weighin.files.written import translated_errors
    from weighin.version import __version__

    if path is not None and any(
        read is not None and os.path.realpath(read) == os.path.realpath(path) for read in reads
    ):
        raise UsageError(f"--log-file {path}: expected a file of its own, found what is read")
    place = Path("standard error") if path is None else path
    with translated_errors(place, "write the log", way_out="give another place with --log-file"):
        log.begin(path, is_debug=is_debug)
    words = " ".join(sys.argv[1:])
    log.LOG.info("weighin %s, Python %s: %s", __version__, sys.version.split()[0], words)


def end_log() -> None:
    """Close the log, if one was kept."""
    if (log := sys.modules.get("weighin.log")) is not None:
        log.end()
