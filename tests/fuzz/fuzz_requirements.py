"""Requirements files."""

import random

from tests.fuzz.file_series import mutated_text, written
from tests.fuzz.watching import only_reading

from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes


def read(content: bytes) -> None:
    """Load a requirements file.

    Raises:
        WeighinError: It is wrong; the message has a line for every problem.
    """
    path = written([(b"requirements.yaml", content)]) / "requirements.yaml"
    with only_reading():
        loaded = load_requirements(path, rule_shapes())
    assert loaded.benchmarks or loaded.tasks is None or loaded.model.name


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A file with a line, a word or a number changed."""
    return mutated_text(content, chance)
