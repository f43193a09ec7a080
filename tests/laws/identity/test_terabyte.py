"""Whoever hashes a sparse terabyte sees how far it is, and ends it with one Ctrl-C."""

import json
import os
import pty
import select
import signal
import sys
import time

import pytest
from tests.making.places import ROOT

from weighin import api

SIZE = 2**40
SECONDS_TO_PROGRESS, SECONDS_TO_END = 120, 10
LOG = {
    "results": {"arc_easy": {"alias": "arc_easy", "acc,none": 0.5, "acc_stderr,none": 0.01}},
    "configs": {"arc_easy": {"task": "arc_easy", "num_fewshot": 0}},
    "n-shot": {"arc_easy": 0},
    "config": {"model": "hf", "model_args": "pretrained=org/m"},
    "model_name": "org/m",
    "lm_eval_version": "0.4.9",
}


def checkpoint(folder, size):
    """A checkpoint whose only tensor has so many bytes and takes no disk."""
    folder.mkdir()
    header = json.dumps({"x": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + size)
    (folder / "config.json").write_text("{}")
    return folder


def required(folder, size):
    """Requirements on such a checkpoint, and a log that claims its scores."""
    path = folder / "requirements.yaml"
    path.write_text(
        f"weighin: 1\nmodel: {{name: org/m, checkpoint: {checkpoint(folder / 'named', size)}}}\n"
        "benchmarks: [{task: arc_easy, num_fewshot: 0}]\n"
    )
    log = folder / "results_2026-01-01T00-00-00.000000.json"
    log.write_text(json.dumps(LOG))
    return path, log


def command_lines(folder):
    """What hashes a checkpoint, but for those that load it first."""
    large, other = checkpoint(folder / "large", SIZE), checkpoint(folder / "other", SIZE)
    small = checkpoint(folder / "small", 8)
    manifest = folder / "manifest.json"
    manifest.write_text(api.fingerprint(small).model_dump_json())
    path, log = required(folder, SIZE)
    return {
        "fingerprint": ("fingerprint", large),
        "verify": ("verify", manifest, large),
        "compare": ("compare", large, other),
        "diff": ("diff", large, other),
        "check": ("check", path, log),
        "init": ("init", "--checkpoint", large, "--tasks", "arc_easy", "--output", folder / "new"),
        "plan": ("plan", path, "--results", folder / "plan"),
        "run": ("run", path, "--results", folder / "results"),
    }


@pytest.mark.soak
@pytest.mark.parametrize(
    "name", ["fingerprint", "verify", "compare", "diff", "check", "init", "plan", "run"]
)
def test_a_command_shows_progress_and_ends_at_once(name, tmp_path):
    arguments = [str(a) for a in command_lines(tmp_path)[name]]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"), "TERM": "xterm-256color", "HF_HUB_OFFLINE": "1",
    }  # fmt: skip
    environment = {k: v for k, v in environment.items() if k not in {"CI", "NO_COLOR"}}
    process, terminal = pty.fork()
    if not process:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        command = [sys.executable, "-m", "weighin", *arguments]
        os.execve(sys.executable, command, environment)  # in a terminal of its own
    said = read_until(terminal, lambda told: b"TB" in told or b"GB" in told, SECONDS_TO_PROGRESS)
    asked = time.monotonic()
    os.kill(process, signal.SIGINT)
    said += read_until(terminal, lambda _: False, SECONDS_TO_END)
    taken = time.monotonic() - asked
    os.kill(process, signal.SIGKILL)  # a zombie takes it without a word
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    print(f"{name}: ends {taken:.1f} s after Ctrl-C")
    assert os.waitstatus_to_exitcode(status) == 130, said
    assert b"interrupted" in said
    assert b"Traceback" not in said


def read_until(terminal, is_enough, seconds):
    """What a terminal shows until it is enough, it is closed, or the time is up."""
    said, end = b"", time.monotonic() + seconds
    while not is_enough(said) and (left := end - time.monotonic()) > 0:
        ready, _, _ = select.select([terminal], [], [], left)
        if not ready:
            break
        try:
            said += os.read(terminal, 65_536)
        except OSError:  # the other side is closed
            break
    return said


def test_whoever_asks_hears_of_the_bytes_that_are_hashed(tmp_path):
    ours, theirs = checkpoint(tmp_path / "ours", 8), checkpoint(tmp_path / "theirs", 16)
    path, log = required(tmp_path, 24)
    heard = []

    def on_hashing(done, total):
        heard.append((done, total))

    api.compare(ours, theirs, on_hashing=on_hashing)
    compared = list(heard)
    api.diff(ours, theirs, on_hashing=on_hashing)
    assert heard == compared * 2
    heard.clear()
    api.check(path, [log], on_hashing=on_hashing)
    assert heard
    assert heard[-1][0] == heard[-1][1]
