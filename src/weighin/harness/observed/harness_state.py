"""The files of lm-eval that ask and score, and the commit that they are of."""

import base64
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distribution
from pathlib import Path

from weighin.files.canonical import sha256_hex
from weighin.files.json.foreign import as_mapping, as_text
from weighin.harness.tasks.code import LM_EVAL_FOLDER, SHIPPED_TASKS

_GIT_SECONDS = 20
_COMPILED = "__pycache__"


@dataclass(frozen=True, slots=True, kw_only=True)
class HarnessState:
    """The installed harness.

    Attributes:
        files: One SHA-256 over all of its Python files outside the folders of tasks, under a name
            that says how many they are.
        commit: Commit that it was installed from; `None` if it was not installed from git.
        is_dirty: Whether a file of it, tasks included, is other than in the commit, or beside it;
            `None` if that cannot be told.
    """

    files: Mapping[str, str]
    commit: str | None
    is_dirty: bool | None


@cache
def harness_state() -> HarnessState:
    """The state of lm-eval, looked at once: what was imported does not change any more."""
    digests = [
        f"{path.relative_to(LM_EVAL_FOLDER).as_posix()} {sha256_hex(path.read_bytes())}"
        for path in sorted(_python_files())
    ]
    commit, is_dirty = commit_of(distribution("lm_eval"), LM_EVAL_FOLDER)
    return HarnessState(
        files={f"lm_eval ({len(digests)} Python files)": sha256_hex("\n".join(digests).encode())},
        commit=commit,
        is_dirty=is_dirty,
    )


def commit_of(installed: Distribution, package: Path) -> tuple[str | None, bool | None]:
    """The commit that a package was installed from, and whether its files are other than in it.

    Args:
        installed: The distribution, which says where it was installed from (PEP 610).
        package: Folder of the package that is imported.

    Returns:
        `None` for what is not known.
    """
    try:
        told = as_mapping(json.loads(installed.read_text("direct_url.json") or "{}"))
    except ValueError:
        return None, None
    version_control = as_mapping(told.get("vcs_info"))
    commit = as_text(version_control.get("commit_id"))
    if version_control.get("vcs") == "git" and commit:
        return commit, _is_changed(installed, package)
    if as_mapping(told.get("dir_info")).get("editable") is True:
        return _of_working_tree(package)
    return None, None


def _python_files() -> Iterator[Path]:
    for entry in LM_EVAL_FOLDER.iterdir():
        if entry.is_dir():
            yield from entry.glob("*.py" if entry == SHIPPED_TASKS else "**/*.py")
        elif entry.suffix == ".py":
            yield entry


def _is_changed(installed: Distribution, package: Path) -> bool | None:
    """Whether the files of a package are other than those that were installed."""
    stated: dict[Path, str] = {}
    for file in installed.files or ():
        path = Path(str(installed.locate_file(file))).resolve()
        if file.hash is not None and file.hash.mode == "sha256" and path.is_relative_to(package):
            stated[path] = file.hash.value
    if not stated:
        return None
    found = {p for p in package.rglob("*") if p.is_file() and _COMPILED not in p.parts}
    return found != set(stated) or any(_recorded_digest(p) != stated[p] for p in found)


def _recorded_digest(path: Path) -> str:
    """SHA-256 as PEP 376 writes it."""
    digest = hashlib.sha256(path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _of_working_tree(package: Path) -> tuple[str | None, bool | None]:
    # Else the folder may only lie inside of some other repository.
    if _git(package, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None, None
    commit = _git(package, "rev-parse", "HEAD")
    changes = _git(package, "status", "--porcelain", "--", ".")
    return commit, None if commit is None or changes is None else bool(changes)


def _git(folder: Path, *arguments: str) -> str | None:
    """What git writes; `None` if it fails or is not installed."""
    program = shutil.which("git")
    if program is None:
        return None
    # A repository's settings may name a program for git to start, and nothing is written to it.
    settings = ("--no-optional-locks", "-c", "core.fsmonitor=false")
    try:
        finished = subprocess.run(  # fixed arguments, a folder as working directory
            [program, *settings, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return finished.stdout.decode(errors="replace").strip() if finished.returncode == 0 else None
