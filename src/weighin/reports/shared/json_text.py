"""A document of weighin as JSON text: the one way out for all of them."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

import orjson
from pydantic import BaseModel

from weighin.reports.shared.foreign_text import well_formed

# As in a log: what the machines that run CI obey wherever it stands.
_COMMAND = re.compile(r"#(?=#\w*\[)")
# Between these Python writes a float without an exponent.
_AS_JSON_DOES: Final = (
    orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
)
_LEAST_PLAIN, _FIRST_NOT_PLAIN = 1e-4, 1e16
_DELETE: Final = b"\x7f"
"""The one character of ASCII that a terminal obeys and that is written as it is."""


def json_text(
    document: BaseModel | Mapping[str, object] | Sequence[Mapping[str, object]],
) -> str:
    """One JSON document in ASCII, with a line break at the end.

    Every other character is escaped, so that the document survives any stream and cannot command
    the terminal that it is printed to or the runner of CI that logs it; lone surrogates, which no
    encoding carries, are spelled out. The order of keys is that of the document.
    """
    tree = document.model_dump(by_alias=True) if isinstance(document, BaseModel) else document
    text = _written_quickly(tree)
    if text is None:
        text = json.dumps(_well_formed(tree), indent=2, ensure_ascii=True, allow_nan=False)
    return (_COMMAND.sub(r"\\u0023", text) if "##" in text else text) + "\n"


def _written_quickly(tree: object) -> str | None:
    """The same text as `json` writes, ten times sooner; `None` where others write it otherwise."""
    if not _has_plain_floats(tree):
        return None
    try:
        text = orjson.dumps(tree, option=_AS_JSON_DOES)
    except orjson.JSONEncodeError:
        return None  # nested deeply, a long integer, a lone surrogate, a key that is no text
    return text.decode("ascii") if text.isascii() and _DELETE not in text else None


def _has_plain_floats(tree: object) -> bool:
    within: list[dict[str, object] | Sequence[object]] = [(tree,)]
    for some in within:
        for item in some.values() if isinstance(some, dict) else some:
            if item is None or isinstance(item, str):
                continue  # most are
            if isinstance(item, dict | list | tuple):
                within.append(item)
            elif isinstance(item, float) and not _is_plain(item):
                return False
    return True


def _is_plain(number: float) -> bool:
    return number == 0 or _LEAST_PLAIN <= abs(number) < _FIRST_NOT_PLAIN


def _well_formed(value: object) -> object:
    match value:
        case str():
            return well_formed(value)
        case BaseModel():
            return _well_formed(value.model_dump(by_alias=True))
        case Mapping():
            return {well_formed(str(key)): _well_formed(item) for key, item in value.items()}
        case list() | tuple():
            return [_well_formed(item) for item in value]
        case _:
            return value
