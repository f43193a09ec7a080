"""Whether what is installed here is what a plan was made with."""

from collections.abc import Mapping


def other_versions(planned: Mapping[str, str], installed: Mapping[str, str]) -> tuple[str, ...]:
    """What differs, package by package; empty if nothing does.

    The build that a version was made for (`+cpu`, `+cu128`) is left out: a plan is made where no
    GPU is, and what a machine computes differs by rounding. Every record holds it whole.
    """
    names = sorted({*planned, *installed})
    return tuple(
        f"{name} {_told(installed.get(name))} instead of {_told(planned.get(name))}"
        for name in names
        if _public(planned.get(name)) != _public(installed.get(name))
    )


def _public(version: str | None) -> str | None:
    return None if version is None else version.partition("+")[0]


def _told(version: str | None) -> str:
    return "none" if version is None else version
