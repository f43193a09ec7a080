"""The index of the shards of a checkpoint, and the folder that it is read in.

Beside the folder lies a file that no index may reach, and in it a link to that file.
"""

import atexit
import os
import random
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.fuzz.json_values import mutated_json
from tests.fuzz.watching import only_reading

from weighin.identity.folder.listing import list_checkpoint

SHARDS = frozenset({"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"})
_INDEX = "model.safetensors.index.json"


@cache
def _folder() -> Path:
    """Removed when the process ends."""
    parent = tempfile.mkdtemp(prefix="index-")
    atexit.register(shutil.rmtree, parent)
    folder = Path(parent) / "checkpoint"
    (folder / "below").mkdir(parents=True)
    for path in (*SHARDS, "below/model.safetensors", "../secret.safetensors"):
        (folder / path).write_bytes(b"")
    (folder / "link.bin").symlink_to("../secret.safetensors")
    return folder


def read(content: bytes) -> None:
    """List a checkpoint whose index has this content."""
    folder = _folder()
    (folder / _INDEX).write_bytes(content)
    with only_reading():
        listing = list_checkpoint(folder)
    root = Path(os.path.realpath(folder))
    assert set(listing.weight_map.values()) <= SHARDS
    assert all(file.location.parent == root for file in listing.files)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """An index changed as JSON; sometimes a shard gets a hostile name."""
    text = mutated_json(content.decode(), chance)
    if chance.random() < 0.5:
        names = ("../secret", "below/model", "/etc/passwd", "link", "..", "", "a\\\\b", "\\u0000")
        text = text.replace("model-00001-of-00002", chance.choice(names), 1)
    return text.encode("utf-8", "surrogatepass")
