"""A safetensors file: refused, or read as the library `safetensors` reads it."""

import random
import struct
from functools import cache
from pathlib import Path

from tests.fuzz.json_values import mutated_json
from tests.fuzz.targets import memory_file
from tests.fuzz.two_readers import Readers
from tests.fuzz.watching import only_reading

from weighin.identity.containers.safetensors import header_of


@cache
def _readers() -> Readers:
    return Readers()


def read(content: bytes) -> None:
    """Read a file, and compare what is read with what the library reads."""
    _readers().compare(content)
    with memory_file(content) as descriptor, only_reading():
        header_of(descriptor, Path("a.safetensors"))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A file whose header is changed as JSON, with its length."""
    end = 8 + int.from_bytes(content[:8], "little")
    header = mutated_json(content[8:end].decode(), chance).encode("utf-8", "surrogatepass")
    return struct.pack("<Q", len(header)) + header + content[end:]
