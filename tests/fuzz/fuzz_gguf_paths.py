"""GGUF files: what the parsing process makes of a file, and what is made of its description.

The content is a file; or a JSON list of parts, each `[name, description]`, where a description is
what the parsing process could print. The process itself, which confines the package `gguf`, is
left out: any exception in it ends it, and is a refusal.
"""

import json
import random
import warnings
from pathlib import Path

import gguf  # noqa: F401  # loaded here, before anything is watched
from tests.fuzz.json_values import mutated_json
from tests.fuzz.targets import memory_file
from tests.fuzz.watching import only_reading

from weighin.errors import CheckpointError
from weighin.identity.containers.gguf.child import description, open_reader
from weighin.identity.containers.gguf.header import described_header
from weighin.identity.fingerprint.gguf_checkpoint import gguf_facets_of
from weighin.identity.folder.gguf_parts import gguf_parts

_FOLDER = Path("folder")
_SIZE = 4096


def read(content: bytes) -> None:
    """Read a file, or the descriptions of the parts of a checkpoint."""
    if content.startswith(b"GGUF"):
        _read_described({"model.gguf": _described(content)}, len(content))
    else:
        _read_described(_parts(content), _SIZE)


def _described(content: bytes) -> bytes:
    """What the parsing process prints of a file."""
    with memory_file(content) as descriptor, warnings.catch_warnings():
        warnings.simplefilter("error")
        with only_reading():
            try:
                reader = open_reader(f"/dev/fd/{descriptor}", lambda: None)
                return json.dumps(description(reader), allow_nan=False).encode()
            except Exception as error:  # it would end the process
                raise CheckpointError(f"the process ends: {error!r}"[:300]) from error


def _parts(content: bytes) -> dict[str, bytes]:
    """The description by the name of each part; anything else is no input for this target."""
    try:
        found = json.loads(content)
        return {str(name): json.dumps(described).encode() for name, described in found}
    except (ValueError, TypeError, RecursionError) as error:
        raise CheckpointError("no list of parts") from error


def _read_described(described: dict[str, bytes], size: int) -> None:
    with only_reading():
        names = gguf_parts(frozenset(described), _FOLDER)
        if not names:
            raise CheckpointError("no GGUF file")
        headers = {
            name: described_header(described[name], size, _FOLDER / name) for name in sorted(names)
        }
        facets = gguf_facets_of(headers, _FOLDER)
    assert facets.config is not None
    for header in headers.values():
        assert all(0 < span.begin <= span.end <= size for span in header.tensors)
        for one, following in zip(header.tensors, header.tensors[1:], strict=False):
            assert one.end <= following.begin


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Descriptions changed as JSON; or a file with a number in it that is huge."""
    if not content.startswith(b"GGUF"):
        return mutated_json(content.decode(), chance).encode("utf-8", "surrogatepass")
    at = chance.randrange(4, len(content) + 1)
    number = chance.choice((0, 1, 2**31, 2**32 - 1, 2**62, 2**63, 2**64 - 1, len(content)))
    width = chance.choice((4, 8))
    packed = (number % (1 << 8 * width)).to_bytes(width, "little")
    return content[:at] + packed + content[at + width :]
