"""S3 servers that others wrote, where they are installed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.making.stores.bucket import BUCKET, ENVIRONMENT

_SECONDS = 30


def _free_ports(number: int) -> list[int]:
    listening = [socket.socket() for _ in range(number)]
    for each in listening:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in listening]
    for each in listening:
        each.close()
    return ports


def program(name: str) -> str:
    """A program beside this Python or on the path; the test is skipped, visibly, without it."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def _serving(command: list[str], port: int, log: Path) -> Iterator[dict[str, str]]:
    """A server that listens on a port, killed with all that it started at the end."""
    environment = {**os.environ, **ENVIRONMENT, "HOME": str(log.parent)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env=environment, start_new_session=True
        )
        try:
            end = time.monotonic() + _SECONDS
            while True:
                assert process.poll() is None, log.read_text(errors="replace")
                assert time.monotonic() < end, f"{command[0]} does not listen"
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield {**ENVIRONMENT, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _make_bucket(environment: dict[str, str]) -> None:
    import http.client
    from urllib.parse import urlsplit

    connection = http.client.HTTPConnection(urlsplit(environment["AWS_ENDPOINT_URL"]).netloc)
    connection.request("PUT", f"/{BUCKET}", headers={"Content-Length": "0"})
    connection.getresponse().read()
    connection.close()


@contextmanager
def seaweedfs(folder: Path) -> Iterator[dict[str, str]]:
    """SeaweedFS; the environment in which obstore finds it. A bucket is made when it is used."""
    server = program("weed")
    names = ("master", "volume", "filer", "s3")
    ports = dict(zip((n + g for n in names for g in ("", ".grpc")), _free_ports(8), strict=True))
    options = [f"-{n.split('.')[0]}.port{n[len(n.split('.')[0]) :]}={p}" for n, p in ports.items()]
    (folder / "data").mkdir()
    command = [
        server, "mini", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        "-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", *options,
    ]  # fmt: skip
    with _serving(command, ports["s3"], folder / "log") as environment:
        yield environment


@contextmanager
def moto(folder: Path) -> Iterator[dict[str, str]]:
    """moto's server of S3; the environment in which obstore finds it."""
    server = program("moto_server")
    (port,) = _free_ports(1)
    command = [server, "-H", "127.0.0.1", "-p", str(port)]
    with _serving(command, port, folder / "log") as environment:
        _make_bucket(environment)
        yield environment


@contextmanager
def rclone(folder: Path) -> Iterator[dict[str, str]]:
    """`rclone serve s3`, which looks at no condition."""
    server = program("rclone")
    (port,) = _free_ports(1)
    (folder / "data" / BUCKET).mkdir(parents=True)
    keys = f"{ENVIRONMENT['AWS_ACCESS_KEY_ID']},{ENVIRONMENT['AWS_SECRET_ACCESS_KEY']}"
    command = [
        server, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", keys,
        str(folder / "data"),
    ]  # fmt: skip
    with _serving(command, port, folder / "log") as environment:
        yield environment
