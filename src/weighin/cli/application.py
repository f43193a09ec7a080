"""The commands, and what becomes of an error."""

from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from weighin.cli.command import COMMAND
from weighin.cli.commands.check import check
from weighin.cli.commands.compare import compare
from weighin.cli.commands.diff import diff
from weighin.cli.commands.doctor import doctor
from weighin.cli.commands.explain import explain
from weighin.cli.commands.export import export
from weighin.cli.commands.fingerprint import fingerprint
from weighin.cli.commands.help import help_
from weighin.cli.commands.import_ import import_
from weighin.cli.commands.init import init
from weighin.cli.commands.inspect import inspect
from weighin.cli.commands.job import job
from weighin.cli.commands.ls import ls
from weighin.cli.commands.plan import plan
from weighin.cli.commands.retire import retire
from weighin.cli.commands.run import run
from weighin.cli.commands.schema import schema
from weighin.cli.commands.scorecard import scorecard
from weighin.cli.commands.show import show
from weighin.cli.commands.submit import submit
from weighin.cli.commands.verify import verify
from weighin.cli.commands.witness import witness
from weighin.cli.environment import read_environment
from weighin.cli.log import end_log
from weighin.cli.terminal.failures import INTERRUPTED, EndedByForeignCodeError, tell_failure

if TYPE_CHECKING:
    # What `typer.core` itself takes contexts for; `typer.Context` is narrower.
    from typer._click import Command, Context


class _Commands(TyperGroup):
    def get_command(self, ctx: "Context", cmd_name: str) -> "Command | None":
        """A command, whose options may stand in the environment."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            read_environment(command)
        return command

    def invoke(self, ctx: "Context") -> object:
        """Run the command. Shell completion ends the process too, but before there is one."""
        try:
            return super().invoke(ctx)
        except SystemExit as error:
            raise EndedByForeignCodeError(repr(error.code)) from error


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
app.command()(init)
app.command()(run)
app.command()(plan)
app.command()(job)
app.command()(submit)
# What follows the first word of the evaluation is its own.
app.command(context_settings={"allow_interspersed_args": False})(witness)
app.command()(check)
app.command()(diff)
app.command()(inspect)
app.command(name="import")(import_)
app.command()(ls)
app.command()(show)
app.command()(retire)
app.command()(fingerprint)
app.command()(verify)
app.command()(compare)
app.command()(scorecard)
app.command()(export)
app.command()(explain)
app.command()(doctor)
app.command()(schema)
app.command(name="help")(help_)


def run_application() -> int:
    """Run the command on the command line.

    Returns:
        The exit code.
    """
    COMMAND.begin()
    try:
        result = app(standalone_mode=False)
        if result == INTERRUPTED:
            # Typer turns Ctrl-C into this code.
            return tell_failure(KeyboardInterrupt())
        return result if isinstance(result, int) else 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # no crash exits with 1
        return tell_failure(error)
    finally:
        end_log()
