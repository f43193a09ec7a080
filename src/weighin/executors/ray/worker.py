"""What runs on the nodes. Nothing heavy is imported before a worker is opened."""

import contextlib
import platform
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from weighin.errors import InfrastructureError, UsageError, WeighinError
from weighin.executors.events import SilentListener
from weighin.executors.job import Reason, Recorded, Unrecorded
from weighin.telemetry import switch_off
from weighin.version import __version__

if TYPE_CHECKING:
    from weighin.executors.planned.worker import Identity, PlannedWorker

_SECONDS_BETWEEN: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something that a worker tells while it works.

    Attributes:
        worker: Its name.
        benchmark: The benchmark that it is about; empty for none.
        sentence: A note for a person; empty for none.
        done: Requests that were answered.
        total: Requests in all; 0 if nothing is said of them.
    """

    worker: str
    benchmark: str = ""
    sentence: str = ""
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a worker shows before it is given a job.

    Attributes:
        worker: Its name.
        host: Name of the machine.
        node: Address of the node, which tells nodes of one machine apart.
        found: What it opened and loaded, or why it cannot.
        loaded: Digest of the tensors in memory; `None` for a served model, or if nothing is loaded.
        versions: Of what decides whether workers are alike.
    """

    worker: str
    host: str
    node: str
    found: "Identity | Unrecorded"
    loaded: str | None
    versions: tuple[tuple[str, str], ...]

    @property
    def called(self) -> str:
        """What it is called in messages."""
        return f"{self.worker} on {self.host} ({self.node})"


class Board:
    """Where workers tell what they do, until the driver takes it."""

    def __init__(self) -> None:
        """An empty board."""
        self._told: list[Told] = []

    def tell(self, told: Told) -> None:
        """Add something."""
        self._told.append(told)

    def take(self) -> list[Told]:
        """All that was told since it was taken last."""
        told, self._told = self._told, []
        return told


class Telling(SilentListener):
    """Passes on what is shown of a worker: notes, and how far a benchmark is."""

    def __init__(self, worker: str, tell: Callable[[Told], None]) -> None:
        """A listener of one worker."""
        self._worker = worker
        self._tell = tell
        self._last = 0.0

    def benchmark_started(self, benchmark: str) -> None:
        """Pass it on."""
        self._tell(Told(worker=self._worker, benchmark=benchmark))

    def requests(self, benchmark: str, done: int, total: int) -> None:
        """Pass on the last one, and one every now and then."""
        moment = time.monotonic()
        if done == total or moment - self._last >= _SECONDS_BETWEEN:
            self._last = moment
            self._tell(Told(worker=self._worker, benchmark=benchmark, done=done, total=total))

    def noted(self, sentence: str) -> None:
        """Pass it on."""
        self._tell(Told(worker=self._worker, sentence=sentence))


class Scale:
    """A process on a node, which holds the model and scores jobs of one plan.

    Whatever goes wrong is a value: an exception of an actor would be taken for a fault of Ray's.
    """

    def __init__(
        self, content: bytes, results: str, labels: tuple[str, ...], name: str, board: Any
    ) -> None:
        """A worker that has opened nothing yet.

        Args:
            content: The document of the plan.
            results: The results folder, or an URL of an object store.
            labels: Benchmarks that are to be scored.
            name: Of the worker.
            board: Handle of the `Board`.
        """
        self._content = content
        self._results = results
        self._labels = labels
        self._name = name
        self._board = board
        self._worker: PlannedWorker | None = None

    def show(self) -> Shown:
        """Open and load what scores, and show it."""
        # Whoever started the cluster knows nothing of what is imported here.
        switch_off()
        import ray.util

        found, loaded = self._opened()
        python = ".".join(platform.python_version_tuple()[:2])
        return Shown(
            worker=self._name,
            host=socket.gethostname(),
            node=ray.util.get_node_ip_address(),
            found=found,
            loaded=loaded,
            versions=(("weighin", __version__), ("Python", python)),
        )

    def run(self, job_id: str) -> Recorded | Unrecorded:
        """Score one job, unless it is recorded already."""
        if self._worker is None:
            raise RuntimeError("run was called before show")
        return self._worker.run(job_id)

    def finish(self) -> WeighinError | None:
        """Read the files once more, and tell the ledger; why that cannot be done, or `None`."""
        try:
            if self._worker is not None:
                self._worker.finish()
        except WeighinError as error:
            return error
        return None

    def _opened(self) -> "tuple[Identity | Unrecorded, str | None]":
        from weighin.executors.planned.document import read_plan
        from weighin.executors.planned.given import GivenPlan
        from weighin.executors.planned.worker import PlannedWorker

        try:
            self._require_shared_results()
            run_id = read_plan(self._content, "the plan").run_id
            self._worker = PlannedWorker(
                # The driver made it, and sent it here itself.
                GivenPlan(content=self._content, where="the plan"),
                self._results,
                listener=Telling(self._name, self._tell),
                # A job is with one of them at a time, so that to a claim they are one worker: what
                # one of them left when it died, another goes on with at once.
                name=f"ray:{run_id}",
            )
        except InfrastructureError as error:
            return Unrecorded(reason=Reason.INTERRUPTED, error=error), None
        except WeighinError as error:
            return Unrecorded(reason=Reason.REFUSED, error=error), None
        found = self._worker.open(self._labels)
        if isinstance(found, Unrecorded):
            return found, None
        failed = self._worker.load()
        if failed is not None:
            return failed, None
        return found, self._worker.loaded_weights()

    def _require_shared_results(self) -> None:
        """Refuse a results folder that is another folder on this node: the plan is not in it."""
        from weighin.executors.planned.document import MAX_PLAN_BYTES, plan_key
        from weighin.files.canonical import sha256_hex
        from weighin.files.stores.opening import storage_at

        key = plan_key(sha256_hex(self._content))
        if storage_at(self._results).read(key, max_bytes=MAX_PLAN_BYTES) != self._content:
            raise UsageError(
                f"--results {self._results}: expected {key} there, as the driver wrote it, found "
                "nothing of it; name a folder that all nodes share, or an object store (s3://…)"
            )

    def _tell(self, told: Told) -> None:
        # What is shown of a run never ends it.
        with contextlib.suppress(Exception):
            self._board.tell.remote(told)
