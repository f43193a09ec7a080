"""Python, the packages that matter, and the extras of weighin: by their metadata alone.

Nothing is imported: what torch does when it is imported takes seconds, and may fail.
"""

import importlib.metadata
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from weighin.extras import installing
from weighin.sources.environment.examined import USAGE, Examined, Health, Topic
from weighin.version import __version__

PACKAGES: Final = (
    "lm_eval", "datasets", "numpy", "transformers", "torch", "tokenizers", "safetensors",
    "accelerate", "peft", "huggingface_hub", "vllm", "gguf", "kernels",
)  # fmt: skip
"""Distributions whose versions decide what comes out; the last three are rarely needed."""
_RARE: Final = frozenset({"vllm", "gguf", "kernels"})
_FOR_PEOPLE: Final = frozenset({"dev"})
WHAT_FOR: Final[Mapping[str, str]] = {
    "hf": "running benchmarks on a checkpoint",
    "api": "running benchmarks on a served model",
    "vllm": "vLLM as the engine",
    "hub": "checkpoints and commits of a hub",
    "gguf": "checkpoints in GGUF",
    "ray": "runs on a Ray cluster",
    "sign": "signatures of checkpoints",
    "store": "results in object stores",
}
"""What each extra is needed for."""
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_OF_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")
_RANGE = re.compile(r"(>=|<)\s*([0-9]+(?:\.[0-9]+)*)")
_MOST_DEPTH = 4


def examined_packages() -> Iterator[Examined]:
    """Python and the packages that matter, then the extras."""
    yield _found("Python", f"{platform.python_version()} ({sys.implementation.name})")
    yield _found("weighin", __version__)
    for name in PACKAGES:
        version = version_of(name)
        if version is not None:
            yield _in_range(name, version)
        elif name not in _RARE:
            yield _found(name, "not installed")
    for extra, purpose in WHAT_FOR.items():
        if missing := missing_for(extra):
            words = f"not installed; for {purpose} ({', '.join(missing)} missing)"
            yield Examined(
                topic=Topic.INSTALLED,
                name=f"extra {extra}",
                health=Health.NOTE,
                words=words,
                fix=installing(extra),
            )
        else:
            yield _found(f"extra {extra}", f"installed; for {purpose}")


def version_of(name: str) -> str | None:
    """The version of an installed distribution; `None` if it is not installed."""
    try:
        return importlib.metadata.version(name)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None


def missing_for(extra: str) -> tuple[str, ...]:
    """The distributions that an extra of weighin brings and that are not installed."""
    return tuple(sorted(_missing("weighin", frozenset({extra}), _MOST_DEPTH)))


def _missing(name: str, extras: frozenset[str], depth: int) -> set[str]:
    """What the extras of a distribution bring and is not installed; versions are left to pip."""
    found: set[str] = set()
    for requirement in _requirements(name) if depth else ():
        of = _OF_EXTRA.search(requirement)
        if of is None or of[1] not in extras or " and " in requirement.partition(";")[2]:
            continue
        parts = _REQUIREMENT.match(requirement)
        if parts is None:
            continue
        if version_of(parts[1]) is None:
            found.add(parts[1])
        elif parts[2]:
            inner = frozenset(part.strip() for part in parts[2].split(","))
            found |= _missing(parts[1], inner, depth - 1)
    return found


def _requirements(name: str) -> list[str]:
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def _in_range(name: str, version: str) -> Examined:
    """A package held against the versions that weighin asks for."""
    asked = next((r for r in _requirements("weighin") if _is_for(r, name)), "")
    bounds = _RANGE.findall(asked.partition(";")[0])
    if all(_holds(version, sign, bound) for sign, bound in bounds):
        return _found(name, version)
    told = ",".join(f"{sign}{bound}" for sign, bound in bounds)
    return Examined(
        topic=Topic.INSTALLED,
        name=name,
        health=Health.PROBLEM,
        words=f"{version}; expected {told}, with which weighin was tried",
        fix=f"install {name}{told}",
        exit_code=USAGE,
    )


def _is_for(requirement: str, name: str) -> bool:
    parts = _REQUIREMENT.match(requirement)
    return parts is not None and _plain(parts[1]) == _plain(name)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _holds(version: str, sign: str, bound: str) -> bool:
    found, asked = _numbers(version), _numbers(bound)
    return found >= asked if sign == ">=" else found < asked


def _numbers(version: str) -> tuple[int, ...]:
    leading = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, leading[0].split("."))) if leading else ()


def _found(name: str, words: str) -> Examined:
    return Examined(topic=Topic.INSTALLED, name=name, health=Health.OK, words=words)
