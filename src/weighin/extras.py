"""How what is left out of the core is installed, by whoever installed weighin: pip, pipx or uv."""

import sys
from pathlib import Path

# What each of them writes into an environment that it makes.
_OF_PIPX = "pipx_metadata.json"
_OF_UV_TOOL = "uv-receipt.toml"
_OF_VENV = "pyvenv.cfg"
_MADE_BY_UV = "\nuv = "


def installing(extra: str, environment: Path | None = None) -> str:
    """A way out for a package that an extra brings: the extra, and the command that installs it.

    Args:
        extra: Name of the extra, for example `hf`.
        environment: Where weighin is installed; `None` for the environment of this process.
    """
    root = Path(sys.prefix) if environment is None else environment
    return f"install weighin[{extra}]: {_command(root)} 'weighin[{extra}]'"


def _command(environment: Path) -> str:
    if (environment / _OF_PIPX).is_file():
        return "pipx install --force"
    if (environment / _OF_UV_TOOL).is_file():
        return "uv tool install"
    try:
        made = (environment / _OF_VENV).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "pip install"
    return "uv pip install" if _MADE_BY_UV in f"\n{made}" else "pip install"
