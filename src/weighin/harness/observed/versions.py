"""Versions of the installed packages that matter. lm-eval need not be one of them."""

import importlib.metadata
from functools import cache


def installed_versions() -> dict[str, str]:
    """Versions of the installed packages that shape a score."""
    names = (
        "lm_eval", "torch", "transformers", "tokenizers", "safetensors", "datasets", "accelerate",
        "peft", "kernels", "numpy",
    )  # fmt: skip
    return {name: version for name in names if (version := _version(name)) is not None}


@cache
def _version(package: str) -> str | None:
    """What is installed; read once, since its description is parsed for it."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
