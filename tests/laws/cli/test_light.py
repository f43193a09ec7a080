"""What must stay light: everything but `weighin run`."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.logs.lm_eval import modern, written

import weighin

HEAVY = {"torch", "transformers", "datasets", "lm_eval", "peft", "tokenizers", "pandas", "pyarrow"}
# Far above what it takes (about 0.15 s), far below what importing torch takes.
MOST_CPU_SECONDS = 1.5
MODULES_AFTER = """
import json, sys
sys.argv = ["weighin", *json.loads(sys.argv[1])]
from weighin.cli import main
try:
    main()
except SystemExit as end:
    sys.stderr.write(json.dumps({"code": end.code or 0, "modules": sorted(sys.modules)}))
else:
    sys.stderr.write(json.dumps({"code": 0, "modules": sorted(sys.modules)}))
"""


def modules_after(*arguments: object) -> tuple[int, set[str]]:
    """Exit code of a command, and the top-level modules that it imported."""
    line = json.dumps(list(map(str, arguments)))
    done = subprocess.run(
        [sys.executable, "-c", MODULES_AFTER, line], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stderr.splitlines()[-1])
    return told["code"], {name.partition(".")[0] for name in told["modules"]}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["run", "--help"],
        ["inspect", "--help"],
        ["import", "--help"],
        ["submit", "--help"],
        ["doctor", "--offline"],
        ["ls", "results/demo"],
        ["schema"],
        ["schema", "verdict"],
        ["explain"],
        ["explain", "same-weights"],
    ],
)
def test_a_command_that_runs_nothing_imports_no_harness(arguments):
    code, modules = modules_after(*arguments)
    assert code == 0
    assert modules & HEAVY == set()


def test_inspecting_a_log_imports_no_harness(tmp_path):
    written(modern(), tmp_path)
    code, modules = modules_after("inspect", tmp_path)
    assert code == 0
    assert modules & HEAVY == set()


@pytest.mark.model
def test_a_check_and_a_fingerprint_import_no_harness(recorded, tiny_checkpoint):
    for arguments in (
        ["check", recorded.requirements, recorded.results],
        ["fingerprint", tiny_checkpoint],
    ):
        code, modules = modules_after(*arguments)
        assert code == 0
        assert modules & HEAVY == set()


def test_importing_weighin_imports_nothing_heavy():
    code = "import sys, weighin; print(' '.join(m.partition('.')[0] for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & (HEAVY | {"numpy", "pydantic", "rich", "typer"}) == set()


def test_help_takes_little_processor_time():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "weighin", "--help"], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < MOST_CPU_SECONDS


def test_the_functions_of_the_package_are_those_of_the_api():
    from weighin import api

    assert weighin.run is api.run
    assert weighin.check is api.check
    assert weighin.fingerprint is api.fingerprint


def test_a_name_that_the_package_does_not_have_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'weigh'"):
        weighin.weigh  # noqa: B018  # looking it up is the test


def test_the_package_says_that_it_is_typed():
    assert (Path(weighin.__file__).parent / "py.typed").is_file()


def test_module_and_version_agree():
    done = subprocess.run(
        [sys.executable, "-m", "weighin", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"weighin {weighin.__version__}\n"
