"""What weighin starts makes no usage reports of its own, unless the user said that it may."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.places import ROOT

from weighin.telemetry import SWITCHES, environment_of_child, switch_off

SOURCES = ROOT / "src" / "weighin"
MODULES = sorted([*SOURCES.rglob("*.py"), *(ROOT / "tasks").rglob("*.py")])
# Libraries that report, or that import one that does.
REPORTING = {*SWITCHES, "transformers", "datasets", "lm_eval", "peft", "wandb"}
STARTING = {"run", "Popen", "call", "check_call", "check_output"}
# Their own switches: as their code reads them.
OFF = {"HF_HUB_DISABLE_TELEMETRY": "1", "VLLM_NO_USAGE_STATS": "1", "RAY_USAGE_STATS_ENABLED": "0"}


def test_an_environment_in_which_nobody_said_anything_reports_nothing():
    environment = {"PATH": "/bin"}
    switch_off(environment)
    assert environment == {"PATH": "/bin", **OFF}


@pytest.mark.parametrize(
    ("variable", "library"),
    [(variable, library) for library, (_, heeded) in SWITCHES.items() for variable in heeded],
)
@pytest.mark.parametrize("value", ["0", "1", ""])
def test_what_the_user_set_stands(variable, library, value):
    environment = {variable: value}
    switch_off(environment)
    assert environment[variable] == value
    (switch, _), heeded = SWITCHES[library]
    assert (switch in environment) is (switch == variable), "no other switch against that word"
    assert {*environment} <= {*OFF, *heeded}


def test_a_child_is_given_all_of_the_environment_and_the_switches(monkeypatch):
    for name in ("DO_NOT_TRACK", "DISABLE_TELEMETRY", "VLLM_DO_NOT_TRACK", *OFF):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OF_THE_USER", "x")
    assert environment_of_child() == {**os.environ, **OFF}
    assert not OFF.keys() & os.environ.keys()


def functions_around(tree: ast.Module) -> dict[ast.AST, ast.AST]:
    """By node: the innermost function that it stands in, or the module."""
    around: dict[ast.AST, ast.AST] = {}

    def walk(node: ast.AST, inside: ast.AST) -> None:
        around[node] = inside
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for child in ast.iter_child_nodes(node):
            walk(child, node if is_function else inside)

    walk(tree, tree)
    return around


def names_called(tree: ast.AST) -> dict[str, int]:
    """Names that are called in a tree, with the first line of a call."""
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.setdefault(node.func.id, node.lineno)
    return found


def is_reporting(node: ast.AST) -> bool:
    """Whether a statement imports a library that reports, or something below it."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    else:
        return False
    return any(name.partition(".")[0] in REPORTING for name in names)


def is_start(node: ast.AST) -> bool:
    """Whether an expression starts a process."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    of, name = node.func.value, node.func.attr
    if not isinstance(of, ast.Name):
        return False
    by_os = of.id == "os" and name.startswith(("exec", "spawn", "posix_spawn"))
    return by_os or (of.id == "subprocess" and name in STARTING)


def unguarded(path: Path) -> list[str]:
    """Imports and starts in a module that come before, or without, the switches."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = [node for node in ast.walk(tree) if is_reporting(node) or is_start(node)]
    around = functions_around(tree) if nodes else {}
    found = []
    for node in nodes:
        called = names_called(around[node])
        if isinstance(node, ast.Call):
            has_environment = any(keyword.arg == "env" for keyword in node.keywords)
            switched = {"switch_off", "environment_of_child", "_environment"} & called.keys()
            if not (has_environment and switched):
                found.append(f"{path.name}:{node.lineno}: start without the switches")
        elif called.get("switch_off", node.lineno) >= node.lineno:
            found.append(f"{path.name}:{node.lineno}: import without switch_off() before it")
    return found


def is_of_the_harness(path: Path) -> bool:
    """Whether `weighin.harness` was imported before: its first lines switch reports off."""
    return path.is_relative_to(SOURCES / "harness")


# Programs of others, which import none of these libraries; and the evaluation of `weighin witness`,
# which is run as it would be without weighin, whatever it reports.
STARTED_AS_THEY_ARE = {
    SOURCES / "sources" / "environment" / "machine.py",
    SOURCES / "executors" / "witnessed" / "command.py",
}


def test_whatever_starts_a_library_that_reports_goes_through_the_switches():
    harness = ast.parse((SOURCES / "harness" / "__init__.py").read_text("utf-8"))
    assert "switch_off" in names_called(harness)
    told = [
        problem
        for path in MODULES
        for problem in unguarded(path)
        # What a task imports is imported by who runs it; the harness's own git is no library.
        if not (is_of_the_harness(path) and ("import" in problem or "harness_state" in problem))
        and not (path.is_relative_to(ROOT / "tasks") and "import" in problem)
        and path not in STARTED_AS_THEY_ARE
    ]
    assert told == []


def test_an_unguarded_start_is_found(tmp_path):
    path = tmp_path / "planted.py"
    path.write_text(
        "import subprocess, sys\nfrom weighin.telemetry import switch_off\n\n"
        "def late():\n    from huggingface_hub import constants\n    switch_off()\n\n"
        "def early():\n    switch_off()\n    from huggingface_hub import constants\n\n"
        "def child():\n    subprocess.run([sys.executable, '-c', 'import vllm'])\n"
    )
    assert [problem.partition(": ")[0] for problem in unguarded(path)] == [
        "planted.py:5",
        "planted.py:13",
    ]


BY_THE_HARNESS = "import weighin.harness"
BY_A_CHECK = "from weighin.sources.hub.requests import default_hub; default_hub()"


@pytest.mark.child
@pytest.mark.parametrize(
    ("first", "said", "reports"),
    [
        (BY_THE_HARNESS, {}, False),
        (BY_A_CHECK, {}, False),
        (BY_THE_HARNESS, {"DO_NOT_TRACK": "0"}, True),
    ],
)
def test_the_hub_library_hears_it(first, said, reports):
    pytest.importorskip("huggingface_hub")
    code = (
        f"{first}\nfrom huggingface_hub import constants\nprint(constants.HF_HUB_DISABLE_TELEMETRY)"
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code], env=kept | said, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(not reports)
