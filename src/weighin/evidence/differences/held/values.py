"""Two values held against each other: one of them unset is unknown, never the same."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import JsonValue

from weighin.evidence.differences.difference import Difference
from weighin.evidence.differences.words.wording import listed, literal
from weighin.identity.facets import Agreement, normalised

UNSET: Final = "not recorded"
_NOT_SET: Final = "not set"
_LONGEST: Final = 100
_IN_FULL: Final = 4


def held_values(
    topic: str, first: JsonValue, second: JsonValue, *, way: str = ""
) -> Difference | None:
    """Two values; `None` if neither is recorded."""
    if first is None and second is None:
        return None
    told = [UNSET if value is None else shortened(value) for value in (first, second)]
    if first is None or second is None:
        return Difference(
            topic=topic,
            agreement=Agreement.UNKNOWN,
            brief=f"recorded only of {'A' if second is None else 'B'}",
            first=told[0],
            second=told[1],
            way=way,
        )
    if normalised(first) == normalised(second):
        return Difference(topic=topic, agreement=Agreement.SAME, first=told[0], second=told[1])
    return Difference(
        topic=topic,
        agreement=Agreement.DIFFERENT,
        brief=f"{told[0]} → {told[1]}",
        first=told[0],
        second=told[1],
    )


def held_mappings(
    topic: str,
    first: Mapping[str, JsonValue],
    second: Mapping[str, JsonValue],
    *,
    is_whole: bool,
    noun: str = "setting",
) -> Difference | None:
    """Two sets of named values; `None` if both are empty.

    Args:
        topic: What they are.
        first: Those of the first run.
        second: Those of the second.
        is_whole: Whether both are written whole, so that what is unset in one is known to be.
        noun: What one of them is called.
    """
    if not first and not second:
        return None
    if not first or not second:
        return Difference(
            topic=topic,
            agreement=Agreement.UNKNOWN,
            brief=f"recorded only of {'B' if not first else 'A'}",
            first=_all(first) or UNSET,
            second=_all(second) or UNSET,
        )
    differing = [n for n in first if n in second and normalised(first[n]) != normalised(second[n])]
    one_sided = [n for n in {**first, **second} if n not in first or n not in second]
    names = [*differing, *(one_sided if is_whole else ())]
    if not names:
        return Difference(
            topic=topic,
            agreement=Agreement.UNKNOWN if one_sided else Agreement.SAME,
            brief=f"set in only one: {listed(one_sided)}" if one_sided else "",
            first=_all(first),
            second=_all(second),
        )
    told = [_some(side, names) for side in (first, second)]
    lines = [line for name in [*names, *one_sided] for line in _lines(name, first, second)]
    return Difference(
        topic=topic,
        agreement=Agreement.DIFFERENT,
        brief=_brief(names, first, second, noun),
        first=told[0],
        second=told[1],
        lines=tuple(dict.fromkeys(lines)) if len(names) > 1 or one_sided else (),
    )


def shortened(value: JsonValue) -> str:
    """A value in so many characters as a line has room for."""
    text = literal(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _brief(
    names: list[str],
    first: Mapping[str, JsonValue],
    second: Mapping[str, JsonValue],
    noun: str,
) -> str:
    if len(names) == 1:
        return f"{names[0]} {_value(first, names[0])} → {_value(second, names[0])}"
    return f"{len(names)} {noun}s: {listed(names, _IN_FULL)}"


def _value(side: Mapping[str, JsonValue], name: str) -> str:
    return shortened(side[name]) if name in side else _NOT_SET


def _some(side: Mapping[str, JsonValue], names: list[str]) -> str:
    return listed([f"{name} {_value(side, name)}" for name in names], _IN_FULL)


def _all(side: Mapping[str, JsonValue]) -> str:
    return _some(side, list(side))


def _lines(
    name: str, first: Mapping[str, JsonValue], second: Mapping[str, JsonValue]
) -> Iterator[str]:
    if name in first:
        yield f"-{name}: {shortened(first[name])}"
    if name in second:
        yield f"+{name}: {shortened(second[name])}"
