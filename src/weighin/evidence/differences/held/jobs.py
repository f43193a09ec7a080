"""What two jobs are made of, as their plans describe them, held against each other."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import JsonValue

from weighin.evidence.differences.difference import Difference
from weighin.evidence.differences.held.values import held_mappings, held_values, shortened
from weighin.evidence.differences.words.texts import unified_diff
from weighin.evidence.differences.words.wording import digest
from weighin.identity.facets import Agreement, Facet, normalised

TASK: Final = "task"
"""The task with its configuration, its code and its documents, of which a job holds one digest."""
_MOST: Final = "max_samples"
_TOPICS: Final = (
    ("num_fewshot", "shots"),
    ("chat_template", "chat template applied"),
    ("system_prompt", "system prompt"),
    ("repeats", "repeats"),
    ("seed", "seed"),
    ("fewshot_seed", "few-shot seed"),
)
_CHECKPOINT: Final = "checkpoint"
_FORMAT: Final = "format"
_ALL_TOLD: Final = frozenset(
    {_FORMAT, "subject", "task", "task_digest", "decoding", _MOST, *(key for key, _ in _TOPICS)}
)


def held_jobs(
    first: Mapping[str, JsonValue], second: Mapping[str, JsonValue]
) -> Iterator[Difference]:
    """Everything that makes two jobs two; nothing of what they share.

    Descriptions of one format are written whole, so that what is unset is known to be.

    Args:
        first: As a plan describes a job.
        second: The same.
    """
    yield from _subjects(first.get("subject"), second.get("subject"))
    task = held_values("benchmark", first.get("task"), second.get("task"))
    if task is not None and task.is_different:
        yield task
    digests = [str(side.get("task_digest")) for side in (first, second)]
    if digests[0] != digests[1]:
        told = [digest(one) for one in digests]
        yield _different(TASK, "its configuration, code or documents", told[0], told[1])
    yield from _mapping("generation arguments", first.get("decoding"), second.get("decoding"))
    for key, topic in _TOPICS:
        yield from _value(topic, first.get(key), second.get(key))
    most = held_values("documents asked", *(_limit(side.get(_MOST)) for side in (first, second)))
    if most is not None and most.is_different:
        yield most
    for key in sorted({*first, *second} - _ALL_TOLD):
        yield from _value(key, first.get(key), second.get(key))


def _limit(most: JsonValue) -> JsonValue:
    """Without a limit, every document is asked for."""
    return "all" if most is None else f"the first {most}"


def _subjects(first: JsonValue, second: JsonValue) -> Iterator[Difference]:
    """What answers: the facets of a checkpoint, and how it is loaded."""
    if not isinstance(first, dict) or not isinstance(second, dict):
        yield from _value("what answers", first, second)
        return
    ours, theirs = first.get(_CHECKPOINT), second.get(_CHECKPOINT)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        known = [facet for facet in Facet if facet in ours or facet in theirs]
        for facet in known:
            yield from _facet(facet, ours.get(facet), theirs.get(facet))
    elif ours != theirs:
        yield from _value("checkpoint", ours, theirs)
    loading = [{k: v for k, v in side.items() if k != _CHECKPOINT} for side in (first, second)]
    yield from _mapping("loading", loading[0], loading[1])


def _facet(facet: Facet, first: JsonValue, second: JsonValue) -> Iterator[Difference]:
    if first != second:
        told = ["none" if value is None else digest(str(value)) for value in (first, second)]
        yield _different(facet, f"{told[0]} → {told[1]}", told[0], told[1])


def _value(topic: str, first: JsonValue, second: JsonValue) -> Iterator[Difference]:
    if normalised(first) == normalised(second):
        return
    is_text = isinstance(first, str) and isinstance(second, str)
    # A text may say `none`, which is not the same as none.
    told = ["none" if value is None else shortened(value) for value in (first, second)]
    yield Difference(
        topic=topic,
        agreement=Agreement.DIFFERENT,
        brief=f"{told[0]} → {told[1]}",
        first=told[0],
        second=told[1],
        lines=unified_diff(str(first), str(second)) if is_text else (),
    )


def _mapping(topic: str, first: JsonValue, second: JsonValue) -> Iterator[Difference]:
    sides = [side if isinstance(side, dict) else {} for side in (first, second)]
    # An empty one is one in which nothing is set.
    found = held_mappings(topic, {"": None, **sides[0]}, {"": None, **sides[1]}, is_whole=True)
    if found is not None and found.is_different:
        yield found


def _different(topic: str, brief: str, first: str, second: str) -> Difference:
    return Difference(
        topic=topic, agreement=Agreement.DIFFERENT, brief=brief, first=first, second=second
    )
