"""A connection to a Ray cluster, which may be one of this machine for one run alone."""

import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from weighin.errors import InfrastructureError, UsageError
from weighin.executors.ray.address import RayAddress
from weighin.executors.ray.places import Node
from weighin.extras import installing
from weighin.telemetry import SWITCHES, switch_off

# Least that Ray takes. Results of a job are small: samples go to the store.
_OBJECT_STORE_BYTES: Final = 80 << 20
# By these a user says who may use a cluster.
_AUTHENTICATION: Final = frozenset({"RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"})
_SECONDS_TO_ANSWER: Final = 10.0
_LOOPBACK: Final = "127.0.0.1"
# Without these a node would look for what the driver has at hand, or must not ask for.
_PASSED_ON: Final = (
    "HF_HUB_OFFLINE",
    "HF_DATASETS_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "PYTHONPATH",
    *(variable for _, heeded in SWITCHES.values() for variable in heeded),
)


def imported_ray() -> Any:
    """The library, which makes no usage reports unless the user said so.

    Raises:
        UsageError: It is not installed.
    """
    switch_off()
    # Under `uv run` Ray would have every worker make an environment of its own.
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    try:
        import ray
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--on ray needs {error.name}, which is not installed; {installing('ray')}"
        ) from error
    return ray


@contextmanager
def connected(on: RayAddress) -> Iterator[Any]:
    """The library, connected to a cluster; what was started is stopped afterwards.

    A process that is connected already stays so.

    Raises:
        UsageError: The cluster runs other versions, or does not let this process in.
        InfrastructureError: It does not answer.
    """
    if on.is_local and "ray" not in sys.modules and not _AUTHENTICATION & os.environ.keys():
        # What listens on the loopback interface is open to everybody on the machine otherwise.
        # Ray reads it once a process.
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
    ray = imported_ray()
    if ray.is_initialized():
        yield ray
        return
    on_terminate = signal.getsignal(signal.SIGTERM)
    try:
        _connect(ray, on)
        if threading.current_thread() is threading.main_thread():
            # Ray's own would end this process with 15, without saying why.
            signal.signal(signal.SIGTERM, on_terminate)
        yield ray
    finally:
        ray.shutdown()


def nodes_of(ray: Any) -> tuple[Node, ...]:
    """The nodes of the cluster that are there now."""
    return tuple(
        Node(
            host=str(node["NodeManagerHostname"]),
            cpus=int(node["Resources"].get("CPU", 0)),
            gpus=int(node["Resources"].get("GPU", 0)),
            memory_bytes=int(node["Resources"].get("memory", 0)),
        )
        for node in ray.nodes()
        if node["Alive"]
    )


def _connect(ray: Any, on: RayAddress) -> None:
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        if on.is_local:
            ray.init(
                address="local",
                include_dashboard=False,
                _node_ip_address=_LOOPBACK,
                object_store_memory=_OBJECT_STORE_BYTES,
                **quiet,
            )
            return
        _require_listener(on)
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        ray.init(address=on.address, runtime_env={"env_vars": passed_on}, **quiet)
    except (ConnectionError, TimeoutError) as error:
        raise InfrastructureError(f"--on {on.text}: no cluster answers: {error}") from error
    except ImportError as error:
        raise UsageError(f"--on {on.text}: {error}; install ray[client]") from error
    except ray.exceptions.AuthenticationError as error:
        raise UsageError(
            f"--on {on.text}: the cluster does not let this process in: {_first_line(error)}; give "
            "its token as RAY_AUTH_TOKEN"
        ) from error
    except (RuntimeError, ValueError, ray.exceptions.RayError) as error:
        # Of these kinds are other versions of Ray or Python on the cluster.
        raise UsageError(f"--on {on.text}: {' '.join(str(error).split())}") from error


def _require_listener(on: RayAddress) -> None:
    """Refuse a place where nobody listens: Ray itself would try for minutes.

    Raises:
        InfrastructureError: Nobody does.
    """
    host, _, port = on.address.removeprefix("ray://").rpartition(":")
    if not host:
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS_TO_ANSWER).close()
    except OSError as error:
        raise InfrastructureError(f"--on {on.text}: no cluster answers: {error}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
