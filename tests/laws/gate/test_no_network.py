"""No telemetry: nothing but what is asked of a hub or a server opens a socket.

Each command runs once, under an audit hook that writes down what Python does with sockets and,
where it is installed, under strace, which sees what any library does.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import get_type_hints

import pytest
from tests.making.checkpoints.files import TINY, write_safetensors
from tests.making.logs.lm_eval import modern, written
from tests.making.places import EVIDENCE_OF_V1, ROOT

import weighin
from weighin.cli.application import (
    app,
    check,
    compare,
    diff,
    doctor,
    inspect,
    ls,
    scorecard,
    show,
    verify,
)

pytestmark = pytest.mark.child

REQUIREMENTS, MET = EVIDENCE_OF_V1 / "requirements.yaml", EVIDENCE_OF_V1 / "met"
CARD = ROOT / "tasks" / "cases" / "llama-4" / "scorecard.yaml"
GUARD = """\
import sys

def note(event, arguments):
    if event.startswith("socket."):
        with open({log!r}, "a") as log:
            log.write(f"{{event}} {{arguments!r}}\\n")

sys.addaudithook(note)
"""
SERVED = "model=m,base_url=http://127.0.0.1:9/v1/completions"
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=network", "-o")


def every_format(command, folder):
    """Options that ask a command for all formats that it has, each in a file."""
    option = get_type_hints(command, include_extras=True)["formats"].__metadata__[0]
    formats = option.autocompletion("")
    return [part for f in formats for part in ("--format", f"{f}={folder}/{command.__name__}.{f}")]


def line(*parts, code=0):
    return list(map(str, parts)), code


def lines(folder):
    """One line at least for each command, its files in a folder, and the exit code that it has."""
    one, two = folder / "one", folder / "two"
    for place, last in ((one, 1), (two, 2)):
        place.mkdir()
        write_safetensors(
            place / "model.safetensors", {**TINY, "x": ("F32", [1], bytes([last] * 4))}
        )
    logs = written(modern(), folder / "logs").parent
    shutil.copytree(MET, folder / "results")
    manifest = folder / "of-one.json"
    manifest.write_bytes(weighin.fingerprint(one).canonical())
    job = next((folder / "results").glob("tiny/*/*")).name
    return {
        "check": line("check", REQUIREMENTS, MET, *every_format(check, folder)),
        "check of a log": line("check", REQUIREMENTS, logs, "--skip-unreadable", code=11),
        "check --validate": line("check", "--validate", REQUIREMENTS),
        "init": line(
            *("init", "--checkpoint", one, "--tasks", "a", "--output", folder / "first.yaml"),
            *("--from", f"lm_eval --model local-completions --model_args {SERVED} --tasks b"),
        ),
        "inspect": line("inspect", logs, *every_format(inspect, folder)),
        "scorecard": line(
            *("scorecard", CARD, "--exit-zero", "--svg", folder / "plots"),
            *every_format(scorecard, folder),
        ),
        "explain": line("explain", "same-weights"),
        "fingerprint": line("fingerprint", one, "--save", folder / "manifest.json"),
        "verify": line(
            "verify",
            manifest,
            two,
            *every_format(verify, folder),
            code=10,
        ),
        "compare": line("compare", one, two, *every_format(compare, folder)),
        "diff": line("diff", MET, logs, *every_format(diff, folder)),
        "schema": line("schema", "verdict"),
        "import": line("import", logs, "--results", folder / "imported"),
        "export": line("export", MET, "--to", "eee", "--into", folder / "exported"),
        "retire": line("retire", job, "--reason", "old", "--results", folder / "results"),
        "ls": line("ls", folder / "results", *every_format(ls, folder)),
        "show": line("show", job, "--results", folder / "results", *every_format(show, folder)),
        "doctor --offline": line("doctor", "--offline", *every_format(doctor, folder)),
        "witness": line("witness", "--results", folder / "witnessed", "true"),
        "help": line("--help"),
    }


@dataclass(frozen=True)
class Seen:
    """What a command did; `strace` is `None` where it cannot be asked."""

    code: int
    errors: str
    guard: str
    strace: str | None


def can_trace(folder: Path) -> bool:
    if shutil.which("strace") is None:
        return False
    command = [*STRACE, str(folder / "probe"), "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def watched(command: list[str], folder: Path) -> Seen:
    folder.mkdir()
    guard, strace = folder / "guard.log", folder / "strace.log"
    (folder / "sitecustomize.py").write_text(GUARD.format(log=str(guard)))
    traced = [*STRACE, str(strace)] if can_trace(folder) else []
    # No HF_HUB_OFFLINE and nothing else that would keep a library silent.
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [*traced, sys.executable, *command],
        cwd=folder,
        env={**kept, "PYTHONPATH": f"{folder}:{ROOT / 'src'}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Seen(
        code=done.returncode,
        errors=done.stderr,
        guard=guard.read_text() if guard.exists() else "",
        strace=of_the_network(strace.read_text()) if traced else None,
    )


def of_the_network(calls: str) -> str:
    """Without copies from file to file, and signals, which strace lists beside them."""
    odd = re.compile(r"^\d+ +(sendfile\(|--- )")
    return "".join(line for line in calls.splitlines(keepends=True) if not odd.match(line))


NAMES = (
    "check", "check of a log", "check --validate", "init", "inspect", "scorecard", "explain",
    "fingerprint", "verify", "compare", "diff", "schema", "import", "export", "retire", "help",
    "ls", "show", "doctor --offline", "witness",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_command_opens_a_socket(tmp_path, name):
    arguments, code = lines(tmp_path)[name]
    seen = watched(["-m", "weighin", *arguments], tmp_path / "watched")
    assert seen.code == code, seen.errors
    assert (seen.guard, seen.strace or "") == ("", "")


def test_libraries_are_watched_too(tmp_path):
    if not can_trace(tmp_path):
        pytest.skip("needs strace, and leave to trace: what libraries do was not seen")


def test_every_command_is_watched_but_those_that_load_tasks(tmp_path):
    commands = {c.name or c.callback.__name__ for c in app.registered_commands}
    loading = {"run", "plan", "job", "submit"}
    assert commands - {name.partition(" ")[0] for name in NAMES} == loading
    assert set(lines(tmp_path)) == set(NAMES)


def test_a_socket_that_is_opened_is_seen(tmp_path):
    code = "import socket; socket.socket().close()"
    one = watched(["-c", code], tmp_path / "planted")
    assert "socket.__new__" in one.guard
    assert one.strace is None or "socket(AF_INET" in one.strace
