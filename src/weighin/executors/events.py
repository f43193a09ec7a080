"""What happens during a run, told to whoever shows it."""

from typing import Protocol

from weighin.errors import WeighinError
from weighin.evidence.records import Record


class RunListener(Protocol):
    """Hears of a run as it happens. Nothing that it does changes the run.

    Several benchmarks may be under way at a time.
    """

    def fingerprinting(self, done_bytes: int, total_bytes: int) -> None:
        """Bytes of the checkpoint were hashed: when it begins, and when it ends."""

    def planned(self, benchmarks: tuple[str, ...], reused: tuple[str, ...]) -> None:
        """It is settled what will be scored and what is recorded already."""

    def loading(self, name: str) -> None:
        """The model is being loaded."""

    def benchmark_started(self, benchmark: str) -> None:
        """A benchmark is being scored; once more if the one who scored it died."""

    def requests(self, benchmark: str, done: int, total: int) -> None:
        """Requests of a benchmark were answered."""

    def benchmark_finished(self, benchmark: str, record: Record, *, is_first: bool) -> None:
        """A record was written. It `is_first` unless the job had one before; all are judged."""

    def benchmark_failed(self, benchmark: str, error: WeighinError) -> None:
        """A benchmark has no record; the run goes on with the next one."""

    def benchmark_reused(self, benchmark: str) -> None:
        """A benchmark that was to be scored was recorded by another run meanwhile."""

    def reading_again(self) -> None:
        """All is scored, and the files of the checkpoint are read once more."""

    def noted(self, sentence: str) -> None:
        """Something about what is recorded, that a person should know."""


class SilentListener:
    """Hears everything and does nothing; a base for listeners that want only some of it."""

    def fingerprinting(self, done_bytes: int, total_bytes: int) -> None:
        """Do nothing."""

    def planned(self, benchmarks: tuple[str, ...], reused: tuple[str, ...]) -> None:
        """Do nothing."""

    def loading(self, name: str) -> None:
        """Do nothing."""

    def benchmark_started(self, benchmark: str) -> None:
        """Do nothing."""

    def requests(self, benchmark: str, done: int, total: int) -> None:
        """Do nothing."""

    def benchmark_finished(self, benchmark: str, record: Record, *, is_first: bool) -> None:
        """Do nothing."""

    def benchmark_failed(self, benchmark: str, error: WeighinError) -> None:
        """Do nothing."""

    def benchmark_reused(self, benchmark: str) -> None:
        """Do nothing."""

    def reading_again(self) -> None:
        """Do nothing."""

    def noted(self, sentence: str) -> None:
        """Do nothing."""
