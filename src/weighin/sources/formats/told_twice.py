"""Keys that stand twice in a log, with the benchmark that they are of."""

import json
from collections.abc import Iterable, Iterator, Sequence

from pydantic import JsonValue

from weighin.evidence.collected import BrokenFile
from weighin.evidence.records import Record
from weighin.files.json.foreign import pointer_part
from weighin.files.json.keys_twice import KeyTwice

_LONGEST = 80


def told_twice(
    keys: Iterable[KeyTwice], file: str, *, model: str = "", benchmark: str = "", at: str = ""
) -> Iterator[BrokenFile]:
    """What is told in two ways, one a key whose values differ.

    Args:
        keys: The keys of a file, or of a part of it.
        file: The file as shown.
        model: Name under which the scores are claimed; empty if unknown.
        benchmark: The benchmark that the part is about; empty if unknown.
        at: JSON pointer of the part.
    """
    for key in keys:
        if not key.are_equal:
            yield BrokenFile(
                file=file,
                benchmark=benchmark,
                expected=_shown(key.values[0]),
                found=_shown(key.values[-1]),
                model=model,
                twice=f"{at}{key.pointer}",
            )


def told_twice_in_log(
    keys: Iterable[KeyTwice], file: str, records: Sequence[Record]
) -> Iterator[BrokenFile]:
    """What a whole log tells in two ways, each with the benchmark that its place is about.

    Args:
        keys: The keys of the file.
        file: The file as shown.
        records: The records of the log.
    """
    models = {record.model for record in records}
    model = next(iter(models)) if len(models) == 1 else ""
    for key in keys:
        yield from told_twice([key], file, model=model, benchmark=_benchmark(key.pointer, records))


def repeated(keys: Iterable[KeyTwice], file: str) -> Iterator[str]:
    """A sentence on each key that stands twice with one value."""
    for key in keys:
        if key.are_equal:
            yield f"{file}: {key.pointer} stands {len(key.values)} times, with one value"


def _benchmark(pointer: str, records: Sequence[Record]) -> str:
    """The benchmark that a place is about; empty if it is about none or several."""
    at = [r for r in records if f"{pointer}/".startswith(f"{r.origin.pointer}/")]
    if len(records) == 1 or (len(at) == 1 and at[0].origin.pointer):
        return (at or [*records])[0].asked.task
    parts = pointer.split("/")
    named = {r.asked.task for r in records if pointer_part(r.asked.task) in parts}
    return named.pop() if len(named) == 1 else ""


def _shown(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)[:_LONGEST]
