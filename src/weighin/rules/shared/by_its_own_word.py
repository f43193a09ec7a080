"""What a log says of itself: scores edited, documents withdrawn, a run that failed, other texts."""

from collections.abc import Collection, Iterable, Iterator

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Facet
from weighin.rules.interface import Finding, Outcome
from weighin.rules.shared.wording import count, digest, listed, literal, number

_AS_IT_WAS = "give the log as the run wrote it, or score the benchmark again"


def edited_scores(record: Record, keys: Collection[str]) -> Finding | None:
    """The finding on scores that were edited after the run; `None` if the log says of none.

    Args:
        record: The record.
        keys: Metric and filter of the scores that are claimed.
    """
    fact = record.fact(FactName.EDITED_SCORES)
    value = {} if fact is None or not isinstance(fact.value, dict) else fact.value
    edits, before = _objects(value.get("edits")), value.get("scores")
    total = value.get("count")
    if fact is None or not edits or not isinstance(before, dict) or not isinstance(total, int):
        return None
    concerned = tuple(key for key in before if key in keys)
    told = f"{count(total, 'score')} edited after the run, by the log's own word"
    if not concerned:
        return Finding(outcome=Outcome.MET, statement=f"{told}, none of the claimed metric")
    told += f": {listed([_edit(edit) for edit in edits])}"
    now = {score.key: score.value for score in record.scores}
    numbers = [_now_and_before(key, now.get(key), before[key]) for key in concerned]
    places = dict.fromkeys(str(edit.get("at") or fact.pointer) for edit in edits)
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{told}; {'; '.join(numbers)}",
        expected="scores as the scorer gave them",
        found=f"{count(total, 'score')} edited",
        where=tuple(_at(record, place) for place in places),
        fix=_AS_IT_WAS,
    )


def withdrawn(record: Record) -> Finding | None:
    """The finding on what the log withdraws; `None` if it withdraws nothing."""
    fact = record.fact(FactName.WITHDRAWN)
    if fact is None or not isinstance(fact.value, dict):
        return None
    if fact.value.get("log") is not True and not fact.value.get("answers"):
        return None
    answers, documents = fact.value.get("answers"), fact.value.get("documents")
    told = "the log is marked invalidated"
    found = "an invalidated log"
    if isinstance(answers, int) and answers and isinstance(documents, list):
        names = tuple(dict.fromkeys(literal(name) for name in documents))
        found = f"{count(answers, 'answer')} withdrawn"
        told = f"{found}, by the log's own word: {_named(names, answers)}"
    why = fact.value.get("why")
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=told + (f" ({why})" if isinstance(why, str) and why else ""),
        expected="no document withdrawn",
        found=found,
        where=(_at(record, fact.pointer),),
        fix="score what was withdrawn again, or give the log of a run that nobody withdrew",
    )


def not_ended_well(record: Record) -> Finding | None:
    """The finding on a run that did not end well; `None` if the log does not say so."""
    fact = record.fact(FactName.RUN_STATUS)
    if fact is None or not isinstance(fact.value, dict):
        return None
    status, why = fact.value.get("status"), fact.value.get("why")
    if status == "success":
        return None
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"the run did not end with success but with {literal(status)}"
        + (f": {why}" if isinstance(why, str) and why else ""),
        expected="a run that ended with success",
        found=literal(status),
        where=(_at(record, fact.pointer),),
        fix="score the benchmark again, to its end",
    )


def reached_limit(record: Record) -> int | None:
    """The most documents that were to be asked, where these are not shown to be all.

    Returns:
        `None` if nothing was limited, or the log shows whether these are all.
    """
    fact = record.fact(FactName.REACHED_LIMIT)
    found = None if fact is None else fact.value
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def altered_texts(records: Iterable[Record], facets: Collection[str]) -> Iterator[Finding]:
    """A finding for each text of a facet that is not of the digest beside it.

    Args:
        records: The records; what several of one file say is told once.
        facets: The facets.
    """
    found: dict[tuple[str, str], list[tuple[Record, dict[str, JsonValue]]]] = {}
    for record in records:
        fact = record.fact(FactName.ALTERED_TEXTS)
        for text in _objects(None if fact is None else fact.value):
            if str(text.get("facet")) in facets:
                key = (record.origin.file, str(text.get("text")))
                found.setdefault(key, []).append((record, text))
    for (file, pointer), told in found.items():
        record, text = told[0]
        at, stated = str(text.get("digest")), text.get("stated")
        expected = "none" if stated is None else digest(str(stated))
        benchmarks = tuple(dict.fromkeys(r.asked.task for r, _ in told))
        yield Finding(
            outcome=Outcome.VIOLATED,
            facet=Facet(str(text.get("facet"))),
            statement=f"{listed(benchmarks)}: the text at {pointer} of {file} is not of the digest "
            f"that stands beside it at {at}: {expected} is stated, the text has "
            f"{digest(str(text.get('found')))}",
            benchmarks=benchmarks,
            expected=expected,
            found=digest(str(text.get("found"))),
            where=(_at(record, pointer), _at(record, at)),
            fix=_AS_IT_WAS,
        )


def _objects(value: JsonValue) -> list[dict[str, JsonValue]]:
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]


def _edit(edit: dict[str, JsonValue]) -> str:
    before = edit.get("before")
    told = f"document {literal(edit.get('document'))} "
    told += "none" if before is None else literal(before)
    told += f" → {literal(edit.get('after'))}"
    who = [str(text) for text in (edit.get("by"), edit.get("why")) if text]
    return f"{told} ({': '.join(who)})" if who else told


def _now_and_before(key: str, now: float | None, before: JsonValue) -> str:
    told = f"{key} {'unknown' if now is None else number(now)}"
    if isinstance(before, bool) or not isinstance(before, int | float):
        return f"{told}, not known before"
    return f"{told}, {number(before)} before"


def _named(names: tuple[str, ...], answers: int) -> str:
    return f"document {names[0]}" if answers == 1 else f"documents {listed(names)}"


def _at(record: Record, pointer: str) -> Origin:
    return record.origin.model_copy(update={"pointer": pointer})
