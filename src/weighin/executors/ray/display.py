"""One display of what several workers do."""

from weighin.evidence.records import Record
from weighin.executors.events import RunListener
from weighin.executors.job import Recorded, Unrecorded
from weighin.executors.ray.worker import Told


class Display:
    """Tells one listener what workers do, in an order that makes sense of each benchmark.

    What a worker tells and what it answers come by two ways, and one may overtake the other.
    """

    def __init__(self, listener: RunListener) -> None:
        """A display of a run that begins."""
        self._listener = listener
        self._under_way: dict[str, str] = {}
        self._noted: set[str] = set()

    def handed_out(self, worker: str, benchmark: str) -> None:
        """A worker was given a benchmark."""
        self._under_way[worker] = benchmark
        self._listener.benchmark_started(benchmark)

    def told(self, told: Told) -> None:
        """A worker told something; what it tells of a benchmark that it left says nothing."""
        if told.sentence:
            self.noted(told.sentence)
        elif told.total and self._under_way.get(told.worker) == told.benchmark:
            self._listener.requests(told.benchmark, told.done, told.total)

    def answered(self, worker: str, result: Recorded | Unrecorded) -> None:
        """A worker is done with its benchmark."""
        benchmark = self._under_way.pop(worker)
        if isinstance(result, Unrecorded):
            self._listener.benchmark_failed(benchmark, result.error)
        elif result.is_reused:
            self._listener.benchmark_reused(benchmark)
        else:
            self._finished(benchmark, result.record, is_first=result.is_first)

    def died(self, worker: str) -> None:
        """A worker is gone."""
        self._under_way.pop(worker, None)

    def noted(self, sentence: str) -> None:
        """Say something once, however many workers say it."""
        if sentence not in self._noted:
            self._noted.add(sentence)
            self._listener.noted(sentence)

    def _finished(self, benchmark: str, record: Record, *, is_first: bool) -> None:
        self._listener.benchmark_finished(benchmark, record, is_first=is_first)
