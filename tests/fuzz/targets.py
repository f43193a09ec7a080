"""The parsers of foreign bytes that are fuzzed, and the law that all of them keep."""

import importlib
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

from weighin.errors import WeighinError

CORPUS = Path(__file__).with_name("corpus")
TARGETS = (
    "fuzz_safetensors",
    "fuzz_torch_pickle",
    "fuzz_gguf_paths",
    "fuzz_index_json",
    "fuzz_tokenizer",
    "fuzz_logs",
    "fuzz_tables",
    "fuzz_cards",
    "fuzz_store",
    "fuzz_requirements",
    "fuzz_bundles",
    "fuzz_hub",
)
# More than any file name and sentence need; a message never carries the file with it.
MAX_MESSAGE_CHARACTERS = 25_000


class Target(Protocol):
    """What a module `fuzz_*` offers."""

    def read(self, content: bytes) -> None:
        """Give bytes to a parser.

        Raises:
            WeighinError: They are refused.
            AssertionError: The parser did more than reading, or accepts what it must refuse.
        """

    def mutated(self, content: bytes, chance: random.Random) -> bytes:
        """Bytes with something changed that a change of single bytes would seldom reach."""


def target_of(name: str) -> Target:
    """The target of a module `fuzz_*`."""
    return cast("Target", importlib.import_module(f"tests.fuzz.{name}"))


def is_accepted(target: Target, content: bytes) -> bool:
    """Whether a parser accepts bytes.

    Raises:
        Exception: The law is broken: any exception that is not one of `weighin.errors`.
    """
    try:
        target.read(content)
    except WeighinError as error:
        length = len(str(error))
    else:
        return True
    assert 0 < length <= MAX_MESSAGE_CHARACTERS
    return False


@contextmanager
def memory_file(content: bytes) -> Iterator[int]:
    """Descriptor of a file in memory."""
    descriptor = os.memfd_create("fuzzed")
    try:
        os.write(descriptor, content)
        yield descriptor
    finally:
        os.close(descriptor)
