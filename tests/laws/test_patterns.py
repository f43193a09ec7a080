"""No regular expression of weighin takes longer than its text: texts come from strangers.

Two repeats without a bound that stand side by side, and can both match the same characters, share
them out in every way before they give up: `\\s*\\|?\\s*` took ten seconds for 40,000 spaces. A
repeat that holds another one shares them out in exponentially many.
"""

import ast
import importlib
import re
from collections.abc import Iterator

import pytest
from tests.making.places import ROOT

SOURCES = ROOT / "src" / "weighin"
_parser = re._parser
_MANY = 100
# Modules that do something when they are imported.
_STARTS = ("__main__", "child", "pytest_plugin")
_TRIED = [chr(code) for code in range(128)] + ["é", "\u2003", "中", "²"]
# What is matched there is short.
ALLOWED = {
    r"[A-Za-z0-9][\w.-]*?__[\w.-]+": "the name of a folder, at most 255 bytes",
}


def patterns() -> Iterator[tuple[str, str, int]]:
    """Every constant text that is given to `re` or pydantic as a pattern, with its place."""
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            of_re = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re"
            given = [node.args[0]] if of_re and name != "escape" and node.args else []
            given += [word.value for word in node.keywords if word.arg == "pattern"]
            flags = re.VERBOSE if "re.VERBOSE" in ast.unparse(node) else 0
            for text in given:
                value = as_text(text)
                if value is not None:
                    yield f"{path.relative_to(SOURCES)}:{node.lineno}", value, flags


def compiled() -> Iterator[tuple[str, str, int]]:
    """Every pattern that a module keeps, as it was put together from others, with its place.

    What only scores models is left out: it loads torch, and its patterns are seen above.
    """
    for path in sorted(SOURCES.rglob("*.py")):
        module = ".".join(path.relative_to(SOURCES.parent).with_suffix("").parts)
        if path.relative_to(SOURCES).parts[0] == "harness" or path.stem in _STARTS:
            continue
        try:
            kept = vars(importlib.import_module(module))
        except ImportError:
            continue  # of an extra that is not installed
        for name, value in kept.items():
            if isinstance(value, re.Pattern):
                told = value.pattern
                text = told.decode("latin-1") if isinstance(told, bytes) else told
                yield f"{path.relative_to(SOURCES)}:{name}", text, value.flags & re.VERBOSE


def as_text(node: ast.expr) -> str | None:
    """A constant text; of an f-string, with `x` for what is filled in."""
    if isinstance(node, ast.Constant):
        value = node.value
        return value.decode("latin-1") if isinstance(value, bytes) else value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values
        )
    return None


def complaints(pattern: str, flags: int = 0) -> list[str]:
    """What makes a pattern slow."""
    try:
        parsed = _parser.parse(pattern, flags)
    except re.error:
        return []  # another dialect
    return list(_complaints(parsed))


def _complaints(parsed) -> Iterator[str]:
    items = list(parsed)
    for index, item in enumerate(items):
        if _is_unbounded(item):
            if _varies(item[1][2]):
                yield "a repeat that holds a repeat"
            if _shares_with_another(item, items[index + 1 :]):
                yield "two repeats of the same characters side by side"
        for inner in _inner(*item):
            yield from _complaints(inner)


def _is_unbounded(item) -> bool:
    return str(item[0]) in {"MAX_REPEAT", "MIN_REPEAT"} and item[1][1] >= _MANY


def _shares_with_another(item, following) -> bool:
    """Whether a later repeat can begin with what this one goes on with, over what is between."""
    mine = _all(item[1][2])
    for other in following:
        if _is_unbounded(other) and mine & _first(other[1][2]):
            return True
        if not _can_be_empty([other]):
            mine = mine & _all([other])
    return False


def _inner(name, value) -> list:
    match str(name):
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [value[2]]
        case "SUBPATTERN":
            return [value[3]]
        case "BRANCH":
            return list(value[1])
        case "ASSERT" | "ASSERT_NOT":
            return [value[1]]
        case "ATOMIC_GROUP":
            return [value]
        case "GROUPREF_EXISTS":
            return [part for part in value[1:] if part]
    return []


def _varies(parsed) -> bool:
    """Whether a pattern holds an unbounded repeat that nothing else in it keeps apart."""
    items = [item for item in parsed if str(item[0]) != "AT"]
    if len(items) != 1:
        fixed = [item for item in items if not _can_be_empty([item])]
        repeats = [i for i in items if "REPEAT" in str(i[0]) and i[1][1] >= _MANY]
        chars = [_all([item]) for item in repeats]
        others = [_all([item]) for item in fixed if item not in repeats]
        return any(not any(not (c & o) for o in others) for c in chars)
    name, value = items[0]
    if str(name) in {"MAX_REPEAT", "MIN_REPEAT"}:
        return bool(value[1] >= _MANY)
    return any(_varies(inner) for inner in _inner(name, value))


def _can_be_empty(parsed) -> bool:
    if any(str(name) == "GROUPREF" for name, _ in parsed):
        # The width of the group that it stands for is known to the whole pattern alone.
        return True
    return _parser.SubPattern(_parser.State(), list(parsed)).getwidth()[0] == 0


def _all(parsed) -> set[str]:
    """The characters that may stand anywhere in what a pattern matches."""
    found: set[str] = set()
    for name, value in parsed:
        match str(name):
            case "LITERAL" | "NOT_LITERAL" | "IN" | "ANY" | "RANGE" | "CATEGORY":
                found |= _characters(str(name), value)
            case "GROUPREF":
                found |= set(_TRIED)
            case "ASSERT" | "ASSERT_NOT" | "AT":
                pass
            case _:
                for inner in _inner(name, value):
                    found |= _all(inner)
    return found


def _first(parsed) -> set[str]:
    """The characters that may stand first in what a pattern matches."""
    found: set[str] = set()
    for name, value in parsed:
        inner = _inner(name, value)
        if inner and not str(name).startswith("ASSERT"):
            found |= set().union(*map(_first, inner))
        else:
            found |= _all([(name, value)])
        if str(name) not in {"AT", "ASSERT", "ASSERT_NOT"} and not _can_be_empty([(name, value)]):
            break
    return found


def _characters(name: str, value) -> set[str]:
    single = _parser.SubPattern(_parser.State(), [(getattr(re._constants, name), value)])
    compiled = re._compiler.compile(single, 0) if name != "CATEGORY" else None
    return {c for c in _TRIED if compiled is not None and compiled.fullmatch(c)}


SLOW = [
    r"(a*)b\1*a*c",
    r"\s*\|?\s*x",
    r"(a+)+b",
    r"(a*b*)*c",
    r"[a-z]+\w*!",
    r"x*.*y",
    r"(\s*,?\s*)*;",
]
FAST = [
    r"(a|b)c+\1",
    r"\s*\|\s*x",
    r"(?:a+b)+c",
    r"[a-z]+[0-9]*!",
    r"\d+\.\d+",
    r"(?:[^,]+,)*",
    r"\S+ +\S+",
]


@pytest.mark.parametrize("pattern", SLOW)
def test_what_is_slow_is_seen(pattern):
    assert complaints(pattern)


@pytest.mark.parametrize("pattern", FAST)
def test_what_is_fast_is_let_pass(pattern):
    assert complaints(pattern) == []


def test_no_pattern_repeats_the_same_characters_twice_side_by_side():
    found = {
        f"{place}: {pattern}": told
        for place, pattern, flags in (*patterns(), *compiled())
        if pattern not in ALLOWED and (told := complaints(pattern, flags))
    }
    assert found == {}


def test_what_is_allowed_is_still_there():
    assert set(ALLOWED) <= {pattern for _, pattern, _ in patterns()}
