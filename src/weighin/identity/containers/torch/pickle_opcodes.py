"""The opcodes of a pickle that a mapping of tensors needs, and their arguments.

Any other opcode ends the reading before its argument is looked at. What the standard library's
`pickletools` does to some arguments (it unescapes texts, it parses numbers of any length) is more
than is wanted here.
"""

import pickletools
import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from weighin.errors import CheckpointError

_Bytes = TypeVar("_Bytes", bytes, memoryview)
_PLAIN = (
    "APPEND", "APPENDS", "BINPERSID", "BUILD", "EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE", "MARK",
    "MEMOIZE", "NEWFALSE", "NEWTRUE", "NONE", "REDUCE", "SETITEM", "SETITEMS", "STACK_GLOBAL",
    "STOP", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3",
)  # fmt: skip
_NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "BINFLOAT": ">d",
        "BINGET": "<B",
        "BININT": "<i",
        "BININT1": "<B",
        "BININT2": "<H",
        "BINPUT": "<B",
        "LONG_BINGET": "<I",
        "LONG_BINPUT": "<I",
        "PROTO": "<B",
    }
)
# Their argument begins with its length.
_TEXTS: Mapping[str, str] = MappingProxyType(
    {"BINUNICODE": "<I", "BINUNICODE8": "<Q", "SHORT_BINUNICODE": "<B"}
)
_INTEGER = "LONG1"
_FRAME = "FRAME"
_LENGTH_OF_FRAME = struct.Struct("<Q")
# INST is decoded so that what it would have called can be named.
_GLOBALS = ("GLOBAL", "INST")

_NAMES = {ord(opcode.code): opcode.name for opcode in pickletools.opcodes}
_WITHOUT_ARGUMENT = frozenset(code for code, name in _NAMES.items() if name in _PLAIN)
_NUMBER_AT = {
    code: struct.Struct(_NUMBERS[name]) for code, name in _NAMES.items() if name in _NUMBERS
}
_TEXT_AT = {code: struct.Struct(_TEXTS[name]) for code, name in _NAMES.items() if name in _TEXTS}


def opcodes(content: bytes, place: str) -> Iterator[tuple[str, object]]:
    """The opcodes of a pickle up to its STOP, by their names, with their arguments.

    The argument is a number, a text, for a global its module and name joined by a dot, or `None`.

    Args:
        content: The pickle.
        place: Named in errors only.

    Raises:
        CheckpointError: An opcode is unknown or none that tensors need, an argument is cut, or
            bytes follow the STOP.
    """
    position = 0
    name = ""
    try:
        while name != "STOP":
            begin = position
            code = content[position]
            position += 1
            name = _NAMES.get(code, f"{code:#04x}")
            argument: object = None
            if code in _NUMBER_AT:
                (argument,) = _NUMBER_AT[code].unpack_from(content, position)
                position += _NUMBER_AT[code].size
            elif code in _TEXT_AT:
                (length,) = _TEXT_AT[code].unpack_from(content, position)
                position += _TEXT_AT[code].size
                argument = _slice(content, position, length).decode("utf-8", "surrogatepass")
                position += length
            elif name == _FRAME:
                (length,) = _LENGTH_OF_FRAME.unpack_from(content, position)
                position += _LENGTH_OF_FRAME.size
                _slice(memoryview(content), position, length)
            elif name == _INTEGER:
                length = content[position]
                position += 1
                argument = int.from_bytes(_slice(content, position, length), "little", signed=True)
                position += length
            elif name in _GLOBALS:
                middle = content.index(b"\n", position)
                end = content.index(b"\n", middle + 1)
                module, attribute = content[position:middle], content[middle + 1 : end]
                argument = f"{module.decode('utf-8')}.{attribute.decode('utf-8')}"
                position = end + 1
            elif code not in _WITHOUT_ARGUMENT:
                raise CheckpointError(
                    f"{place}: expected tensors only, found the opcode {name} at byte {begin}, "
                    "which was not executed"
                )
            yield name, argument
    except (IndexError, ValueError, struct.error) as error:
        raise CheckpointError(
            f"{place}: expected a pickle, found one that is cut or malformed after byte {position}"
        ) from error
    if position != len(content):
        raise CheckpointError(
            f"{place}: expected to end with its last opcode, found {len(content) - position} more "
            "bytes"
        )


def _slice(content: _Bytes, begin: int, length: int) -> _Bytes:
    found = content[begin : begin + length]
    if len(found) != length:
        raise ValueError(f"expected {length} bytes, found {len(found)}")
    return found
