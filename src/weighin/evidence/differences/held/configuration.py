"""The configuration of a task in two runs, key by key."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import JsonValue

from weighin.evidence.differences.difference import Difference
from weighin.evidence.differences.held.digests import is_same_harness
from weighin.evidence.differences.words.texts import unified_diff
from weighin.evidence.differences.words.wording import listed
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement, normalised

# Where a task lies, and what answered: no part of what is asked.
_NOT_ASKED: Final = frozenset({"config_source", "pretrained", "model", "model_args"})
_MOST_KEYS: Final = 12
_OF_SHOTS: Final = "fewshot_config."
# A function that was written as Python shows it.
_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]{6,16}(?=>)")


def held_configurations(
    first: Record,
    second: Record,
    ours: Mapping[str, JsonValue],
    theirs: Mapping[str, JsonValue],
) -> Difference | None:
    """The configurations of a task, where both are at hand and of one harness; else `None`.

    A key that both set, and not alike, is a difference. One that only one of them sets is one where
    both are written by one version of the harness; else that version may write a default.
    """
    mine, others = ours.get(first.asked.task), theirs.get(second.asked.task)
    if not isinstance(mine, dict) or not isinstance(others, dict):
        return None
    digests = (first.asked.config_digest, second.asked.config_digest)
    if _family(first) != _family(second) or (digests[0] == digests[1] and digests[0] is not None):
        return None
    left, right = _flat(mine), _flat(others)
    unequal = [n for n in {**left, **right} if normalised(left.get(n)) != normalised(right.get(n))]
    in_both = [n for n in unequal if n in left and n in right]
    names = unequal if in_both or is_same_harness(first, second) else in_both
    names = [name for name in names if not _is_repeated(name, left, right)]
    if not names:
        return None
    return Difference(
        topic="task configuration",
        agreement=Agreement.DIFFERENT,
        brief=listed(names),
        lines=tuple(_lines(names, left, right)),
    )


def _is_repeated(name: str, left: Mapping[str, JsonValue], right: Mapping[str, JsonValue]) -> bool:
    """Whether a key of the shots only says again what the key of the task says."""
    own = name.removeprefix(_OF_SHOTS)
    return own != name and all(
        side.get(own) == side.get(name) and own in side for side in (left, right)
    )


def _family(record: Record) -> str:
    return record.run.harness.partition(" ")[0]


def _flat(value: Mapping[str, JsonValue], above: str = "") -> dict[str, JsonValue]:
    """Every value by the path of its keys."""
    found: dict[str, JsonValue] = {}
    for key, item in value.items():
        if key in _NOT_ASKED:
            continue
        if isinstance(item, dict) and item:
            found |= _flat(item, f"{above}{key}.")
        else:
            found[f"{above}{key}"] = _ADDRESS.sub("", item) if isinstance(item, str) else item
    return found


def _lines(
    names: list[str], left: Mapping[str, JsonValue], right: Mapping[str, JsonValue]
) -> Iterator[str]:
    for name in names[:_MOST_KEYS]:
        yield name
        yield from unified_diff(*(_text(side, name) for side in (left, right)))
    if len(names) > _MOST_KEYS:
        yield f"… and {len(names) - _MOST_KEYS} keys more"


def _text(side: Mapping[str, JsonValue], name: str) -> str:
    if name not in side:
        return ""
    value = side[name]
    return value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)
