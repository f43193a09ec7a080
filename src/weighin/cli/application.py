"""The commands, and what becomes of an error."""

import sys
from io import StringIO
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from weighin.cli.commands.check import check
from weighin.cli.commands.compare import compare
from weighin.cli.commands.explain import explain
from weighin.cli.commands.export import export
from weighin.cli.commands.fingerprint import fingerprint
from weighin.cli.commands.import_ import import_
from weighin.cli.commands.inspect import inspect
from weighin.cli.commands.retire import retire
from weighin.cli.commands.run import run
from weighin.cli.commands.schema import schema
from weighin.cli.commands.scorecard import scorecard
from weighin.cli.commands.verify import verify
from weighin.cli.terminal.output import discard_output
from weighin.errors import InfrastructureError, WeighinError
from weighin.files.written import is_failing_disk

if TYPE_CHECKING:
    # What `typer.core` itself takes contexts for; `typer.Context` is narrower.
    from typer._click import Context

INTERNAL = 70
INTERRUPTED = 130


class _EndedByForeignCodeError(Exception):
    """Code of a task, or of a library, ended the process while a command ran."""


class _Commands(TyperGroup):
    def invoke(self, ctx: "Context") -> object:
        """Run the command. Shell completion ends the process too, but before there is one."""
        try:
            return super().invoke(ctx)
        except SystemExit as error:
            raise _EndedByForeignCodeError(repr(error.code)) from error


app = typer.Typer(
    name="weighin",
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Proves, or refuses to claim, that one model checkpoint was scored on every benchmark.",
    epilog="Exit codes: 0 met, 10 violated, 11 undecided, 12 partial, 2 usage, 3 bad requirements "
    "or unreadable evidence, 70 internal, 75 retryable infrastructure, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(run)
app.command()(check)
app.command()(inspect)
app.command(name="import")(import_)
app.command()(fingerprint)
app.command()(verify)
app.command()(compare)
app.command()(explain)
app.command()(export)
app.command()(retire)
app.command()(scorecard)
app.command()(schema)


def run_application() -> int:
    """Run the command on the command line.

    Returns:
        The exit code.
    """
    try:
        result = app(standalone_mode=False)
    except WeighinError as error:
        for line in str(error).splitlines():
            _complain(line)
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted()
    except _EndedByForeignCodeError as error:
        _complain(
            f"internal error: a task or library ended the process with {error}, which is no verdict"
        )
        return INTERNAL
    except Exception as error:  # noqa: BLE001  # the last line of defence: no crash exits with 1
        return _unexpected(error)
    if result == INTERRUPTED:
        # Typer turns Ctrl-C into this code.
        return _interrupted()
    return result if isinstance(result, int) else 0


def _interrupted() -> int:
    _complain("interrupted; finished benchmarks are recorded, run the same command again")
    return INTERRUPTED


def _unexpected(error: Exception) -> int:
    # Typer vendors click: its usage errors are known by what they can do.
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    from weighin.reports.shared.foreign_text import unobeyed, visible

    if callable(show) and isinstance(code, int):
        told = StringIO()
        show(file=told)
        # Not `splitlines`: what else would break a line stands in an argument.
        lines = told.getvalue().rstrip("\n").split("\n")
        sys.stderr.writelines(unobeyed(f"{visible(line)}\n") for line in lines)
        return code
    if isinstance(error, OSError) and is_failing_disk(error):
        discard_output()
        _complain(f"{error}; nothing recorded is lost, free some space and try again")
        return InfrastructureError.exit_code
    import traceback

    sys.stderr.writelines(
        f"{visible(line)}\n"
        for told in traceback.format_exception(error)
        for line in told.splitlines()
    )
    _complain(f"internal error: {type(error).__name__}; this is a bug of weighin, not a verdict")
    return INTERNAL


def _complain(text: str) -> None:
    from weighin.reports.shared.foreign_text import visible

    sys.stderr.write(f"weighin: {visible(text)}\n")
