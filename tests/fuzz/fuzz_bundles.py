"""Signed bundles: the bundle itself, or the statement in it, which is then signed anew.

What begins with `--- statement` is a statement; everything else is a bundle.
"""

import atexit
import importlib
import random
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.fuzz.file_series import mutated_text, split, written
from tests.fuzz.watching import only_reading
from tests.making.checkpoints.signing import Signer
from tests.making.places import MADE_BY_MODEL_SIGNING

from weighin.sources.signatures.bundle import open_bundle
from weighin.sources.signatures.signed_files import signed_files

_STATEMENT = b"--- statement\n"
_REAL_KEY = MADE_BY_MODEL_SIGNING / "files.pem"


importlib.import_module("cryptography.hazmat.backends.openssl.backend")  # which is loaded late


@cache
def _signer() -> Signer:
    """Its folder is removed when the process ends."""
    folder = tempfile.mkdtemp(prefix="signer-")
    atexit.register(shutil.rmtree, folder)
    return Signer(Path(folder))


def read(content: bytes) -> None:
    """Open a bundle, and list what it covers.

    Raises:
        WeighinError: It is refused, contradicts itself, or is of another key.
    """
    if content.startswith(_STATEMENT):
        ((_, statement),) = split(content)[:1]
        path = _signer().sign(statement.decode("utf-8", "replace"))
        key = _signer().public_key
    else:
        path, key = written([(b"model.sig", content)]) / "model.sig", _REAL_KEY
    with only_reading():
        opened = open_bundle(path, key)
        files = signed_files(opened.signed, path) if opened.signed is not None else ()
    assert opened.signed is not None or opened.why_not
    assert all(not f.path.startswith("/") and ".." not in f.path.split("/") for f in files)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A bundle or a statement changed as JSON."""
    begin = _STATEMENT if content.startswith(_STATEMENT) else b""
    return begin + mutated_text(content.removeprefix(begin), chance)
