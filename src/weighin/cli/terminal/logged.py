"""A listener that keeps in the log what another one shows."""

from weighin.errors import WeighinError
from weighin.evidence.records import Record
from weighin.executors.events import RunListener
from weighin.log import LOG


class Logged(RunListener):
    """Tells the log, and then whoever shows it."""

    def __init__(self, shown: RunListener) -> None:
        """A listener beside another one."""
        self._shown = shown

    def fingerprinting(self, done_bytes: int, total_bytes: int) -> None:
        """Log when all is hashed."""
        if done_bytes == total_bytes:
            LOG.info("fingerprinted %d bytes", total_bytes)
        self._shown.fingerprinting(done_bytes, total_bytes)

    def planned(self, benchmarks: tuple[str, ...], reused: tuple[str, ...]) -> None:
        """Log what will be scored."""
        LOG.info("to score: %s; recorded already: %s", list(benchmarks), list(reused))
        self._shown.planned(benchmarks, reused)

    def loading(self, name: str) -> None:
        """Log that the model is loaded."""
        LOG.info("loading %s", name)
        self._shown.loading(name)

    def benchmark_started(self, benchmark: str) -> None:
        """Log it."""
        LOG.info("%s: started", benchmark)
        self._shown.benchmark_started(benchmark)

    def requests(self, benchmark: str, done: int, total: int) -> None:
        """Log it where faults are looked for."""
        LOG.debug("%s: %d of %d requests", benchmark, done, total)
        self._shown.requests(benchmark, done, total)

    def benchmark_finished(self, benchmark: str, record: Record, *, is_first: bool) -> None:
        """Log its attempt."""
        LOG.info("%s: recorded as attempt %s", benchmark, record.run.attempt_id)
        self._shown.benchmark_finished(benchmark, record, is_first=is_first)

    def benchmark_failed(self, benchmark: str, error: WeighinError) -> None:
        """Log what was raised, and by what."""
        LOG.error("%s: failed", benchmark, exc_info=error)
        self._shown.benchmark_failed(benchmark, error)

    def benchmark_reused(self, benchmark: str) -> None:
        """Log it."""
        LOG.info("%s: recorded already", benchmark)
        self._shown.benchmark_reused(benchmark)

    def reading_again(self) -> None:
        """Log it."""
        LOG.info("reading the files of the checkpoint again")
        self._shown.reading_again()

    def noted(self, sentence: str) -> None:
        """Log it."""
        LOG.info("%s", sentence)
        self._shown.noted(sentence)
