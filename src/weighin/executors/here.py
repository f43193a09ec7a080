"""Runs all jobs in this process: one model, loaded once, fingerprinted around each benchmark."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from weighin.errors import KeyRefusedError, WeighinError
from weighin.evidence.collected import FilesHashed
from weighin.evidence.records import Record
from weighin.executors.begun import Begun, RunResult, begin
from weighin.executors.claimed import loaded_once, scored_in_turn
from weighin.executors.events import RunListener
from weighin.executors.job import Reason, Unrecorded, Worker
from weighin.executors.launched import first_of_launch
from weighin.executors.plan import RunOptions
from weighin.requirements.model import Requirements


def run_here(requirements: Requirements, options: RunOptions, listener: RunListener) -> RunResult:
    """Score every wanted benchmark that is not recorded yet.

    The files are fingerprinted, the tasks are loaded, then the model; for each benchmark follow a
    ledger line, the evaluation, a second look at memory and files, the record, a ledger line. At
    the end all files are read again, and the ledger tells what was found.

    Args:
        requirements: What must hold.
        options: What the command line adds.
        listener: Hears of progress.

    Returns:
        What was scored, and what failed.

    Raises:
        WeighinError: The model cannot be loaded, no further benchmark could be scored, or the
            results cannot be written.
    """
    begun = begin(requirements, options, listener)
    with first_of_launch(begun.planned.subject):
        return _scored(begun, listener)


def _scored(begun: Begun, listener: RunListener) -> RunResult:
    plan, subject = begun.planned.plan, begun.planned.subject
    worker = Worker(subject=subject, benchmarks=begun.planned.benchmarks, listener=listener)
    failures: list[WeighinError] = []
    records: list[Record] = []
    ready = loaded_once(plan, worker)
    try:
        with _interruptions() as heard:
            for result in scored_in_turn(plan, begun.to_score, begun.store, worker, ready):
                if isinstance(result, Unrecorded):
                    # A report on benchmarks never asked would hide the one sentence on why.
                    is_refused = isinstance(result.error, KeyRefusedError) and not records
                    if result.reason is not Reason.FAILED or is_refused:
                        raise result.error
                    failures.append(result.error)
                elif not result.is_reused:
                    records.append(result.record)
                if heard:
                    raise KeyboardInterrupt  # noqa: TRY301  # again, for it was dropped
    except KeyboardInterrupt:
        begun.interrupted(_last_look(worker, records))
        raise
    return begun.finished(failures, _read_files(worker, records))


@contextmanager
def _interruptions() -> Iterator[list[int]]:
    """The interruptions of this process, each raised as ever; nothing outside its main thread.

    One may be raised within what a library calls while it serialises, compares or frees, and be
    taken for a failure of that and dropped: whoever holds this list knows of it all the same.
    """
    heard: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or before is not signal.default_int_handler:
        yield heard
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


def _read_files(worker: Worker, records: Sequence[Record]) -> FilesHashed | None:
    """Read all files of the checkpoint again; `None` if no record hangs on it.

    Where all of them were read after each benchmark, or when the run began and nothing was scored
    since, that will do.
    """
    if any(r.loaded is not None and r.loaded.files_state for r in records):
        worker.listener.reading_again()
        return worker.subject.hash_files()
    return None


def _last_look(worker: Worker, records: Sequence[Record]) -> FilesHashed | None:
    """The same when somebody has no more time; `None`, too, if they interrupt once more."""
    try:
        if records:
            worker.listener.noted(
                "interrupted; the files of the checkpoint are read once more for what is finished; "
                "interrupt again to leave that to the next run"
            )
        return _read_files(worker, records)
    except KeyboardInterrupt:
        return None
