"""Progress of a run: bars on a terminal, plain lines elsewhere and in CI."""

import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from weighin.cli.application import run_application

pytestmark = pytest.mark.model

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Standard error is a terminal meanwhile; what it got is in the list afterwards."""
    ours, theirs = pty.openpty()
    shown: list[str] = []
    with os.fdopen(theirs, "w") as stream, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", stream)
        patched.setenv("TERM", "xterm")
        yield shown
        stream.flush()
        os.set_blocking(ours, False)
        parts = []
        try:
            while part := os.read(ours, 1 << 16):
                parts.append(part)
        except BlockingIOError:
            shown.append(b"".join(parts).decode())
    os.close(ours)


def run_on_a_terminal(recorded, results, monkeypatch) -> str:
    monkeypatch.setattr(
        sys,
        "argv",
        ["weighin", "run", str(recorded.requirements), "--results", str(results), "--samples", "2"],
    )
    with terminal(monkeypatch) as shown:
        run_application()
    return shown[0]


def test_a_terminal_gets_bars_that_go_and_a_line_a_benchmark_that_stays(
    recorded, tmp_path, monkeypatch
):
    shown = run_on_a_terminal(recorded, tmp_path / "new", monkeypatch)
    assert shown.index(HIDE_CURSOR) < shown.index("tiny_choice: acc ") < shown.index(SHOW_CURSOR)
    assert "benchmarks" in shown
    assert shown.rindex(SHOW_CURSOR) > shown.rindex("tiny_rolling: word_perplexity")
    assert "weighin: " not in shown


def test_ci_gets_plain_lines_even_on_a_terminal(recorded, tmp_path, monkeypatch):
    monkeypatch.setenv("CI", "true")
    shown = run_on_a_terminal(recorded, tmp_path / "new", monkeypatch)
    assert "\x1b" not in shown
    lines = shown.split("\r\n")
    assert lines[:2] == ["weighin: loading tiny", "weighin: tiny_choice: started (1 of 2)"]
    assert lines[2].startswith("weighin: tiny_choice: acc ")
