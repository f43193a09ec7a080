"""Model cards: what their front matter claims, read as evidence."""

import random
from pathlib import Path

from tests.fuzz.file_series import mutated_text, written
from tests.fuzz.watching import only_reading

from weighin.errors import EvidenceError
from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.claims.model_card import ModelCardReader

_MOST_RECORDS = 50


def read(content: bytes) -> None:
    """Read the results that a card claims.

    Raises:
        WeighinError: It claims none, or is refused.
    """
    path: Path = written([(b"model/README.md", content)]) / "model" / "README.md"
    file, reader = ForeignFile(path, "card"), ModelCardReader()
    with only_reading():
        if not reader.recognises(file):
            raise EvidenceError("card: expected results, found none")
        records = list(reader.read(file).records[:_MOST_RECORDS])
    for found in records:
        assert found.record.model_dump_json()


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A card with a line, a word or a number changed."""
    return mutated_text(content, chance)
