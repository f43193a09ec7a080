"""The page on everyday commands: what it shows is what they print."""

import datetime as dt
import re

import pytest

from tests.making.command_line import weighin  # noqa: F401  # a fixture
from tests.making.places import DOCS, ROOT
from weighin.evidence.jobs.kept import JobState

PAGE = (DOCS / "everyday.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ COLUMNS=100 weighin (.*?)\n(.*?)```\n", PAGE, re.DOTALL)
SHOWN_AT = 1796055000
"""When the page was written, in Unix seconds: ages are told from then, on every later day too."""


class Clock(dt.datetime):
    """Stands still."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(SHOWN_AT, tz)


def lines_of(text):
    return [line.rstrip() for line in text.splitlines()]


@pytest.mark.parametrize(("line", "shown"), BLOCKS[:2], ids=["ls", "show"])
def test_what_the_page_shows_is_what_the_command_prints(weighin, monkeypatch, line, shown):  # noqa: F811  # a fixture
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(dt, "datetime", Clock)
    printed = lines_of(weighin(*line.split()).output)
    for part in shown.split("…\n"):
        lines = lines_of(part)
        assert any(
            printed[at : at + len(lines)] == lines for at in range(len(printed) - len(lines) + 1)
        ), part


def test_every_state_of_a_job_is_explained():
    assert re.findall(r"^\| ([a-z ]+) \| ", PAGE, re.MULTILINE)[1:] == list(JobState)
