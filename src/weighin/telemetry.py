"""Telemetry: weighin has none, and what it starts has none unless the user said so.

The names are those that the libraries' own code reads. Where a user set one of them, for or
against, that library is left as it is.
"""

import os
from collections.abc import Mapping, MutableMapping
from typing import Final

SWITCHES: Final[Mapping[str, tuple[tuple[str, str], tuple[str, ...]]]] = {
    # Also for transformers, datasets and lm-eval, which report by it.
    "huggingface_hub": (
        ("HF_HUB_DISABLE_TELEMETRY", "1"),
        ("HF_HUB_DISABLE_TELEMETRY", "DISABLE_TELEMETRY", "DO_NOT_TRACK"),
    ),
    "vllm": (
        ("VLLM_NO_USAGE_STATS", "1"),
        ("VLLM_NO_USAGE_STATS", "VLLM_DO_NOT_TRACK", "DO_NOT_TRACK"),
    ),
    "ray": (
        ("RAY_USAGE_STATS_ENABLED", "0"),
        ("RAY_USAGE_STATS_ENABLED",),
    ),
}
"""By library: the variable that switches its reports off, and all by which a user may have said."""


def switch_off(environment: MutableMapping[str, str] | None = None) -> None:
    """Switch usage reports off in an environment, before what reads it is imported or started.

    Args:
        environment: What is changed; this process's own by default.
    """
    found = os.environ if environment is None else environment
    told = {name: set(heeded) & found.keys() for name, (_, heeded) in SWITCHES.items()}
    for library, (switch, _) in SWITCHES.items():
        if not told[library]:
            found[switch[0]] = switch[1]


def environment_of_child() -> dict[str, str]:
    """This process's environment for a child process, with usage reports switched off."""
    environment = dict(os.environ)
    switch_off(environment)
    return environment
