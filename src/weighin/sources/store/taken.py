"""What ledgers say of answers that one attempt took of another."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from pydantic import JsonValue

from weighin.evidence.collected import BrokenFile
from weighin.evidence.ledger import ANSWERED, ANSWERING, KEPT, LedgerLine
from weighin.evidence.records import TakenAnswers
from weighin.sources.store.stored_record import StoredRecord


def answers_in(line: LedgerLine) -> int:
    """How many answers were kept when an event was written."""
    found = line.detail.get("answers" if line.event == KEPT else "kept")
    return found if type(found) is int else 0


def carried_over(
    lines: Iterable[LedgerLine], is_recorded: Callable[[LedgerLine], bool]
) -> frozenset[str]:
    """The attempts whose answers are those of another one, which has a record.

    Of an attempt that had all answers, all must have been taken; of one that was ended before, as
    many as the ledger knows of at least.

    Args:
        lines: All events of a store.
        is_recorded: Whether the attempt of an event has a record.
    """
    taken: dict[tuple[str, str], int] = {}
    kept: dict[tuple[str, str], int] = {}
    whole: set[tuple[str, str]] = set()
    lost: set[tuple[str, str]] = set()
    for line in lines:
        key = line.job_id, line.attempt_id
        if line.event == ANSWERING:
            for attempt_id, entry in _entries(line.detail):
                answers = entry.get("answers")
                if type(answers) is int and is_recorded(line):
                    taken[line.job_id, attempt_id] = answers
        elif line.event in {KEPT, ANSWERED}:
            kept[key] = max(kept.get(key, 0), answers_in(line))
            if line.event == ANSWERED:
                (whole if "kept" in line.detail else lost).add(key)
    return frozenset(
        attempt_id
        for (job_id, attempt_id), answers in taken.items()
        if answers >= kept.get((job_id, attempt_id), 0)
        and (job_id, attempt_id) not in lost
        # One that had taken all of its answers has none of its own.
        and (answers > 0 or (job_id, attempt_id) in whole)
    )


def taken_otherwise(lines: Iterable[LedgerLine], item: StoredRecord) -> Iterator[BrokenFile]:
    """What a record says of answers that it took, and the ledger does not say."""
    if not item.record.taken:
        return
    run = item.record.run
    told = {
        line.attempt_id: line.detail
        for line in lines
        if line.event == ANSWERING and line.job_id == run.job_id
    }
    entries = dict(_entries(told.get(run.attempt_id, {})))
    for number, taken in enumerate(item.record.taken):
        begun, entry = told.get(taken.attempt_id), entries.get(taken.attempt_id)
        for expected, found in _differences(taken, begun, entry):
            yield item.broken(
                expected=f"{expected}, as the ledger says", found=f"taken.{number}: {found}"
            )


def _differences(
    taken: TakenAnswers,
    begun: Mapping[str, JsonValue] | None,
    entry: Mapping[str, JsonValue] | None,
) -> Iterator[tuple[str, str]]:
    if begun is None or entry is None:
        yield "no answers of another attempt", f"answers of {taken.attempt_id}"
        return
    if begun.get("weights") != taken.weights:
        yield f"weights {begun.get('weights')}", f"weights {taken.weights}"
    if entry.get("journal") != taken.journal_sha256:
        yield f"journal {entry.get('journal')}", f"journal {taken.journal_sha256}"
    answers, number = entry.get("answers"), sum(taken.answers.values())
    if type(answers) is not int or number > answers:
        yield f"{answers} answers", f"{number} answers"


def _entries(detail: Mapping[str, JsonValue]) -> Iterator[tuple[str, Mapping[str, JsonValue]]]:
    listed = detail.get("taken")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(attempt_id := entry.get("attempt_id"), str):
            yield attempt_id, entry
