"""Canonical bytes (RFC 8785) and digests of them, and JSON that is read strictly."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NoReturn

import orjson
import rfc8785
from pydantic import JsonValue

_LARGEST_SAFE_INTEGER = 2**53 - 1
# Between these Python writes a float without an exponent, as ECMAScript does.
_LEAST_PLAIN, _FIRST_NOT_PLAIN = 1e-4, 1e16
_MAX_DEPTH = 100
# What CPython 3.11 takes at most for what these bytes begin or separate, slots included.
_LIST_BYTES, _OBJECT_BYTES, _VALUE_BYTES, _KEY_BYTES = 88, 232, 64, 128
_MAX_VALUES_BYTES = 384 << 20
"""What the values of one JSON text may take in memory, if that is more than 6 bytes a byte."""

_MAX_BYTES_A_BYTE = 6
# Made once: `json.dumps` and `json.loads` make one a call, which costs more than a small text.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_hex(content: bytes) -> str:
    """Hex SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def canonical_json(value: Mapping[str, JsonValue] | Sequence[JsonValue] | JsonValue) -> bytes:
    """UTF-8 bytes of a value in the canonical form of RFC 8785.

    Integers beyond 2**53 - 1, which the RFC cannot carry (`model_max_length` is often 10**30),
    become their decimal string.

    Raises:
        ValueError: NaN, an infinity, or a lone surrogate.
    """
    if _is_spelled_one_way(value):
        # Where nothing has two spellings, others write the same bytes 30 times faster, which
        # matters for a tokenizer of some megabytes.
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            return _ENCODER.encode(value).encode("utf-8")  # nested deeply, or no text
    return rfc8785.dumps(_portable(value))  # type: ignore[arg-type]  # its type is private


def _is_spelled_one_way(value: object) -> bool:
    """Whether a value holds no number in doubt, and no key whose order is in doubt.

    A float is in doubt if Python writes it with an exponent or as `1.0`. RFC 8785 orders keys by
    UTF-16 code units and Python by code points, which is the same order for keys below the
    surrogates.
    """
    # A stack instead of recursion: a manifest may hold hundreds of thousands of values.
    stack = [value]
    while stack:
        item = stack.pop()
        # Most are texts, and `match` asks its questions one by one.
        if type(item) is str:
            continue
        match item:
            case str() | bool() | None:
                pass
            case int() as number if abs(number) <= _LARGEST_SAFE_INTEGER:
                pass
            case float() as number if _is_written_alike(number):
                pass
            case list() | tuple() as items:
                stack.extend(items)
            case dict() as members:
                for key in members:
                    if not (isinstance(key, str) and (key.isascii() or max(key) < "\ud800")):
                        return False
                stack.extend(members.values())
            case _:
                return False
    return True


def _is_written_alike(number: float) -> bool:
    return not number.is_integer() and _LEAST_PLAIN <= abs(number) < _FIRST_NOT_PLAIN


def _portable(value: object) -> object:
    match value:
        case bool():
            return value
        case int() if abs(value) > _LARGEST_SAFE_INTEGER:
            return str(value)
        case Mapping():
            return {key: _portable(item) for key, item in value.items()}
        case list() | tuple():
            return [_portable(item) for item in value]
        case _:
            return value


def require_affordable(text: bytes | str) -> None:
    """Refuse JSON whose values would fill the memory, before it is parsed.

    Its brackets, commas and keys are counted as bytes, those within texts too, so that the count
    is never too low.

    Raises:
        ValueError: The values of the text may take more than 384 MB and 6 bytes a byte.
    """
    most = max(_MAX_VALUES_BYTES, _MAX_BYTES_A_BYTE * len(text))
    # No byte costs more.
    if _OBJECT_BYTES * len(text) <= most:
        return
    lists, objects, commas, keys = (
        (text.count(b"["), text.count(b"{"), text.count(b","), text.count(b":"))
        if isinstance(text, bytes)
        else (text.count("["), text.count("{"), text.count(","), text.count(":"))
    )
    found = (
        _LIST_BYTES * lists + _OBJECT_BYTES * objects + _VALUE_BYTES * commas + _KEY_BYTES * keys
    )
    if found > most:
        raise ValueError(
            f"{lists} lists, {objects} objects, {keys} keys and {commas} commas, which take up to "
            f"{found >> 20} MB of memory; at most {most >> 20} MB are spent on one text"
        )


def strict_json(text: bytes | str) -> JsonValue:
    """JSON without the leniencies of Python: no duplicate key, NaN, Infinity or lone surrogate.

    Raises:
        ValueError: The text is not such JSON, or its values would fill the memory; the message
            says where or why.
    """
    require_affordable(text)
    was_bytes = isinstance(text, bytes)
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="strict")
    decoder = _DECODER_OF_MINUS_ZERO if "-0" in text else _DECODER
    try:
        value: JsonValue = decoder.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _refuse_depth(value)
    # What was bytes can hold a lone surrogate only as an escape.
    if not was_bytes or "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError("holds a lone surrogate, which is not text") from error
    return value


def _refuse_depth(value: JsonValue) -> None:
    """Level by level: whoever reads the value next may recurse into it."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise ValueError(f"nested deeper than {_MAX_DEPTH} levels")


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key {key!r} stands twice")
        found[key] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{digits} is too large for a double")
    return number


def _integer(digits: str) -> int | float:
    # Of the integers, JSON has no negative zero: other readers take it for a float.
    return -0.0 if digits == "-0" else int(digits)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
)
# Of its own because a function for every integer would slow down large vocabularies.
_DECODER_OF_MINUS_ZERO = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_constant=_refuse_constant,
    parse_float=_finite,
    parse_int=_integer,
)
