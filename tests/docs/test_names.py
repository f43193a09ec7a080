"""Whatever a page or a docstring names is there: files, modules, links, the layers."""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from pkgutil import resolve_name

from tests.making.places import ROOT


def files(*patterns: str) -> list[Path]:
    """Files of the project; those that earlier versions wrote say what was so then."""
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    return sorted(path for path in found if not {"compat", "node_modules"} & set(path.parts))


PAGES = files("*.md", "docs/**/*.md", "tasks/**/*.md", "tests/**/*.md")
MODULES = files("src/**/*.py", "tasks/**/*.py", "tests/**/*.py")
# Keys of a format of others, which begin with our name.
KEYS = {"weighin.identifiers", "weighin.lower_is_better"}
FILES = {"weighin.yaml"}

_PATH = re.compile(r"(?<![\w/.:-])(?:src|tests|docs|tasks)/[\w./<>*-]*[\w/>*]")
_PLACEHOLDER = re.compile(r"<\w+>|\bNAME\b")
_DOTTED = re.compile(r"`((?:weighin|tests)(?:\.[A-Za-z_]\w*)+)(?:\(\))?`")
_FILE = re.compile(r"`(\w+\.py)`")
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


@cache
def told(path: Path) -> str:
    """The text of a page; the docstrings and comments of a module."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    nodes = (n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Expr))
    return "\n".join(
        (
            *(token.string for token in tokens if token.type == tokenize.COMMENT),
            *(str(node.value) for node in nodes if isinstance(node, ast.Constant)),
        )
    )


def in_all(pattern: re.Pattern[str], paths: list[Path]) -> Iterator[tuple[str, str]]:
    """What a pattern finds, with the file in which it stands."""
    for path in paths:
        for found in pattern.finditer(told(path)):
            yield found.group(pattern.groups), path.relative_to(ROOT).as_posix()


def test_paths_that_are_named_exist():
    missing = [
        f"{where}: {path}"
        for path, where in in_all(_PATH, [*PAGES, *MODULES])
        # The demo makes its checkpoints; a clone has none yet.
        if "checkpoints/demo" not in path
        and not any(ROOT.glob(_PLACEHOLDER.sub("*", path).rstrip("/")))
    ]
    assert missing == []


def test_modules_and_functions_that_are_named_exist():
    missing = []
    for name, where in in_all(_DOTTED, [*PAGES, *MODULES]):
        try:
            resolve_name(name)
        except (ImportError, AttributeError):
            if name not in KEYS | FILES:
                missing.append(f"{where}: {name}")
    assert missing == []


def test_files_that_a_page_names_exist():
    names = {path.name for path in MODULES}
    assert [f"{where}: {name}" for name, where in in_all(_FILE, PAGES) if name not in names] == []


def test_links_lead_somewhere():
    missing = [
        f"{where}: {link}"
        for link, where in in_all(_LINK, PAGES)
        if not ((ROOT / where).parent / link).exists()
    ]
    assert missing == []


def test_the_layers_that_contributors_read_of_are_those_that_are_kept():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (house,) = (
        contract
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["name"] == "The layers of the house"
    )
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = page.partition("```\ncli ")[2].partition("```")[0]
    told_of = [
        " | ".join(re.findall(r"(?:^| {3,})([a-z_]+) +(?=[a-z])", line))
        for line in f"cli {listed}".splitlines()
    ]
    assert told_of == house["layers"]
