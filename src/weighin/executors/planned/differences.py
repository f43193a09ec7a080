"""What makes two jobs two, in words."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

_MOST_SHOWN = 60


def differences(planned: Mapping[str, JsonValue], found: Mapping[str, JsonValue]) -> Iterator[str]:
    """Each value that is another, by its place: `subject.checkpoint.weights: … instead of …`."""
    yield from _differences(dict(planned), dict(found), "")


def _differences(planned: JsonValue, found: JsonValue, place: str) -> Iterator[str]:
    if isinstance(planned, dict) and isinstance(found, dict):
        for key in sorted({*planned, *found}):
            below = f"{place}.{key}" if place else key
            yield from _differences(planned.get(key), found.get(key), below)
    elif planned != found:
        yield f"{place}: {_shown(found)} instead of {_shown(planned)}"


def _shown(value: JsonValue) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:12]}…"
