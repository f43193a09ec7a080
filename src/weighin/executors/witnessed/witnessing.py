"""A command that is witnessed: run, its processes heard, its logs bound to what answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weighin.errors import WeighinError
from weighin.evidence.ledger import new_run_id, now
from weighin.evidence.records import Record
from weighin.evidence.store import Store, attempt_folder
from weighin.executors.witnessed.answered import Answered, Span, all_that_answered, who_answered
from weighin.executors.witnessed.command import (
    EVENTS,
    MANIFESTS,
    kept_folder,
    run_command,
    witness_folder,
)
from weighin.executors.witnessed.not_seen import sentences
from weighin.executors.witnessed.told import SeenProcess, processes_in

if TYPE_CHECKING:
    from weighin.executors.witnessed.recording import Recorder
    from weighin.sources.collecting.log_file import LogFile
    from weighin.sources.collecting.log_files import LogFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbound:
    """A log of which it is not known what answered.

    Attributes:
        path: The log.
        benchmarks: What it scores.
        why: Why it is not known.
    """

    path: str
    benchmarks: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What a witnessed command left.

    Attributes:
        command: As typed.
        code: Its exit code.
        started: When it was started, RFC 3339.
        finished: When it had ended.
        run_id: Stands in the records.
        processes: Its Python processes, as far as they told of themselves.
        records: The benchmarks that were recorded.
        unbound: Logs of which it is not known what answered; left where they are.
        unread: Files that it wrote which look like results and cannot be read.
        not_seen: What was not seen, in sentences.
        results: Where the records are.
    """

    command: tuple[str, ...]
    code: int
    started: str
    finished: str
    run_id: str
    processes: tuple[SeenProcess, ...]
    records: tuple[Record, ...]
    unbound: tuple[Unbound, ...]
    unread: tuple[str, ...]
    not_seen: tuple[str, ...]
    results: str


def witness_command(command: Sequence[str], results: str | Path, name: str | None) -> Witnessed:
    """Run a command as it is, and record what was seen to answer.

    Args:
        command: The program and its arguments.
        results: The results folder, or the URL of an object store.
        name: Name under which the scores are claimed; `None` leaves it to the logs.

    What cannot be written once the command has run is told, and not raised.

    Raises:
        UsageError: There is no such program, or the results cannot be written before it runs.
        InfrastructureError: A disk is full or failing before it runs.
    """
    store = Store(results)
    store.prepare()
    with witness_folder() as folder:
        started = now()
        code = run_command(command, folder, _what_records)
        recorder_of, _ = _what_records()
        finished = now()
        processes = processes_in(folder / EVENTS)
        recorder = recorder_of(
            store=store,
            run_id=new_run_id(),
            command=tuple(command),
            name=name,
            manifests=folder / MANIFESTS,
        )
        logs = _logs(processes)
        records, unbound = _recorded(recorder, logs.logs, processes)
        if not logs.logs:
            records, unbound = _without_logs(recorder, processes, started)
        unfinished = _finish(recorder, records, code)
    return Witnessed(
        command=tuple(command),
        code=code,
        started=started,
        finished=finished,
        run_id=recorder.run_id,
        processes=processes,
        records=tuple(records),
        unbound=tuple(unbound),
        unread=tuple(file.reason for file in logs.unread),
        not_seen=(*sentences(processes), *unfinished),
        results=store.place,
    )


class Session:
    """What happens in this process from now on, as in a notebook."""

    def __init__(self) -> None:
        """Watch every model that transformers loads, and every file that is written."""
        from weighin.harness.witness.startup import begin

        self._folder = kept_folder()
        self._witness = begin(str(self._folder))
        self._known: set[str] = set()

    def record(self, *, results: str | Path = "results", name: str | None = None) -> Witnessed:
        """Record the logs that were written since the last time, with what answered.

        Args:
            results: The results folder, or the URL of an object store.
            name: Name under which the scores are claimed; `None` leaves it to the logs.

        Raises:
            UsageError: The results cannot be written.
            InfrastructureError: A disk is full or failing.
        """
        if self._witness.models is not None:
            self._witness.models.weigh_all("when it was recorded")
        recorder_of, _ = _what_records()
        store = Store(results)
        store.prepare()
        processes = processes_in(self._folder / EVENTS)
        recorder = recorder_of(
            store=store,
            run_id=new_run_id(),
            command=(),
            name=name,
            manifests=self._folder / MANIFESTS,
        )
        logs = _logs(processes)
        new = [log for log in logs.logs if log.shown not in self._known]
        self._known |= {log.shown for log in new}
        records, unbound = _recorded(recorder, new, processes)
        unfinished = _finish(recorder, records, 0)
        moment = now()
        return Witnessed(
            command=(),
            code=0,
            started=moment,
            finished=moment,
            run_id=recorder.run_id,
            processes=processes,
            records=tuple(records),
            unbound=tuple(unbound),
            unread=tuple(file.reason for file in logs.unread),
            # This process has not ended, and is not to have.
            not_seen=(
                *(s for s in sentences(processes) if "without a word" not in s),
                *unfinished,
            ),
            results=store.place,
        )


def _what_records() -> "tuple[type[Recorder], Callable[[Answered, str], Record]]":
    """What records, and what is recorded without a log: imported while the command runs."""
    from weighin.executors.witnessed.not_logged import without_log
    from weighin.executors.witnessed.recording import Recorder

    return Recorder, without_log


def _logs(processes: Sequence[SeenProcess]) -> "LogFiles":
    from weighin.sources.collecting.log_files import read_logs

    written = {Path(path) for process in processes for path in process.written}
    # What weighin itself recorded meanwhile is no further log.
    return read_logs([p for p in sorted(written) if p.is_file() and attempt_folder(p) is None])


def _recorded(
    recorder: "Recorder", logs: "Sequence[LogFile]", processes: Sequence[SeenProcess]
) -> tuple[list[Record], list[Unbound]]:
    """The logs in the order in which they were written, each with the model that answered."""
    records: list[Record] = []
    unbound: list[Unbound] = []
    before = 0.0
    for log in sorted(logs, key=lambda log: _moment(log, processes)):
        until = _moment(log, processes)
        try:
            for logged in log.records:
                span = Span(_since(logged.record, before, until), until)
                answered = who_answered(processes, logged.record, span)
                if isinstance(answered, str):
                    tasks = (logged.record.asked.task,)
                    unbound.append(Unbound(path=log.shown, benchmarks=tasks, why=answered))
                else:
                    records.append(recorder.record(log, logged, answered))
        except WeighinError as error:
            # What the command came to must not be lost with a record that cannot be written.
            unbound.append(Unbound(path=log.shown, benchmarks=(), why=str(error)))
        before = until
    return records, unbound


def _without_logs(
    recorder: "Recorder", processes: Sequence[SeenProcess], started: str
) -> tuple[list[Record], list[Unbound]]:
    """What answered, of a command that left no log."""
    _, without_log = _what_records()
    records: list[Record] = []
    try:
        records.extend(
            recorder.record_told(without_log(answered, started), answered)
            for answered in all_that_answered(processes)
        )
    except WeighinError as error:
        return records, [Unbound(path=recorder.store.place, benchmarks=(), why=str(error))]
    return records, []


def _finish(recorder: "Recorder", records: Sequence[Record], code: int) -> tuple[str, ...]:
    """Why the files could not be read once more, or the ledgers told; nothing if they could."""
    try:
        recorder.finish(records, code)
    except WeighinError as error:
        return (f"the files of the checkpoints after the last answer: {error}",)
    return ()


def _since(record: Record, before: float, until: float) -> float:
    """Since when a log was made: it may have been begun before another one was finished."""
    try:
        started = datetime.fromisoformat(record.run.started)
    except ValueError:
        return before
    if started.tzinfo is None or started.timestamp() > until:
        return before
    return min(before, started.timestamp())


def _moment(log: "LogFile", processes: Sequence[SeenProcess]) -> float:
    """When a log was written last: it may be opened long before, and then the disk knows."""
    opened = max((p.written[log.shown] for p in processes if log.shown in p.written), default=0.0)
    try:
        return max(opened, Path(log.shown).stat().st_ctime)
    except OSError:
        return opened
