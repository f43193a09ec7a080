"""Logs of every format, with the files beside them, read into records and recomputed.

The content is a series of files, each begun by a line `--- NAME`; the first is the log. Inspect's
archives are `.eval` files whose members are a series of their own: they are packed here, so that a
change of a member is not one of its checksum.
"""

import contextlib
import importlib
import io
import random
import zipfile

from tests.fuzz.file_series import mutated_series, split, written
from tests.fuzz.watching import only_reading

from weighin.errors import EvidenceError
from weighin.evidence.scorecard import Scorecard
from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.registry import reader_of

importlib.import_module("weighin.sources.scorecard.file")  # which is loaded late
Scorecard.model_rebuild()
_ARCHIVE = b"members of log.eval"
_MOST_RECORDS = 50


def read(content: bytes) -> None:
    """Read the first file as a log.

    Raises:
        WeighinError: No format is recognised, or the log is refused.
    """
    files = split(content)
    if files and files[0][0] == _ARCHIVE:
        files = [(b"log.eval", _packed(files[1:]))]
    if not files:
        raise EvidenceError("expected a series of files, found none")
    folder = written(files)
    path = folder / files[0][0].decode("utf-8", "replace").replace("\0", "0")[:100]
    file = ForeignFile(path, "log")
    with only_reading():
        reader = reader_of(file)
        if reader is None:
            raise EvidenceError("log: expected a format that is known, found none")
        records = list(reader.read(file).records[:_MOST_RECORDS])
        for found in records:
            if found.recompute is not None:
                with contextlib.suppress(EvidenceError):
                    found.recompute()
    for found in records:
        assert found.record.model_dump_json()


def _packed(files: list[tuple[bytes, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files:
            entry = zipfile.ZipInfo(name.decode("utf-8", "replace")[:1000])
            archive.writestr(entry, text)
    return packed.getvalue()


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A series of which one file is changed."""
    return mutated_series(content, chance)
