"""The only part that prints or exits; one file a command."""

import os
import sys


def main() -> None:
    """Run the command line and exit with one of weighin's codes.

    0 met, 10 violated, 11 undecided, 2 usage, 3 bad requirements or unreadable evidence,
    70 internal, 75 retryable infrastructure, 130 interrupted. 1 is left to Python.
    """
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Answered before anything is imported.
        from weighin.version import __version__

        print(f"weighin {__version__}")  # noqa: T201  # the command line prints
        return
    _reopen_closed_streams()
    from weighin.cli.application import run_application

    sys.exit(run_application())


def _reopen_closed_streams() -> None:
    """Point streams that the caller closed (`>&-`) at nothing: the exit code still tells."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            # The lowest descriptor that is free is the one that was closed.
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
