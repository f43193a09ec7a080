r"""The files of a tokenizer, its special tokens and chat templates.

The content is a series of files, each begun by a line `--- NAME`.
"""

import random
import re
from pathlib import Path

from tests.fuzz.json_values import mutated_json
from tests.fuzz.watching import only_reading

from weighin.identity.parts.tokenizer import tokenizer_facets

_FOLDER = Path("folder")
_BEGIN = re.compile(rb"^--- ([^\n]*)\n", re.MULTILINE)
_DIGEST = re.compile(r"[0-9a-f]{64}")


def read(content: bytes) -> None:
    """Take the facets of a tokenizer."""
    files = {name.decode("utf-8", "replace"): text for name, text in _files(content)}
    with only_reading():
        facets = tokenizer_facets(files, _FOLDER)
    for digest in (facets.tokenizer, facets.special_tokens, facets.chat_template):
        assert digest is None or _DIGEST.fullmatch(digest)
    assert facets == tokenizer_facets(dict(reversed(files.items())), _FOLDER)


def _files(content: bytes) -> list[tuple[bytes, bytes]]:
    _, *parts = _BEGIN.split(content)
    return list(zip(parts[::2], parts[1::2], strict=True))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A series of files of which one is changed as JSON."""
    files = _files(content)
    index = chance.randrange(len(files))
    name, text = files[index]
    changed = mutated_json(text.decode(), chance).encode("utf-8", "surrogatepass")
    files[index] = name, changed + b"\n"
    return b"".join(b"--- " + name + b"\n" + text for name, text in files)
