"""How benchmarks, digests, numbers, values and observations are named in a sentence."""

import json
from collections.abc import Sequence

from pydantic import JsonValue

from weighin.evidence.records import Observation

_NAMES_IN_FULL = 4


def listed(names: Sequence[str], in_full: int = _NAMES_IN_FULL) -> str:
    """Names for a sentence: all of a few, otherwise the first ones and how many more."""
    if len(names) <= in_full + 1:
        return ", ".join(names)
    return f"{', '.join(names[:in_full])} and {len(names) - in_full} more"


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 tensor`, `3 tensors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def digest(hexadecimal: str) -> str:
    """A SHA-256 short enough for a sentence and long enough to search for."""
    return f"sha256:{hexadecimal[:12]}"


def number(value: float) -> str:
    """A score for a sentence: four significant digits."""
    return f"{value:.4g}"


def literal(value: JsonValue) -> str:
    """A JSON value as it would stand in the requirements file."""
    return (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    )


def described(observation: Observation) -> str:
    """What was observed, in a few words."""
    if observation.summary:
        return observation.summary
    if not observation.identifiers:
        return "not recorded"
    return literal(observation.identifiers[0].value)


def told_apart(left: Observation, right: Observation) -> tuple[str, str]:
    """Both observations in words that differ, even where their summaries are the same."""
    if described(left) != described(right):
        return described(left), described(right)
    return _identifiers(left), _identifiers(right)


def _identifiers(observation: Observation) -> str:
    return "; ".join(f"{i.kind} {literal(i.value)}" for i in observation.identifiers)
