"""A small cluster of Slurm on this machine: Debian's own daemons, two nodes, loopback alone."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

DAEMONS = ("munged", "slurmctld", "slurmd")
NODES = ("weigh0", "weigh1")
_ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "DEADLINE"}

CONFIGURATION = """\
ClusterName=weighing
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,bf_interval=1,sched_interval=1,defer
MpiDefault=none
GresTypes=gpu
JobCompType=jobcomp/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
JobRequeue=1
KillWait=2
SlurmdParameters=config_overrides
MinJobAge=600
NodeName=DEFAULT CPUs=1 RealMemory=8000 Gres=gpu:1
NodeName=weigh0 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]}
NodeName=weigh1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]}
PartitionName=main Nodes=weigh0,weigh1 Default=YES MaxTime=8:00:00 State=UP
PartitionName=gpu Nodes=weigh0,weigh1 MaxTime=8:00:00 State=UP
"""


@dataclass(frozen=True)
class Slurm:
    """A running cluster. Its commands find it by a variable."""

    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        return {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def call(self, *arguments: object, **given: str) -> str:
        """What a command of Slurm prints."""
        done = subprocess.run(
            list(map(str, arguments)),
            env=os.environ | self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            **given,
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def shown(self, job: str) -> list[dict[str, str]]:
        """What Slurm says of a job, or of each task of an array."""
        told = self.call("scontrol", "--oneliner", "show", "job", job)
        pairs = [[word.partition("=")[::2] for word in line.split()] for line in told.splitlines()]
        return [dict(pair) for pair in pairs if pair]

    def states(self, job: str) -> set[str]:
        return {task["JobState"] for task in self.shown(job)}

    def exit_codes(self, job: str) -> dict[int, int]:
        """With what each task of an array ended, by its index; or a job, by 0."""
        return {
            int(task.get("ArrayTaskId", 0)): int(task["ExitCode"].partition(":")[0])
            for task in self.shown(job)
        }

    def wait_until(self, job: str, *, state: set[str] = _ENDED, seconds: float = 120) -> None:
        """Wait until a job, and every task of it, is in one of these states."""
        end = time.monotonic() + seconds
        while not (found := self.states(job)) <= state:
            assert time.monotonic() < end, (job, found, self.call("squeue"))
            self._start_again_now(job)
            time.sleep(0.2)

    def _start_again_now(self, job: str) -> None:
        """Let what was requeued start at once: Slurm would wait for two minutes."""
        for task in self.shown(job):
            if task["JobState"] == "PENDING" and task["Reason"] == "BeginTime":
                # The number alone is that of an array, too, all tasks of which are meant by it.
                index = f"_{task['ArrayTaskId']}" if "ArrayTaskId" in task else ""
                number = task.get("ArrayJobId", task["JobId"])
                self.call("scontrol", "update", f"JobId={number}{index}", "StartTime=now")


def missing() -> str:
    """Why there can be no cluster here; empty if there can."""
    if os.getuid() != 0:
        return "Slurm starts jobs as root alone"
    absent = [name for name in (*DAEMONS, "sbatch") if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)} (Debian: slurm-wlm munge)" if absent else ""


@contextmanager
def running_slurm() -> Iterator[Slurm]:
    """A cluster of two nodes of one core each. Everything is ended with it."""
    with TemporaryDirectory(prefix="weighin-slurm-") as place, ExitStack() as daemons:
        folder = Path(place)
        (folder / "state").mkdir()
        ports = _free_ports(1 + len(NODES))
        host = socket.gethostname().partition(".")[0]
        text = CONFIGURATION.format(host=host, ports=ports, folder=folder)
        (folder / "slurm.conf").write_text(text)
        # A device that computes nothing: Slurm counts it all the same.
        (folder / "gres.conf").write_text("Name=gpu File=/dev/null\n")
        key = folder / "munge.key"
        key.touch(mode=0o400)
        key.write_bytes(os.urandom(1024))
        slurm = Slurm(folder)
        munge = [f"--{name}={folder}/munge.{name}" for name in ("socket", "pid-file", "seed-file")]
        _start(daemons, folder, "munged", "--foreground", "--force", f"--key-file={key}", *munge)
        until((folder / "munge.socket").is_socket)
        _start(daemons, folder, "slurmctld", "-D", "-f", folder / "slurm.conf")
        for node in NODES:
            _start(daemons, folder, "slurmd", "-D", "-f", folder / "slurm.conf", "-N", node)
        until(lambda: _idle(slurm) == len(NODES))
        try:
            yield slurm
        finally:
            # What runs would outlive its daemons.
            slurm.call("scancel", "--user=root", "--full")
            until(lambda: not slurm.call("squeue", "--noheader").strip())


@pytest.fixture(scope="module")
def slurm() -> Iterator[Slurm]:
    """The cluster, where Debian's package is installed and the user is root."""
    if reason := missing():
        pytest.skip(reason)
    with running_slurm() as found:
        yield found


def _free_ports(count: int) -> list[int]:
    with ExitStack() as kept:
        sockets = [kept.enter_context(closing(socket.socket())) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _start(daemons: ExitStack, folder: Path, *arguments: object) -> None:
    log = daemons.enter_context((folder / f"{arguments[0]}.log").open("ab"))
    process = subprocess.Popen(
        list(map(str, arguments)), stdout=log, stderr=log, start_new_session=True
    )
    daemons.callback(_end, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _idle(slurm: Slurm) -> int:
    told = subprocess.run(
        ["sinfo", "--noheader", "--Node", "--partition=main", "--format=%t"],
        env=os.environ | slurm.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.split().count("idle")


def until(is_so: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it does not come to it"
        time.sleep(0.1)
