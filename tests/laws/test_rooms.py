"""The rooms of the house: what a user names is a file of that name, and no room is crowded."""

import ast
from pathlib import Path

import pytest
from tests.making.places import DOCS, ROOT, TESTS
from tests.making.rules.cases import file_of_tests

from weighin.cli.application import app
from weighin.rules.catalogue import CATALOGUE
from weighin.rules.scorecard.catalogue import SCORECARD_CHECKS

SOURCES = ROOT / "src" / "weighin"
FAMILIES = ("artifact", "protocol", "environment", "runs", "scores", "answers")
# One class for each facet, with nothing but words in it: a table in one file a family.
TABLES = {"artifact/same_artifact", "protocol/same_protocol"}
FORMATS = sorted(
    folder.name
    for folder in (SOURCES / "sources" / "formats").iterdir()
    if folder.is_dir() and folder.name != "__pycache__"
)
COMMANDS = [
    command.name or command.callback.__name__
    for command in app.registered_commands
    if command.callback is not None
]

MOST_ENTRIES = 12
# Folders that grow with what weighin knows, an entry for each thing that a user can name.
REGISTRIES = {
    ".": "a folder a layer, and the entry points",
    "cli/commands": "a file a command",
    "sources/formats": "a folder a log format",
    "rules": "a folder a family of rules, and what a rule is",
    "rules/scorecard/checks": "a file a check",
    **{f"rules/{family}": "a file a rule" for family in FAMILIES},
}

RULES = pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda rule: rule.id)
CHECKS = pytest.mark.parametrize("check", SCORECARD_CHECKS, ids=lambda check: check.id)


def file_of(judging: type) -> Path:
    """The file of a rule or a check, below the sources."""
    return Path(*judging.__module__.removeprefix("weighin.").split(".")).with_suffix(".py")


def has_tests(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(n, ast.FunctionDef) and n.name.startswith("test_") for n in tree.body)


@RULES
def test_every_rule_has_a_file_of_its_id_in_a_family(rule):
    path = file_of(rule)
    assert (SOURCES / path).is_file()
    assert path.parts[0] == "rules"
    assert path.parts[1] in FAMILIES
    if path.relative_to("rules").with_suffix("").as_posix() in TABLES:
        assert rule.id.startswith("same-")
    else:
        assert path.stem == rule.id.replace("-", "_")


@RULES
def test_every_rule_has_a_file_of_tests_with_its_cases(rule):
    path = ROOT / file_of_tests(rule)
    assert path.is_file(), f"{rule.id}: expected its cases in {file_of_tests(rule)}"
    assert "\nCASES = " in path.read_text(encoding="utf-8")


@CHECKS
def test_every_check_has_a_file_of_its_id_and_a_file_of_tests(check):
    name = check.id.replace("-", "_")
    assert file_of(check) == Path("rules", "scorecard", "checks", f"{name}.py")
    path = ROOT / file_of_tests(check)
    assert path.is_file(), f"{check.id}: expected its tests in {file_of_tests(check)}"
    assert has_tests(path)


@pytest.mark.parametrize("name", FORMATS)
def test_every_log_format_has_tests_and_a_page(name):
    tests = TESTS / "unit" / "sources" / "formats" / name
    assert any(has_tests(path) for path in tests.glob("test_*.py")), f"expected tests in {tests}"
    assert (DOCS / "formats" / f"{name.replace('_', '-')}.md").is_file()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_file_of_its_name(name):
    # `import` is a word of Python.
    names = {path.stem.removesuffix("_") for path in SOURCES.glob("cli/commands/*.py")}
    assert name in names


def test_every_file_of_commands_is_a_command():
    files = {path.stem for path in SOURCES.glob("cli/commands/*.py")} - {"__init__"}
    assert {name.removesuffix("_") for name in files} == set(COMMANDS)


def test_no_room_is_crowded():
    crowded = []
    for folder in sorted(path for path in (SOURCES, *SOURCES.rglob("*")) if path.is_dir()):
        entries = [entry for entry in folder.iterdir() if entry.name != "__pycache__"]
        if folder.name == "__pycache__" or not entries:
            continue
        lines = sum(len(file.read_text("utf-8").splitlines()) for file in folder.glob("*.py"))
        name = folder.relative_to(SOURCES).as_posix()
        print(f"{len(entries):3} entries {lines:6,} lines  {name}  {REGISTRIES.get(name, '')}")
        if len(entries) > MOST_ENTRIES and name not in REGISTRIES:
            crowded.append(name)
    assert crowded == [], f"expected at most {MOST_ENTRIES} entries a folder"
