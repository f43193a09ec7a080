"""Values as a command line spells them: typed as the harness would, told without secrets."""

import ast
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.files.json.foreign import parsed

HIDDEN = "(not shown)"
_NAMES = re.compile(r"[A-Za-z][\w-]*")

_SECRET = re.compile(r"(^|_)(key|secret|password|passwd|auth|credential|cookie|header)s?($|_)")
_TOKEN = re.compile(r"^token$|(^|_)(access|api|hf|hub|bearer|auth)_token$")
_URL_WITH_SECRET = re.compile(r"(?P<origin>[a-z]+://)(?:[^/@\s]*@|[^?\s]*\?)")
_FILLED_IN = re.compile(r"[$`]|^~")
_MOST_DIGITS = 18
_LONGEST_TOLD = 120
_BEGINS = {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}


def is_secret(name: str) -> bool:
    """Whether what a name holds may be a secret, and is never told nor written."""
    plain = name.strip().lower().replace("-", "_")
    return bool(_SECRET.search(plain) or _TOKEN.search(plain))


def as_told(name: str, value: JsonValue) -> str:
    """A value in few words, without what may be a secret."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if is_secret(name) or _URL_WITH_SECRET.match(text):
        return HIDDEN
    return text if len(text) <= _LONGEST_TOLD else f"{text[: _LONGEST_TOLD - 1]}…"


def fills_in(text: str) -> bool:
    """Whether a shell would fill something in, if the text stood outside of single quotes."""
    return _FILLED_IN.search(text) is not None


def parts_at_commas(text: str) -> Iterator[str]:
    """The parts between commas that stand outside of brackets and quotes, as lm-eval cuts them."""
    part: list[str] = []
    depth, quote = 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in _BEGINS:
            depth = max(depth + _BEGINS[sign], 0)
        elif sign == "," and depth == 0:
            if part:
                yield "".join(part)
            part = []
            continue
        part.append(sign)
    if part:
        yield "".join(part)


def pairs(flag: str, words: tuple[str, ...]) -> dict[str, JsonValue]:
    """What some words of `key=value,…` set, or one of JSON, as lm-eval 0.4.13 reads them.

    Raises:
        UsageError: A part is no pair, or the JSON is none.
    """
    if words and words[0].lstrip().startswith("{"):
        if len(words) > 1:
            raise UsageError(f"--from: {flag}: expected nothing behind a JSON object, found more")
        return json_object(flag, words[0])
    found: dict[str, JsonValue] = {}
    for word in words:
        for part in parts_at_commas(word):
            key, sign, value = part.partition("=")
            if not sign:
                raise UsageError(
                    f"--from: {flag}: expected key=value, found {as_told(key, part)!r}"
                )
            found[key.strip()] = value_of(value)
    return found


def json_object(flag: str, text: str) -> dict[str, JsonValue]:
    """The object that a text of JSON holds.

    Raises:
        UsageError: It holds none.
    """
    try:
        found = parsed(text.encode())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--from: {flag}: expected JSON with double quotes: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"--from: {flag}: expected a JSON object, found another value")
    return found


def value_of(text: str) -> JsonValue:
    """A value as lm-eval takes it: true, false, a number, a literal of Python, else text.

    What no file can hold (nan, inf, a number of many digits, bytes) stays text.
    """
    plain = text.strip()
    if plain.lower() in {"true", "false"}:
        return plain.lower() == "true"
    if plain.lower() == "none":
        return None
    if re.fullmatch(r"[-+]?[0-9]+", plain):
        return int(plain) if len(plain) <= _MOST_DIGITS else plain
    try:
        number = float(plain)
    except ValueError:
        return _literal(plain)
    return number if math.isfinite(number) and "_" not in plain else plain


def _literal(text: str) -> JsonValue:
    if not text or text[0] not in "\"'[({":
        return text
    try:
        return _as_json(ast.literal_eval(text))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text


def _as_json(value: object) -> JsonValue:
    """A literal in the values that JSON has.

    Raises:
        ValueError: It has none.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not finite")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    raise ValueError(f"expected a value of JSON, found {type(value).__name__}")


def told_words(words: Sequence[str]) -> str:
    """Some words on one line, without what may be a secret."""
    told: list[str] = []
    for before, word in zip(("", *words), words, strict=False):
        name, sign, value = word.partition("=")
        if before.startswith("-") and is_secret(before.lstrip("-")) and "=" not in before:
            told.append(HIDDEN)
        else:
            told.append(f"{name}={as_told(name.lstrip('-'), value)}" if sign else word)
    return " ".join(told)


def may_hold_secret(words: Sequence[str]) -> bool:
    """Whether anything in some words may be a secret, by any name that stands in them."""
    return any(
        _URL_WITH_SECRET.search(word) or any(map(is_secret, _NAMES.findall(word))) for word in words
    )


def told_pairs(settings: Mapping[str, JsonValue]) -> str:
    """Some settings on one line, without what may be a secret."""
    return ",".join(f"{name}={as_told(name, value)}" for name, value in settings.items())
