"""Whether the lm-eval that would be imported is the one that was released."""

import base64
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from weighin.sources.environment.examined import USAGE, Examined, Health, Topic

_NAME = "lm_eval"
_SHOWN = 3


def examined_harness() -> Iterator[Examined]:
    """Where lm-eval comes from, what of it is altered, and what would be imported instead."""
    try:
        installed = importlib.metadata.distribution(_NAME)
    except importlib.metadata.PackageNotFoundError:
        return
    where = _origin(installed)
    if where:
        yield _note(
            f"it was installed from {where}: its files may change between two runs; every record "
            "holds their digests",
            "install a release of lm-eval",
        )
    altered = () if where else tuple(_altered(installed))
    if altered:
        more = f" and {len(altered) - _SHOWN} more" if len(altered) > _SHOWN else ""
        yield _note(
            f"{len(altered)} of its files are not as they were released: "
            f"{', '.join(altered[:_SHOWN])}{more}; scores are not those of lm-eval "
            f"{installed.version}",
            "install lm-eval again",
        )
    yield from _shadowed(installed, is_elsewhere=bool(where))


def _origin(installed: importlib.metadata.Distribution) -> str:
    """What it was installed from if that is no index; a URL may hold a secret and is not told."""
    try:
        told = json.loads(installed.read_text("direct_url.json") or "{}")
    except ValueError:
        return "what its metadata does not tell"
    if not isinstance(told, dict):
        return "what its metadata does not tell"
    if "vcs_info" in told:
        return "version control"
    if "dir_info" in told:
        directory = told["dir_info"]
        is_editable = isinstance(directory, dict) and directory.get("editable") is True
        return "a folder, which it is imported from" if is_editable else "a folder"
    return ""


def _altered(installed: importlib.metadata.Distribution) -> Iterator[str]:
    """The Python files that lack the digest with which they were installed, or are gone."""
    for file in installed.files or ():
        if file.suffix != ".py" or file.hash is None or file.hash.mode != "sha256":
            continue
        try:
            content = Path(str(file.locate())).read_bytes()
        except OSError:
            yield str(file)
            continue
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        if digest != file.hash.value:
            yield str(file)


def _shadowed(
    installed: importlib.metadata.Distribution, *, is_elsewhere: bool
) -> Iterator[Examined]:
    """Another folder or file of that name that is imported first."""
    found = PathFinder.find_spec(_NAME, sys.path)
    if found is None or found.origin is None or is_elsewhere:
        return
    expected = Path(str(installed.locate_file(f"{_NAME}/__init__.py")))
    if Path(found.origin).resolve() == expected.resolve():
        return
    yield Examined(
        topic=Topic.INSTALLED,
        name=_NAME,
        health=Health.PROBLEM,
        words=f"{found.origin} is imported instead of what is installed",
        fix="rename it, or take its folder out of PYTHONPATH",
        exit_code=USAGE,
    )


def _note(words: str, fix: str) -> Examined:
    return Examined(topic=Topic.INSTALLED, name=_NAME, health=Health.NOTE, words=words, fix=fix)
