"""No command prints or writes what the environment keeps secret, whatever fails on the way."""

import inspect
import os
import subprocess
import sys

import pytest
from tests.making.places import EVIDENCE_OF_V1, ROOT, TINY_TASKS

from weighin.cli.application import app

SECRET = "s3cret"
CLOSED = "127.0.0.1:9"
PINNED = f"hf://org/m@{'0123456789abcdef' * 2}01234567"
BUCKET = "s3://bucket/results"
REQUIREMENTS, MET = str(EVIDENCE_OF_V1 / "requirements.yaml"), str(EVIDENCE_OF_V1 / "met")
# What a program prints itself is its own.
ASKS_HUB = """
import sys, huggingface_hub
try:
    huggingface_hub.HfApi().model_info('org/m')
except BaseException:
    sys.exit(3)
"""
LOGGED = ("--debug", "--log-file", "log.txt", "--format", "json=out.json")

# For each command: a command line that opens a connection, or fails without one.
COMMANDS = {
    "init": ("--checkpoint", PINNED, "--tasks", "gsm8k"),
    "run": ("hub.yaml", *LOGGED),
    "plan": ("served.yaml", *LOGGED),
    "job": ("plan.json", "--results", BUCKET, "--index", "0"),
    "submit": ("hub.yaml", "--slurm", "--print-script", "--results", "new"),
    "witness": ("--name", "m", "--", sys.executable, "-c", ASKS_HUB),
    "check": (REQUIREMENTS, BUCKET, "--format", "html=page.html"),
    "diff": (PINNED, PINNED),
    "inspect": (f"{BUCKET}/log.json", "--format", "json"),
    "import": (f"{BUCKET}/log.json", "--results", "new"),
    "fingerprint": (PINNED, "--format", "json", "--save", "kept.json"),
    "verify": (PINNED, PINNED, "--format", "html=page.html"),
    "compare": (PINNED, PINNED, "--format", "json"),
    "export": (BUCKET, "--to", "store", "--into", "s3://other/results"),
    "retire": ("abcdef012345", "--reason", "r", "--results", BUCKET),
    "ls": (BUCKET,),
    "show": ("abcdef012345", "--results", BUCKET),
    "doctor": ("served.yaml", "--format", "json"),
    "scorecard": ("table.md", "--evidence", BUCKET, "--format", "html=page.html"),
    "explain": ("same-weights",),
    "schema": ("--list",),
    "help": (),
}
PROXIES = {
    "a proxy": f"http://me:{SECRET}@{CLOSED}",
    "a sign in the password": f"http://me:{SECRET}/x#y@{CLOSED}",
    "no scheme": f"me:{SECRET}@{CLOSED}",
    "a scheme that nobody speaks": f"nonsense://me:{SECRET}@{CLOSED}",
    "SOCKS": f"socks5://me:{SECRET}@{CLOSED}",
}
FEW = {("fingerprint", "a sign in the password"), ("plan", "no scheme")}
HUB = f"weighin: 1\nmodel: {{name: m, checkpoint: '{PINNED}'}}\n"
SERVED = (
    f"weighin: 1\nmodel:\n  name: m\n  endpoint: {{url: 'http://{CLOSED}/v1', served_model: m, "
    f"api: completions, api_key_env: A_KEY}}\ntasks: ['{TINY_TASKS}']\n"
)
BENCHMARKS = "profile: comparable\nbenchmarks:\n  - {task: gsm8k, samples: all}\n"


def environment(folder, proxy):
    """That of a person whose every variable and file has a secret."""
    named = {f"{scheme}_PROXY": proxy for scheme in ("HTTP", "HTTPS", "ALL")}
    return {
        name: value
        for name, value in os.environ.items()
        if not name.upper().endswith(("_PROXY", "_OFFLINE"))
    } | named | {name.lower(): value for name, value in named.items()} | {
        "PYTHONPATH": str(ROOT / "src"),
        "HOME": str(folder), "NETRC": str(folder / "netrc"), "HF_HOME": str(folder / "hub"),
        "HF_TOKEN": f"hf_{SECRET}0123456789abcdef", "A_KEY": f"{SECRET}-key",
        "HF_ENDPOINT": f"http://me:{SECRET}@{CLOSED}/{SECRET}",
        "AWS_ACCESS_KEY_ID": f"{SECRET}-id", "AWS_SECRET_ACCESS_KEY": f"{SECRET}-of-aws",
        "AWS_ENDPOINT_URL": f"http://{CLOSED}", "AWS_REGION": "here",
    }  # fmt: skip


def assert_kept(command, proxy, folder):
    (folder / "netrc").write_text(f"machine 127.0.0.1 login me password {SECRET}\n")
    (folder / "hub.yaml").write_text(HUB + BENCHMARKS)
    (folder / "served.yaml").write_text(SERVED + BENCHMARKS)
    (folder / "table.md").write_text("| Model | MMLU |\n|---|---|\n| m | 57.2 |\n")
    told = subprocess.run(
        [sys.executable, "-m", "weighin", command, *COMMANDS[command]],
        cwd=folder, env=environment(folder, PROXIES[proxy]), check=False,
        capture_output=True, text=True, errors="replace", timeout=240, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert told.returncode != 70, told.stderr
    assert SECRET not in told.stdout + told.stderr
    files = {path for path in folder.rglob("*") if path.is_file()} - {folder / "netrc"}
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


@pytest.mark.child
@pytest.mark.parametrize(("command", "proxy"), sorted(FEW))
def test_some_commands_keep_secrets(command, proxy, tmp_path):
    assert_kept(command, proxy, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_keeps_secrets(command, proxy, tmp_path):
    assert_kept(command, proxy, tmp_path)


def test_every_command_is_held_to_it():
    named = {
        command.name or command.callback.__name__
        for command in app.registered_commands
        if command.callback is not None and inspect.isfunction(command.callback)
    }
    assert named == set(COMMANDS)
