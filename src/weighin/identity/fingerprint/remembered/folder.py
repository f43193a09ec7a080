"""The user's folder for what may be lost, which nobody else can write to."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

ENVIRONMENT = "WEIGHIN_CACHE"
"""Name of the environment variable that names the folder, in place of the user's cache folder."""

_OF_THE_USER_ALONE = 0o700
_OF_OTHERS = 0o077


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where digests are remembered; `None` where the user has no folder of their own.

    Source:
        XDG Base Directory Specification 0.8: a path that is not absolute is ignored.
    """
    if given := environment.get(ENVIRONMENT):
        return Path(given).absolute()
    home = environment.get("XDG_CACHE_HOME", "")
    if os.path.isabs(home):  # noqa: PTH117  # of text
        return Path(home) / "weighin"
    try:
        return Path.home() / ".cache" / "weighin"
    except RuntimeError:
        return None


def why_not_private(folder: Path) -> str:
    """Make a folder where there is none, and say why nothing can be remembered in it; else empty.

    Whoever can write there could say that a file has the digest of another.
    """
    try:
        folder.mkdir(mode=_OF_THE_USER_ALONE, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError as error:
        return f"{folder}: cannot be made: {error.strerror}"
    if status.st_uid != os.geteuid():
        return f"{folder}: expected a folder of this user, found one of user {status.st_uid}"
    if mode := stat.S_IMODE(status.st_mode) & _OF_OTHERS:
        return f"{folder}: expected a folder that is closed to others (0700), found {mode:#o} open"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return f"{folder}: cannot be written"
    return ""
