"""Whether a witnessed record says what the log beside it says, and what lies behind its scores."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile
from weighin.evidence.records import Asked, Record, Score
from weighin.evidence.store import attempt_file
from weighin.files.canonical import canonical_json
from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.reader import LoggedRecord
from weighin.sources.formats.registry import reader_of
from weighin.sources.store.stored_record import StoredRecord

_LONGEST_VALUE = 200
_LOG = "log"


@dataclass(frozen=True, slots=True)
class HeldAgainstLog:
    """A witnessed record and the log beside it.

    Attributes:
        logged: What the log says; `None` if it does not say anything of the benchmark.
        broken: Where the record says otherwise.
    """

    logged: LoggedRecord | None
    broken: tuple[BrokenFile, ...]


def held_against_log(stored: StoredRecord) -> HeldAgainstLog:
    """Read the log beside a witnessed record again, whose bytes are those that the record names."""
    record = stored.record
    logs = [file for file in record.files if file.role == _LOG]
    if not logs:
        return HeldAgainstLog(None, ())
    name = logs[0].path
    expected = f"a log of {record.run.harness} with {record.asked.task}"
    try:
        path = attempt_file(stored.folder, logs[0]) or stored.folder / name
        file = ForeignFile(path, str(path))
        reader = reader_of(file)
        logged = None if reader is None else _of_record(record, reader.read(file).records)
    except (EvidenceError, ValueError, RecursionError) as error:
        found = " ".join(str(error).split())[:_LONGEST_VALUE]
        return HeldAgainstLog(None, (stored.broken(expected=expected, found=found, field="files"),))
    if logged is None:
        broken = stored.broken(expected=expected, found=f"nothing of it in {name}", field="files")
        return HeldAgainstLog(None, (broken,))
    differences = _differences(record, logged.record)
    return HeldAgainstLog(
        logged,
        tuple(
            stored.broken(
                expected=f"{_text(in_log)}, as {name} says", found=_text(in_record), field=field
            )
            for field, in_log, in_record in differences
        ),
    )


def _of_record(record: Record, found: Iterable[LoggedRecord]) -> LoggedRecord | None:
    of_task = [one for one in found if one.record.asked.task == record.asked.task]
    alike = [one for one in of_task if one.record.asked == record.asked]
    return next(iter(alike or of_task), None)


def _differences(record: Record, logged: Record) -> Iterator[tuple[str, object, object]]:
    in_log, in_record = (one.asked.model_dump(mode="json") for one in (logged, record))
    for name in Asked.model_fields:
        # What a record leaves open, a later reader may know.
        if in_record[name] is None:
            continue
        if canonical_json(in_log[name]) != canonical_json(in_record[name]):
            yield f"asked.{name}", in_log[name], in_record[name]
    if logged.is_partial != record.is_partial:
        yield "is_partial", logged.is_partial, record.is_partial
    if logged.run.harness != record.run.harness:
        yield "run.harness", logged.run.harness, record.run.harness
    theirs = {(s.task, s.metric, s.filter): s for s in logged.scores}
    ours = {(s.task, s.metric, s.filter): s for s in record.scores}
    for key in dict.fromkeys((*theirs, *ours)):
        left, right = theirs.get(key), ours.get(key)
        if left is None or right is None or _contradict(left, right):
            yield f"scores of {key[0]}: {key[1]},{key[2]}", _value(left), _value(right)


def _contradict(in_log: Score, in_record: Score) -> bool:
    told, known = in_record.model_dump(mode="json"), in_log.model_dump(mode="json")
    return any(value is not None and value != known[name] for name, value in told.items())


def _value(score: Score | None) -> object:
    return None if score is None else score.value


def _text(value: object) -> str:
    return "nothing" if value is None else str(value)[:_LONGEST_VALUE]
