"""The guard of the fast tests, on small tests of every kind."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import os, subprocess, sys

import pytest

model, child = pytest.mark.model, pytest.mark.child
TRUE = ["/bin/true"]

@pytest.fixture(scope="session")
def started():
    subprocess.run(TRUE, check=True)

@pytest.fixture(scope="module")
def loaded():
    import transformers

def test_nothing(): pass
def test_popen(): subprocess.run(TRUE, check=True)
def test_system(): os.system("true")
def test_spawn(): os.waitpid(os.posix_spawn(TRUE[0], TRUE, {}), 0)
def test_fork(): os.waitpid(os.fork() or os._exit(0), 0)
def test_load():
    import lm_eval
def test_load_again():
    import lm_eval
def test_load_a_part():
    from lm_eval import part
def test_a_name_alike():
    import torchless
def test_what_it_swallows():
    try:
        subprocess.run(TRUE, check=True)
    except BaseException:
        pass
@child
def test_child(): subprocess.run(TRUE, check=True)
@child
def test_child_that_loads():
    import torch
@model
def test_model():
    import torch
    subprocess.run(TRUE, check=True)
@child
def test_first_user_of_a_process(started): pass
def test_second_user_of_a_process(started): pass
@model
def test_first_user_of_a_model(loaded): pass
def test_second_user_of_a_model(loaded): pass
"""
FAIL = {
    "test_popen": "subprocess.Popen at ",
    "test_system": "os.system at ",
    "test_spawn": "os.posix_spawn at ",
    "test_fork": "os.fork at ",
    "test_load": "loaded lm_eval at ",
    "test_load_again": "imported lm_eval at ",
    "test_load_a_part": "imported lm_eval at ",
    "test_what_it_swallows": "subprocess.Popen at ",
    "test_child_that_loads": "imported torch at ",
    "test_second_user_of_a_process": "for the fixture started",
    "test_second_user_of_a_model": "for the fixture loaded",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What pytest says of these tests under the guard, a line each."""
    root = tmp_path_factory.mktemp("guarded")
    unit = root / "tests" / "unit"
    unit.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("conftest.py"), unit)
    (unit / "test_small.py").write_text(TESTS)
    (unit / "test_on_import.py").write_text("import datasets\ndef test_nothing(): pass\n")
    packages = root / "packages"
    packages.mkdir()
    for name in ("torch.py", "torchless.py", "transformers.py", "datasets.py"):
        (packages / name).touch()
    (packages / "lm_eval").mkdir()
    for name in ("__init__.py", "part.py"):
        (packages / "lm_eval" / name).touch()
    (root / "pytest.ini").write_text(
        "[pytest]\npythonpath = packages\nmarkers =\n    model\n    child\n"
    )
    options = ["--import-mode=importlib", "--continue-on-collection-errors", "-rA", "-q"]
    plugins = ["-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist"]
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *plugins, "tests"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1, finished.stdout + finished.stderr
    return finished.stdout.splitlines()


@pytest.mark.child
def test_what_is_not_marked_starts_no_process_and_loads_no_torch(told: list[str]):
    lines = [
        line.split(" - ")[0] for line in told if line.startswith(("PASSED", "FAILED", "ERROR"))
    ]
    outcomes = dict(reversed(line.split(" ", 1)) for line in lines)
    place = "tests/unit/test_small.py::"
    found = {name.removeprefix(place): told for name, told in outcomes.items() if place in name}
    not_passed = {name for name, outcome in found.items() if outcome != "PASSED"}
    assert not_passed == set(FAIL)
    assert len(found) == TESTS.count("def test_")


@pytest.mark.child
@pytest.mark.parametrize("name", FAIL)
def test_it_is_told_what_was_done_where_and_how_to_mark_it(told: list[str], name: str):
    text = "\n".join(told)
    _, _, after = text.partition(f"_ {name} _")
    if not after:
        _, _, after = text.partition(f"_ ERROR at setup of {name} _")
    section = after.partition("\n__")[0]
    assert FAIL[name] in section
    assert "test_small.py:" in section
    assert ": mark it " in section


@pytest.mark.child
def test_a_module_that_loads_it_on_import_is_not_collected(told: list[str]):
    assert any(
        line.startswith("ERROR tests/unit/test_on_import.py") and "no fast test" in line
        for line in told
    )
