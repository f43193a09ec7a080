"""Machines that see only each other: a network of its own in which nothing but loopback is up.

Ray listens on every interface it has. A namespace of processes ends all of them with its first.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.making.places import ROOT
from tests.making.stores.bucket import ENVIRONMENT

PORT = 6379
ADDRESS = f"127.0.0.1:{PORT}"
_BUCKET = """
import time
from tests.making.stores.bucket import served_bucket
with served_bucket() as bucket:
    print(bucket.endpoint, flush=True)
    time.sleep(10**6)
"""
_NAMESPACES = ("--user", "--net", "--mount", "--pid")


def why_no_world() -> str:
    """Why no namespaces can be made here; empty if they can."""
    command = [
        "unshare",
        *_NAMESPACES,
        "--map-root-user",
        "--fork",
        "ip",
        "link",
        "set",
        "lo",
        "up",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except OSError as error:
        return str(error)
    return "" if done.returncode == 0 else done.stderr.strip() or "unshare failed"


@dataclass
class World:
    """The namespaces.

    Attributes:
        folder: For logs and Ray's own files.
        pid: A process in them.
        environment: Of what is started in them.
    """

    folder: Path
    pid: int
    environment: Mapping[str, str]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, command: Sequence[str | Path], *, log: Path, stdout: Path | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a process in them."""
        with log.open("ab") as stream, (stdout or log).open("ab") as out:
            process = subprocess.Popen(
                ["nsenter", "--target", str(self.pid), *_NAMESPACES, "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=stream,
                cwd=ROOT,
                env=dict(self.environment),
            )
        self.started.append(process)
        return process

    def bucket(self) -> None:
        """Start an S3 server with an empty bucket, for what is started afterwards."""
        told = self.folder / "bucket.out"
        self.start([sys.executable, "-c", _BUCKET], log=self.folder / "bucket.log", stdout=told)
        _wait_for(told, "\n")
        self.environment = {
            **self.environment,
            **ENVIRONMENT,
            "AWS_ENDPOINT_URL": told.read_text().strip(),
        }

    def head(self) -> None:
        """Start the head of a cluster, on which no worker has room, and wait for it."""
        log = self.folder / "head.log"
        self._ray(
            "--head",
            f"--port={PORT}",
            "--num-cpus=0",
            "--node-ip-address=127.0.0.1",
            "--include-dashboard=false",
            f"--temp-dir={self.folder / 'ray'}",
            log=log,
        )
        _wait_for(log, "--block")

    def node(self, number: int, *, before: str = "", cpus: int = 1) -> None:
        """Start a node with a host name and an address of its own, and wait for it.

        Args:
            number: From 1.
            before: What its shell does first, for example to mount something only it sees.
            cpus: Its CPU slots.
        """
        log = self.folder / f"node-{number}.log"
        self._ray(
            f"--address={ADDRESS}",
            f"--num-cpus={cpus}",
            f"--node-ip-address=127.0.0.{number + 1}",
            log=log,
            first=f"hostname node-{number}; {before}",
        )
        _wait_for(log, "--block")

    def weighin(self, *arguments: str | Path, name: str) -> "Command":
        """Start a command of weighin."""
        out, log = self.folder / f"{name}.out", self.folder / f"{name}.log"
        process = self.start([sys.executable, "-m", "weighin", *arguments], log=log, stdout=out)
        return Command(process, out, log)

    def end_node(self, number: int) -> None:
        """Kill a node with all that runs on it, as a power cut does."""
        option = f"--node_ip_address=127.0.0.{number + 1}"
        running = _processes_with(self.pid)
        (raylet,) = (pid for pid, name in running if option in name and "/raylet " in name)
        os.kill(raylet, signal.SIGKILL)

    def listening(self) -> set[str]:
        """Addresses and ports on which something listens."""
        done = subprocess.run(
            ["nsenter", "--target", str(self.pid), "--user", "--net", "--", "ss", "-Hltn"],
            capture_output=True,
            text=True,
            check=True,
        )
        # What listens by the newer protocol for the older one is told as ::ffff:127.0.0.1.
        found = (line.split()[3] for line in done.stdout.splitlines())
        return {f.replace("[::ffff:", "").replace("]", "") for f in found}

    def workers(self) -> list[int]:
        """The processes that hold models now."""
        return [pid for pid, name in _processes_with(self.pid) if name.startswith("ray::Scale")]

    def _ray(self, *options: str, log: Path, first: str = "") -> None:
        ray = f"{Path(sys.executable).parent}/ray start {' '.join(options)} --block"
        shell = f"{first}\nexec {ray} --object-store-memory=83886080 --disable-usage-stats"
        self.start(["unshare", "--mount", "--uts", "bash", "-ec", shell], log=log)


@dataclass
class Command:
    """A command of weighin that was started."""

    process: subprocess.Popen[bytes]
    out: Path
    log: Path

    def wait(self, seconds: float = 300) -> int:
        """Its exit code."""
        return self.process.wait(timeout=seconds)

    @property
    def told(self) -> str:
        """What it wrote to standard error."""
        return self.log.read_text(encoding="utf-8")

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in map(int, children.split()):
            os.kill(pid, signal.SIGINT)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Namespaces; whatever runs in them is killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    holder = subprocess.Popen(
        [
            *("unshare", *_NAMESPACES, "--map-root-user", "--fork", "--kill-child"),
            *("--mount-proc", "bash", "-c", "ip link set lo up && echo up; cat; exit"),
        ],
        # Whoever ends without a word closes it, and ends the first of the processes with that.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "up\n"
        children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text()
        made = World(folder, int(children.split()[0]), _environment())
        yield made
    finally:
        holder.kill()
        holder.wait(timeout=60)
        for stream in (holder.stdin, holder.stdout):
            assert stream is not None
            stream.close()
        for process in made.started:
            process.wait(timeout=60)


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": "0123456789abcdef" * 4,
        "COLUMNS": "200",
    }


def _wait_for(log: Path, text: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not log.exists() or text not in log.read_text(errors="replace"):
        assert time.monotonic() < end, log.read_text(errors="replace")
        time.sleep(0.05)


def _processes_with(pid: int) -> Iterator[tuple[int, str]]:
    """The processes in the namespace of one, with what they were called by."""
    namespace = Path(f"/proc/{pid}/ns/pid").readlink()
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                command = (folder / "cmdline").read_bytes()
                is_there = (folder / "ns" / "pid").readlink() == namespace
            except OSError:
                continue
            if is_there:
                yield int(folder.name), command.replace(b"\0", b" ").decode(errors="replace")
