"""JSON of files that somebody else wrote: read leniently, then taken apart with care."""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path

import orjson
from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.canonical import require_affordable

Json = Mapping[str, JsonValue]

_LARGEST_COUNT = 2**53 - 1
_LONGEST_MESSAGE = 200
_ANY_DIGIT = bytes.maketrans(b"123456789", b"000000000")
# orjson would turn an integer of more digits into a double.
_LONG_NUMBER = b"0" * 19


def read_json(path: Path) -> JsonValue:
    """The JSON of a foreign file. NaN is read as such: lm-eval writes it.

    Raises:
        EvidenceError: The file cannot be read, is no plain file, or no JSON in UTF-8.
    """
    try:
        return parsed(read_foreign_file(path, max_bytes=MAX_RESULTS_BYTES))
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}: expected JSON, found {in_brief(error)}") from error


def parsed(content: bytes) -> JsonValue:
    """The JSON in some bytes, NaN included, none of its texts with a lone surrogate.

    Fast where orjson and the standard library agree; the latter is asked for the rest.

    Raises:
        ValueError: The bytes are no such JSON, or its values would fill the memory.
        RecursionError: It is nested too deeply.
    """
    require_affordable(content)
    if not _has_long_integer(content):
        try:
            value: JsonValue = orjson.loads(content)
        except orjson.JSONDecodeError:
            pass  # NaN, or the better message
        else:
            return value
    # Given bytes, the standard library would let surrogates pass.
    value = json.loads(content.decode("utf-8"))
    if rb"\u" in content:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _has_long_integer(content: bytes) -> bool:
    """Whether a number may stand there that orjson reads as another one."""
    digits = content.translate(_ANY_DIGIT)
    start = digits.find(_LONG_NUMBER)
    while start >= 0:
        # What follows a decimal point is a double for everybody.
        if digits[start - 1 : start] != b".":
            return True
        end = start + len(_LONG_NUMBER)
        while digits[end : end + 1] == b"0":
            end += 1
        start = digits.find(_LONG_NUMBER, end)
    return False


def in_brief(error: Exception) -> str:
    """What an exception says, on one line."""
    return " ".join(str(error).split())[:_LONGEST_MESSAGE] or type(error).__name__


def as_mapping(value: JsonValue) -> Json:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: JsonValue) -> list[JsonValue]:
    """The value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: JsonValue) -> str | None:
    """The value if it is a non-empty text, else `None`."""
    return value if isinstance(value, str) and value else None


def as_count(value: JsonValue) -> int | None:
    """The value if it is a whole number from 0 that a double can hold, else `None`."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _LARGEST_COUNT else None


def as_number(value: JsonValue) -> float | None:
    """The value if it is a finite number, else `None`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def pointer_part(key: str) -> str:
    """A key as it stands in a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


# The end of `<function prompt at 0x7efcd8>`.
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")


def without_address(text: str) -> str:
    """`<function prompt>` for `<function prompt at 0x7efcd8>`."""
    return _ADDRESS.sub("", text) if " at 0x" in text else text


def without_addresses(value: JsonValue) -> JsonValue:
    """The value with `<function prompt>` for `<function prompt at 0x7efcd8>`, everywhere in it.

    lm-eval writes functions so; the address differs in every process.
    """
    if isinstance(value, str):
        return without_address(value)
    if isinstance(value, list):
        return [without_addresses(item) for item in value]
    if isinstance(value, dict):
        return {key: without_addresses(item) for key, item in value.items()}
    return value
