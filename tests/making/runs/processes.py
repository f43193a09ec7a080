"""Small Python processes, where the law is about processes."""

import os
import subprocess
import sys

from tests.making.places import ROOT


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process that runs Python code with these arguments."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def outcome(process: subprocess.Popen[str]) -> str:
    """What it printed; it must have ended well."""
    output, errors = process.communicate("go\n", timeout=60)
    assert process.returncode == 0, errors
    return output.strip()


def race(code: str, arguments: list[tuple[object, ...]]) -> list[str]:
    """Start one process for each arguments; let them go at once when all are ready.

    The code prints a line when it is ready and then waits for a line.
    """
    processes = [start(code, *each) for each in arguments]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [outcome(process) for process in processes]
