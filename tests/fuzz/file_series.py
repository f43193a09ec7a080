"""Several files in one text, each begun by a line `--- NAME`, and the folder that they lie in."""

import atexit
import json
import random
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from tests.fuzz.json_values import mutated_json

_BEGIN = re.compile(rb"^--- ([^\n]*)\n", re.MULTILINE)
_MOST_FILES = 20
_REPEATED = 40


def joined(files: Mapping[str, str | bytes]) -> bytes:
    """The series of some files."""
    return b"".join(
        b"--- %b\n%b\n" % (name.encode(), text.encode() if isinstance(text, str) else text)
        for name, text in files.items()
    )


def split(content: bytes) -> list[tuple[bytes, bytes]]:
    """The files of a series."""
    _, *parts = _BEGIN.split(content)
    return list(zip(parts[::2], parts[1::2], strict=True))


@cache
def _parent() -> Path:
    """Removed when the process ends."""
    parent = Path(tempfile.mkdtemp(prefix="series-"))
    atexit.register(shutil.rmtree, parent)
    return parent


def written(files: Iterable[tuple[bytes, bytes]]) -> Path:
    """A folder with some files, in place of the one before; names that lead elsewhere are none."""
    folder = _parent() / "files"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in list(files)[:_MOST_FILES]:
        relative = PurePosixPath(name.decode("utf-8", "replace").replace("\0", "0")[:100])
        parts = [part for part in relative.parts if part not in {"/", "..", "."}][:4]
        path = folder.joinpath(*parts) if parts else folder / "x"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.removesuffix(b"\n"))
        except OSError:
            continue  # a name that is too long, or is a folder already
    return folder


def mutated_series(content: bytes, chance: random.Random) -> bytes:
    """A series of which one file is changed: as JSON, as lines of JSON, or line by line."""
    files = split(content)
    index = chance.randrange(len(files))
    name, text = files[index]
    files[index] = name, mutated_text(text.removesuffix(b"\n"), chance) + b"\n"
    return b"".join(b"--- " + name + b"\n" + text for name, text in files)


def mutated_text(text: bytes, chance: random.Random) -> bytes:
    """A text with a value of its JSON, a line, a word or a number changed."""
    try:
        return mutated_json(text.decode(), chance).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        lines = text.split(b"\n")
    at = chance.randrange(len(lines))
    try:
        json.loads(lines[at])
        lines[at] = mutated_json(lines[at].decode(), chance).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        lines = _changed(lines, at, chance)
    return b"\n".join(lines)


_WORDS = (b"", b" ", b"|", b"||", b",", b"-", b"*", b"[^1]", b"\t", b"\\", b'"', b"&", b"NaN",
          b"1e999", b"-1", b"101.2", b"\xff", b"\xc2\xbd", b"<td>", b"{", b": ", b"-")  # fmt: skip


def _changed(lines: list[bytes], at: int, chance: random.Random) -> list[bytes]:
    match chance.randrange(6):
        case 0:
            return [*lines[:at], *[lines[at]] * chance.choice((0, 2, _REPEATED)), *lines[at + 1 :]]
        case 1:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        case 2:
            lines[at] = re.sub(rb"\d+", lambda _: b"%d" % chance.randrange(10**6), lines[at])
        case 3:
            lines.insert(at, chance.choice(lines))
        case _:
            words = lines[at].split(b" ")
            words[chance.randrange(len(words))] = chance.choice(_WORDS)
            lines[at] = b" ".join(words)
    return lines
