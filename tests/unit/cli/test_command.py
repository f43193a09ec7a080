"""What a page says of the command that comes to it again."""

import sys

import pytest

from weighin.cli.command import typed_again


@pytest.mark.parametrize(
    ("typed", "again"),
    [
        ("check r.yaml logs", "check r.yaml logs"),
        ("check r.yaml --format html=a.html logs", "check r.yaml logs"),
        ("check --format=json r.yaml -q --full", "check r.yaml"),
        ("check r.yaml --reference a --markdown b.md --exit-zero", "check r.yaml --reference a"),
        ("check r.yaml --format --full logs", "check r.yaml logs"),
        ("scorecard t.csv --unit percent --svg plots --brief", "scorecard t.csv --unit percent"),
    ],
)
def test_a_command_is_told_without_how_its_answer_was_told(typed, again, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/usr/bin/weighin", *typed.split()])
    assert " ".join(typed_again()) == f"weighin {again}"
