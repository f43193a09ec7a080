"""Files as the machines of continuous integration name them: from the root of the repository."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

_STATED_BY: Final = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def repository_root(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder from which a repository's files are named.

    Returns:
        What the runner says, if the working directory lies in it; else the nearest folder above
        that holds `.git`; else the working directory.
    """
    here = Path.cwd()
    stated = [Path(found) for name in _STATED_BY if (found := environment.get(name, ""))]
    for folder in stated:
        if folder.is_absolute() and here.is_relative_to(folder.resolve()):
            return folder.resolve()
    return next((f for f in (here, *here.parents) if os.path.lexists(f / ".git")), here)


@dataclass(frozen=True, slots=True)
class Repository:
    """The files of a repository.

    Attributes:
        root: The folder from which they are named.
    """

    root: Path = field(default_factory=repository_root)
    _names: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def named(self, file: str) -> str:
        """A file as named from the root, with slashes; its absolute path if it lies outside.

        A link is followed, since nobody shows the lines of one, unless it leads out.
        """
        if file not in self._names:
            self._names[file] = self._named(file)
        return self._names[file]

    def _named(self, file: str) -> str:
        absolute = os.path.normpath(Path.cwd() / _as_name(file))
        for path in (os.path.realpath(absolute), absolute):
            try:
                return Path(path).relative_to(self.root).as_posix()
            except ValueError:
                continue
        return Path(absolute).as_posix()


def _as_name(file: str) -> str:
    """What somebody calls a file, as something that a file can be called."""
    try:
        os.fsencode(file)
    except UnicodeEncodeError:
        file = file.encode("utf-8", "backslashreplace").decode("utf-8")
    return file.replace("\x00", "\\x00")


def uri(path: str) -> str:
    """The reference to a file: relative as it is named from the root, else a `file:` URI."""
    # A colon is encoded, too: what stands before one in a relative reference is a scheme.
    encoded = quote(os.fsencode(_as_name(path)), safe="/-._~!$&'()*+,;=@")
    return f"file://{encoded}" if path.startswith("/") else encoded
