"""Standard output and error that are closed, full or narrow, of a check of committed evidence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.places import EVIDENCE_OF_V1

from weighin.cli.terminal.output import wrapped

pytestmark = pytest.mark.child

REQUIREMENTS, MET = EVIDENCE_OF_V1 / "requirements.yaml", EVIDENCE_OF_V1 / "met"
TO_A_CLOSED_PIPE = """
import subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
process.stdout.close()
print(process.stderr.read(), process.wait())
"""


def command_line(*arguments: object, **redirected: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "weighin", *map(str, arguments)],
        text=True,
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **redirected},
    )


def test_an_output_that_nobody_reads_ends_with_75():
    arguments = ["-m", "weighin", "check", str(REQUIREMENTS), str(MET)]
    done = subprocess.run(
        [sys.executable, "-c", TO_A_CLOSED_PIPE, sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "weighin: standard output: cannot write: broken pipe; nothing recorded is lost, read the "
        "output to its end or write it to a file\n 75\n"
    )


def test_an_output_onto_a_full_disk_ends_with_75():
    for arguments in (["check", REQUIREMENTS, MET], ["--help"]):
        with Path("/dev/full").open("w") as full:
            told = command_line(*arguments, stdout=full)
        assert told.returncode == 75
        assert "Traceback" not in told.stderr
        assert "no space left on device" in told.stderr.lower()


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_stream_does_not_change_the_exit_code(closed):
    weighin = [sys.executable, "-m", "weighin", "check", REQUIREMENTS, MET]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}>&-', "sh", *weighin],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_stream_that_carries_ascii_only_gets_ascii():
    told = subprocess.run(
        [sys.executable, "-m", "weighin", "check", REQUIREMENTS, MET],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert told.returncode == 0
    assert told.stdout.decode("ascii").startswith("+ MET")


def test_a_sentence_is_broken_between_words_for_a_terminal_alone(monkeypatch, tmp_path):
    line = "weighin: " + "words of a sentence that is longer than a terminal is wide " * 3
    path = "/a/path/that/is/not/broken/" + "a" * 90
    monkeypatch.delenv("COLUMNS", raising=False)
    leader, follower = os.openpty()
    with os.fdopen(follower, "w") as terminal, (tmp_path / "log").open("w") as log:
        told = wrapped(f"{line}{path}", terminal, "  ").split("\n")
        assert wrapped(line, log, "  ") == line
    os.close(leader)
    assert max(map(len, told[:-1])) <= 80
    assert all(further.startswith("  ") for further in told[1:])
    assert " ".join(" ".join(told).split()) == f"{line}{path}"
    assert told[-1].strip() == path
