"""The contracts of the layers are closed: what is planted against them is found, wherever."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.places import ROOT

SOURCES = ROOT / "src" / "weighin"
HARNESS = SOURCES / "harness"
PACKAGES = sorted(
    folder.parent.relative_to(SOURCES)
    for folder in SOURCES.rglob("__init__.py")
    if not folder.is_relative_to(HARNESS)
)
MODULES = ("__main__", "errors", "pytest_plugin", "telemetry", "version")
HEAVY = ("torch", "transformers", "datasets", "peft", "lm_eval")

HOUSE = "The layers of the house"
ONLY_HARNESS = "Only the harness imports torch, transformers, datasets, peft or lm_eval"
FORMATS = "No log format knows another"


def copied(folder: Path) -> Path:
    """The sources and their contracts in another folder."""
    shutil.copytree(
        SOURCES, folder / "src" / "weighin", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder / "src" / "weighin"


def plant(folder: Path, *lines: str, name: str = "planted") -> None:
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    (folder / f"{name}.py").write_text("".join(f"{line}\n" for line in lines))


def linted(folder: Path) -> tuple[int, str]:
    """What import-linter says of a copy, which has to go before weighin as it is installed."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        # Lines of any length, so that a name stands on one.
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "1000"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy with torch in a new module of every package outside the harness."""
    folder = tmp_path_factory.mktemp("planted")
    weighin = copied(folder)
    for package in PACKAGES:
        plant(weighin / package, "import torch")
    for heavy in HEAVY:
        plant(weighin / "api", f"import {heavy}", name=f"planted_{heavy}")
    for module in MODULES:
        with (weighin / f"{module}.py").open("a") as file:
            file.write("import torch\n")
    plant(weighin / "sources" / "formats" / "planted_format", "import torch", name="reader")
    plant(
        weighin / "sources" / "formats" / "inspect",
        "from weighin.sources.formats.helm import spec",
        name="planted_neighbour",
    )
    code, told = linted(folder)
    assert code == 1, told
    return told


def reasons(told: str, contract: str) -> str:
    """What is said of one broken contract."""
    assert f"{contract} BROKEN" in told
    _, _, details = told.partition(f"{contract}\n{'-' * len(contract)}\n")
    return details.partition("\n---")[0]


def test_the_house_as_it_stands_keeps_every_contract(tmp_path):
    copied(tmp_path)
    code, told = linted(tmp_path)
    assert (code, "0 broken" in told) == (0, True), told


@pytest.mark.parametrize("package", [p for p in PACKAGES if p != Path()], ids=str)
def test_torch_in_a_new_module_outside_the_harness_is_found(planted, package):
    module = ".".join(("weighin", *package.parts, "planted"))
    assert f"{module} -> torch" in reasons(planted, ONLY_HARNESS)


def test_torch_in_the_folder_of_a_new_format_is_found(planted):
    found = reasons(planted, ONLY_HARNESS)
    assert "weighin.sources.formats.planted_format.reader -> torch" in found


@pytest.mark.parametrize("heavy", HEAVY)
def test_each_heavy_library_outside_the_harness_is_found(planted, heavy):
    assert f"weighin.api.planted_{heavy} -> {heavy}" in reasons(planted, ONLY_HARNESS)


@pytest.mark.parametrize("module", MODULES)
def test_torch_in_a_module_of_the_top_level_is_found(planted, module):
    assert f"weighin.{module} -> torch" in reasons(planted, ONLY_HARNESS)


def test_new_module_of_the_top_level_must_be_given_a_layer(planted):
    assert "- weighin.planted\n" in reasons(planted, HOUSE)


def test_format_that_imports_another_is_found(planted):
    assert (
        "weighin.sources.formats.inspect.planted_neighbour -> weighin.sources.formats.helm.spec"
    ) in reasons(planted, FORMATS)
