"""Help is whole at 80 columns, for every command, however it is asked for."""

import pytest

from weighin.cli.application import app

COMMANDS = [
    command.name or command.callback.__name__
    for command in app.registered_commands
    if command.callback is not None
]


@pytest.fixture(autouse=True)
def _at_80_columns(weighin, monkeypatch):
    del weighin  # which sets a width of its own
    monkeypatch.setenv("COLUMNS", "80")


def test_no_summary_of_a_command_is_cut(weighin):
    told = weighin("--help")
    assert told.code == 0
    listed = told.output.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == COMMANDS
    assert [line for line in listed if line.endswith("...") or not line.endswith(".")] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_fits_and_is_the_same_in_three_spellings(weighin, command):
    told = weighin(command, "--help")
    assert told.code == 0
    assert [line for line in told.output.splitlines() if len(line) > 80] == []
    assert weighin(command, "-h").output == weighin("help", command).output == told.output


def test_help_without_a_command_lists_all(weighin):
    assert weighin("help").output == weighin("--help").output


def test_help_of_no_command_is_refused_as_the_command_is(weighin):
    told = weighin("help", "chek")
    assert (told.code, told.output) == (2, "")
    assert told.errors == weighin("chek").errors
    assert "Did you mean 'check'" in told.errors
