"""Safetensors files, most of them broken somewhere; every number gives one file, always the same.

A file is made as a tree of header fields, and broken at the level of fields, of JSON text, of the
length before the header, or of bytes. A tenth of the files is left whole.
"""

import json
import random
import struct

from tests.fuzz.safetensors_drafts import OF_FIELDS, RAW, Members, Raw, whole

SPACES = ("", " ", "\n", "\t", "\r", "  ", "\x0b", "\x00", "\ufeff", "\u00a0", "\u2028")
JSON_SPACES = SPACES[:6]


def spelled(value: object, chance: random.Random, spaces: float) -> str:
    """JSON text of a tree; some keys are escaped, some white space stands between tokens."""

    def space() -> str:
        return chance.choice(JSON_SPACES) if chance.random() < spaces else ""

    match value:
        case Raw(text):
            return text
        case str():
            if value and chance.random() < 0.05:
                units = value.encode("utf-16-be")
                return (
                    '"'
                    + "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
                    + '"'
                )
            return json.dumps(value, ensure_ascii=chance.random() < 0.5)
        case list():
            return (
                "["
                + space()
                + ",".join(spelled(item, chance, spaces) for item in value)
                + space()
                + "]"
            )
        case Members():
            pairs = (
                f"{spelled(key, chance, spaces)}{space()}:{space()}{spelled(item, chance, spaces)}"
                for key, item in value.pairs
            )
            return "{" + space() + f"{space()},{space()}".join(pairs) + space() + "}"
        case _:
            return json.dumps(value)


def of_text(text: str, chance: random.Random) -> str:
    """A header with something done to its text."""
    at = chance.randrange(len(text) + 1)
    match chance.randrange(8):
        case 0:
            return chance.choice(SPACES) + text
        case 1:
            return text + chance.choice(SPACES) * chance.randrange(1, 9)
        case 2:
            return text[:at] + chance.choice(SPACES) + text[at:]
        case 3:
            return text[:at] + chance.choice('{}[],:"\\0-eE.') + text[at:]
        case 4:
            return text[:at] + text[at + 1 :]
        case 5:
            return text + chance.choice((text, ",", "}", "{}", "//"))
        case 6:
            return f'{{"x":{text}}}' if chance.random() < 0.5 else f"[{text}]"
        case _:
            return text[:at] + chance.choice(RAW) + text[at:]


def of_length(length: int, chance: random.Random) -> int:
    """Another length of the header."""
    others = (0, 1, 2, 2**31, 2**32 + length, 100_000_000, 100_000_001, 2**63, 2**64 - 1, 2**64 - 8)
    near = max(0, length + chance.choice((-8, -1, 1, 8)))
    return chance.choice(others) if chance.random() < 0.4 else near


def of_bytes(content: bytes, chance: random.Random) -> bytes:
    """A file with something done to its bytes."""
    at = chance.randrange(len(content) + 1)
    match chance.randrange(7):
        case 0:
            return content[:at]
        case 1:
            return content + chance.randbytes(chance.randrange(1, 17))
        case 2:
            return content[:at] + chance.randbytes(chance.randrange(1, 4)) + content[at:]
        case 3:
            return content[:at] + content[at + chance.randrange(1, 9) :]
        case 4:
            begin = chance.randrange(len(content) + 1)
            return content[:at] + content[begin : begin + chance.randrange(64)] + content[at:]
        case _:
            changed = bytearray(content)
            for _ in range(chance.choice((1, 1, 1, 2, 5))):
                if changed:
                    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            return bytes(changed)


def file_of(number: int, seed: int = 0) -> bytes:
    """The file of a number."""
    chance = random.Random(f"{seed}:{number}")
    draft = whole(chance)
    level = (
        "whole"
        if number % 10 == 0
        else chance.choice(("fields",) * 6 + ("text", "length", "bytes"))
    )
    if level == "fields":
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            chance.choice(OF_FIELDS)(draft)
    text = spelled(draft.header, chance, chance.choice((0, 0, 0.2)))
    if level == "text":
        text = of_text(text, chance)
    header = text.encode("utf-8", "surrogatepass")
    length = of_length(len(header), chance) if level == "length" else len(header)
    content = struct.pack("<Q", length) + header + draft.data
    return of_bytes(content, chance) if level == "bytes" else content
