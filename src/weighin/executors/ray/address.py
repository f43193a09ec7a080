"""Which Ray cluster is meant by `--on`, and how much of it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from weighin.errors import UsageError

LOCAL: Final = "local"
_KNOWN: Final = (
    "ray (the cluster that RAY_ADDRESS names, else one of this machine for this run alone), "
    "ray:local, ray:auto (the cluster that runs here), ray:HOST:6379 or ray://HOST:10001"
)
_GCS: Final = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RayAddress:
    """A cluster.

    Attributes:
        text: As a person wrote it, for messages.
        address: As `ray.init` takes it: `local` to start one, `auto` for the one that runs here.
    """

    text: str
    address: str

    @property
    def is_local(self) -> bool:
        """Whether a cluster is started for this run alone."""
        return self.address == LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class RayOptions:
    """How Ray is asked for.

    Attributes:
        on: The cluster.
        gpus_per_job: GPUs of each worker; `None` for one where there are any.
        cpus_per_job: CPUs of each worker; `None` for one beside a GPU, else half of a node's.
    """

    on: RayAddress
    gpus_per_job: int | None = None
    cpus_per_job: int | None = None


def ray_address(text: str, environment: Mapping[str, str] | None = None) -> RayAddress:
    """The cluster that a person names.

    Args:
        text: What was given as `--on`.
        environment: Where `RAY_ADDRESS` stands; that of this process by default.

    Raises:
        UsageError: It names no Ray cluster.
    """
    found = os.environ if environment is None else environment
    if text == "ray":
        named = found.get("RAY_ADDRESS", "")
        if not named:
            return RayAddress(text=text, address=LOCAL)
        return RayAddress(text=f"RAY_ADDRESS={named}", address=_address(named, named))
    if text.startswith("ray://"):
        return RayAddress(text=text, address=_address(text, text))
    if text.startswith("ray:"):
        return RayAddress(text=text, address=_address(text.removeprefix("ray:"), text))
    raise UsageError(f"--on {text}: expected {_KNOWN}")


def _address(address: str, text: str) -> str:
    host = address.removeprefix("ray://")
    is_known = address in {LOCAL, "auto"} or _GCS.fullmatch(host) is not None
    if not is_known:
        raise UsageError(f"--on {text}: expected {_KNOWN}")
    return address
