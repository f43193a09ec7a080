"""What two observations of one facet say that is not alike, in words that show both values."""

import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from weighin.evidence.differences.words.wording import described, listed, literal, told_apart
from weighin.evidence.records import Observation
from weighin.identity.facets import (
    Identifier,
    Kind,
    deciding,
    normalised,
    spelling_apart,
    unequal_arguments,
)

_IN_FULL = 6
_UNSET = "not set"
_PARAMETERS = "parameters"
_COMMIT = re.compile(r"@[0-9a-f]{40}$")
_REVISION = "revision"


def words_of_difference(left: Observation, right: Observation) -> tuple[str, str]:
    """Both observations in words that differ, by what tells that they are different."""
    pair = deciding(left.identifiers, right.identifiers)
    if pair is None or pair[0].kind not in {Kind.ARGUMENT, Kind.TRAIT}:
        return told_apart(left, right)
    mine, other = pair
    if mine.kind is Kind.ARGUMENT:
        return f"{mine.scope}={literal(mine.value)}", f"{other.scope}={literal(other.value)}"
    if isinstance(mine.value, dict) and isinstance(other.value, dict):
        return _by_argument(mine.value, other.value)
    return _counted(mine), _counted(other)


def is_told_by_arguments(left: Observation, right: Observation) -> bool:
    """Whether arguments or counts, and nothing closer to the content, tell that they differ."""
    pair = deciding(left.identifiers, right.identifiers)
    return pair is not None and pair[0].kind in {Kind.ARGUMENT, Kind.TRAIT}


def settings_apart(left: Observation, right: Observation) -> tuple[str, ...]:
    """Names of the arguments or the count that two observations have otherwise; none else."""
    pair = deciding(left.identifiers, right.identifiers)
    if pair is None or pair[0].kind not in {Kind.ARGUMENT, Kind.TRAIT}:
        names = tuple(unequal_arguments(left.identifiers, right.identifiers))
    elif pair[0].kind is Kind.ARGUMENT:
        names = (pair[0].scope,)
    elif isinstance(pair[0].value, dict) and isinstance(pair[1].value, dict):
        names = _unequal(pair[0].value, pair[1].value)
    else:
        names = (_PARAMETERS,)
    return tuple(sorted(names))


def words_of_doubt(left: Observation, right: Observation) -> tuple[str, str] | None:
    """What one sets and the other does not, or both name in unlike ways; `None` if nothing is.

    Neither decides anything: what is unset had a default, and two names may mean one thing.
    """
    if names := unequal_arguments(left.identifiers, right.identifiers):
        ours, theirs = (_arguments(side.identifiers) for side in (left, right))
        told = [
            tuple(
                f"{name}={_value(values[name], beside.get(name))}"
                if name in values
                else f"{name} {_UNSET}"
                for name in names
            )
            for values, beside in ((ours, theirs), (theirs, ours))
        ]
        return listed(told[0], _IN_FULL), listed(told[1], _IN_FULL)
    if (counts := _unlike_counts(left, right)) is not None:
        return counts
    return _unlike_names(left, right)


def _value(value: JsonValue, beside: JsonValue) -> str:
    """A value; of an object only what is not the same in the other."""
    if isinstance(value, dict):
        other = beside if isinstance(beside, dict) else {}
        unlike = {k: v for k, v in value.items() if normalised(other.get(k)) != normalised(v)}
        return literal(dict(list(unlike.items())[:_IN_FULL]))
    return literal(value)


def _by_argument(left: Mapping[str, JsonValue], right: Mapping[str, JsonValue]) -> tuple[str, str]:
    names = _unequal(left, right)
    told = [
        listed(
            [f"{n}={literal(side[n])}" if n in side else f"{n} {_UNSET}" for n in names], _IN_FULL
        )
        for side in (left, right)
    ]
    return told[0], told[1]


def _unequal(left: Mapping[str, JsonValue], right: Mapping[str, JsonValue]) -> tuple[str, ...]:
    return tuple(
        name
        for name in {**left, **right}
        if name not in left
        or name not in right
        or normalised(left[name]) != normalised(right[name])
    )


def _arguments(identifiers: Iterable[Identifier]) -> dict[str, JsonValue]:
    return {i.scope: i.value for i in identifiers if i.kind is Kind.ARGUMENT}


def _counts(observation: Observation) -> list[Identifier]:
    return [i for i in observation.identifiers if i.kind is Kind.TRAIT and _PARAMETERS in i.scope]


def _counted(identifier: Identifier) -> str:
    return f"{literal(identifier.value)} {identifier.scope.partition(',')[0]}"


def _unlike_counts(left: Observation, right: Observation) -> tuple[str, str] | None:
    for mine in _counts(left):
        for other in _counts(right):
            if mine.scope != other.scope and normalised(mine.value) != normalised(other.value):
                told = tuple(
                    f"{_counted(i)} ({i.scope.partition(', ')[2]}, which may count otherwise)"
                    for i in (mine, other)
                )
                return told[0], told[1]
    return None


def _unlike_names(left: Observation, right: Observation) -> tuple[str, str] | None:
    ours, theirs = (
        {(str(i.value), i.scope) for i in side.identifiers if i.kind is Kind.NAME}
        for side in (left, right)
    )
    if not ours or not theirs or {_last(*o) for o in ours} & {_last(*t) for t in theirs}:
        return None
    told = tuple(" ".join(filter(None, min(side))) for side in (ours, theirs))
    told = tuple(
        f"{name} ({_REVISION} {_UNSET})" if beside.startswith(f"{name}@") else name
        for name, beside in (told, told[::-1])
    )
    return (told[0], told[1]) if told[0] != told[1] else (described(left), described(right))


def _last(name: str, scope: str) -> tuple[str, str]:
    """What a name has in common with a path to the same artifact: what it ends with."""
    return _COMMIT.sub("", spelling_apart(name)).rpartition("/")[2].casefold(), scope
