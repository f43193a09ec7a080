"""Whether workers hold the same, before any of them scores anything."""

from collections.abc import Iterator, Sequence

from weighin.errors import InfrastructureError, RunError, WeighinError
from weighin.executors.job import Unrecorded
from weighin.executors.ray.worker import Shown


def refusal(shown: Shown, others: Sequence[Shown]) -> WeighinError | None:
    """Why a worker may score nothing; `None` if it holds what is planned and others hold.

    Args:
        shown: What it shows.
        others: What those show that were found alike.
    """
    found = shown.found
    if isinstance(found, Unrecorded):
        kind = type(found.error)
        return kind(f"{shown.called}: refused: {found.error}")
    if others and (differ := "; ".join(_differences(shown, others[0]))):
        return RunError(
            f"{shown.called}: refused: {differ} of {others[0].called}; nothing was scored"
        )
    return None


def failure_of_machine(shown: Shown) -> InfrastructureError | None:
    """Why a worker could not open what it needs, if that may pass; else `None`."""
    found = shown.found
    if isinstance(found, Unrecorded) and isinstance(found.error, InfrastructureError):
        return found.error
    return None


def _differences(shown: Shown, other: Shown) -> Iterator[str]:
    if isinstance(shown.found, Unrecorded) or isinstance(other.found, Unrecorded):
        return
    pairs = (
        ("checkpoint", shown.found.checkpoint_id, other.found.checkpoint_id),
        ("weights in memory", shown.loaded, other.loaded),
        *((name, dict(shown.versions).get(name), version) for name, version in other.versions),
    )
    for name, found, expected in pairs:
        if found != expected:
            yield f"{name} {_short(found)} instead of {_short(expected)}"


def _short(value: str | None) -> str:
    if value is None:
        return "none"
    return value[:12] if len(value) == 64 else value  # noqa: PLR2004  # a digest
