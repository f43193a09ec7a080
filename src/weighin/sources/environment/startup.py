"""Code that runs in every Python of this environment before weighin does."""

import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from weighin.sources.environment.examined import Examined, Health, Topic

_CUSTOMISING: Final = ("sitecustomize", "usercustomize")
# Of the tools that make an environment, which change nothing that is scored.
_HARMLESS: Final = ("_virtualenv", "distutils-precedence", "__editable__", "_editable_impl_")
_MOST_BYTES: Final = 1 << 16


def examined_startup(paths: list[str] | None = None) -> Iterator[Examined]:
    """Modules and `.pth` files that run first; none of them is imported or executed.

    Args:
        paths: Where modules are looked for; those of this process by default.
    """
    places = sys.path if paths is None else paths
    found = [*_modules(places), *_path_files(places)]
    for name, words in found:
        yield Examined(
            topic=Topic.STARTUP,
            name=name,
            health=Health.NOTE,
            words=words,
            fix="start Python with -S, or remove it, if you do not know what it is for",
        )
    if not found:
        yield Examined(
            topic=Topic.STARTUP,
            name="at start",
            health=Health.OK,
            words="no code of others runs before weighin",
        )


def _modules(places: list[str]) -> Iterator[tuple[str, str]]:
    for name in _CUSTOMISING:
        spec = PathFinder.find_spec(name, places)
        if spec is not None and spec.origin is not None:
            yield name, f"{spec.origin} runs in every Python here, and may change any library"


def _path_files(places: list[str]) -> Iterator[tuple[str, str]]:
    for place in dict.fromkeys(places):
        try:
            files = sorted(path for path in Path(place).glob("*.pth") if path.is_file())
        except OSError:
            continue
        for path in files:
            if not path.name.startswith(_HARMLESS) and _executes(path):
                yield path.name, f"{path} has lines of code that run in every Python here"


def _executes(path: Path) -> bool:
    """Whether the `site` module executes a line of a file of paths."""
    try:
        with path.open("rb") as stream:
            lines = stream.read(_MOST_BYTES).splitlines()
    except OSError:
        return False
    return any(line.startswith((b"import ", b"import\t")) for line in lines)
