"""What stands on the page on differences is what its commands print."""

import re

import pytest

from tests.making.places import DOCS, ROOT

PAGE = (DOCS / "diff.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```console\n\$ weighin ([^\n]*)\n(.*?)\n```", PAGE, re.DOTALL)


def test_the_page_shows_commands():
    assert SHOWN


@pytest.mark.parametrize(("command", "printed"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_command_prints_what_the_page_shows(command, printed, weighin, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    told = weighin(*command.split(" "))
    lines = [line.rstrip() for line in told.output.splitlines()]
    # Of a long answer the page shows the beginning.
    assert lines[: len(printed.splitlines())] == printed.splitlines()
