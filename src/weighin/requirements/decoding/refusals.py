"""What is wrong with settings of decoding, in words, before anything is run."""

from collections.abc import Callable, Iterator, Mapping

from pydantic import JsonValue

from weighin.files.yaml.problems import shown, way_out
from weighin.requirements.decoding.settings import REFUSED, Holds, Setting, Settings


def refusals(decoding: Mapping[str, JsonValue], settings: Settings) -> Iterator[tuple[str, str]]:
    """The keys that are refused, each with why and what to do instead.

    Args:
        decoding: Settings as a file states them.
        settings: Those that are allowed.
    """
    for key, value in decoding.items():
        if (setting := settings.get(key)) is None:
            yield key, _why_not(key, settings)
        elif value is None:
            yield key, "no value; write one or remove the key"
        elif not holds(setting, value):
            yield key, f"expected {setting.holds}, found {shown(value)}"
        elif _is_too_small(value, setting.least):
            yield key, f"expected at least {setting.least:g}, found {shown(value)}"
        elif _is_too_large(value, setting.most):
            yield key, f"expected at most {setting.most:g}, found {shown(value)}"


def _why_not(key: str, settings: Settings) -> str:
    if key in REFUSED:
        return f"refused: {REFUSED[key]}"
    return f"not a setting that is known to be harmless; {way_out(key, tuple(settings))}"


def _is_too_small(value: JsonValue, least: float | None) -> bool:
    return least is not None and isinstance(value, int | float) and value < least


def _is_too_large(value: JsonValue, most: float | None) -> bool:
    return most is not None and isinstance(value, int | float) and value > most


def holds(setting: Setting, value: JsonValue) -> bool:
    """Whether a value is what a setting may hold."""
    return _IS[setting.holds](value)


def _are_tokens(value: JsonValue) -> bool:
    return _each_is(_is_whole, value)


def _is_bias(value: JsonValue) -> bool:
    match value:
        case [tokens, bias]:
            return _are_tokens(tokens) and _is_number(bias)
        case _:
            return False


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: JsonValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: JsonValue) -> bool:
    return isinstance(value, str)


def _each_is(is_one: Callable[[JsonValue], bool], value: JsonValue) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_one, value))


def _is_pair(value: JsonValue) -> bool:
    return (
        isinstance(value, list)
        and len(value) == len(("start", "factor"))
        and _each_is(_is_number, value)
    )


_IS: Mapping[Holds, Callable[[JsonValue], bool]] = {
    Holds.NUMBER: _is_number,
    Holds.WHOLE_NUMBER: _is_whole,
    Holds.ONE_ID: _is_whole,
    Holds.SWITCH: lambda value: isinstance(value, bool),
    Holds.SWITCH_OR_NEVER: lambda value: isinstance(value, bool) or value == "never",
    Holds.TEXT: _is_text,
    Holds.TEXTS: lambda value: _is_text(value) or value == [] or _each_is(_is_text, value),
    Holds.ID_OR_IDS: lambda value: _is_whole(value) or _are_tokens(value),
    Holds.ID_LIST: _are_tokens,
    Holds.PHRASES: lambda value: _each_is(_are_tokens, value),
    Holds.PAIR: _is_pair,
    Holds.BIASES: lambda value: _each_is(_is_bias, value),
    Holds.BIAS_BY_ID: lambda value: (
        isinstance(value, dict)
        and all(key.isdecimal() and _is_number(item) for key, item in value.items())
    ),
}
