"""The page on reports says what the commands say of themselves."""

import re

import pytest

from tests.making.places import DOCS
from weighin.cli.application import app

PAGE = (DOCS / "reports.md").read_text("utf-8")
COMMANDS = {
    command.name or command.callback.__name__: command.callback
    for command in app.registered_commands
    # What `help` prints is the page of another command.
    if command.callback is not None and command.name != "help"
}


def rows(heading):
    """The rows of the table below a heading, each as its cells."""
    lines = PAGE.partition(heading)[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def told_by(command, weighin):
    """The formats that the help of a command lists."""
    text = " ".join(weighin(command, "--help").output.split())
    found = re.search(r"--format FORMAT\[=PATH\] ([a-z, ]+); with", text)
    return found.group(1) if found else None


def test_the_table_of_formats_is_that_of_the_commands(weighin):
    listed = {
        name: formats
        for names, formats in rows("| command | formats |\n")
        for name in re.findall(r"`([a-z]+)`", names)
    }
    assert {name: told_by(name, weighin) for name in COMMANDS} == listed


@pytest.mark.parametrize("option", ["--fail-on", "--exit-zero"])
def test_what_may_fail_a_pull_request_can_be_told_when(weighin, option):
    having = {name for name in COMMANDS if option in weighin(name, "--help").output}
    assert having == {"run", "check", "scorecard", "verify"}


def test_every_command_can_be_quiet(weighin):
    assert [name for name in COMMANDS if "--quiet" not in weighin(name, "--help").output] == []
