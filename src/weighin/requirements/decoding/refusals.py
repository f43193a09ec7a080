"""What is wrong with settings of decoding, in words, before anything is run."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from weighin.files.problems import shown, way_out
from weighin.requirements.decoding.settings import POWERFUL, Holds, Setting, Settings


def refusals(decoding: Mapping[str, JsonValue], settings: Settings) -> Iterator[tuple[str, str]]:
    """The keys that are refused, each with why and what to do instead.

    Args:
        decoding: Settings as a file states them.
        settings: Those that are allowed.
    """
    for key, value in decoding.items():
        if (setting := settings.get(key)) is None:
            yield key, _why_not(key, settings)
        elif not holds(setting, value):
            yield key, f"expected {setting.holds}, found {shown(value)}"


def _why_not(key: str, settings: Settings) -> str:
    if key in POWERFUL:
        return f"refused: {POWERFUL[key]}; leave it out"
    return f"not a setting that is known to be harmless; {way_out(key, tuple(settings))}"


def holds(setting: Setting, value: JsonValue) -> bool:
    """Whether a value is what a setting may hold."""
    items = value if isinstance(value, list) else []
    match setting.holds:
        case Holds.SWITCH:
            return isinstance(value, bool)
        case Holds.NUMBER:
            return _is_number(value)
        case Holds.WHOLE_NUMBER:
            return _is_whole(value)
        case Holds.TEXT:
            return isinstance(value, str)
        case Holds.TEXTS:
            return isinstance(value, str) or (
                isinstance(value, list) and all(isinstance(item, str) for item in items)
            )
        case Holds.TOKENS:
            return _is_whole(value) or (bool(items) and all(map(_is_whole, items)))
        case Holds.PHRASES:
            return bool(items) and all(
                isinstance(item, list) and item and all(map(_is_whole, item)) for item in items
            )
        case Holds.PAIR:
            return len(items) == len(("start", "factor")) and all(map(_is_number, items))


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: JsonValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
