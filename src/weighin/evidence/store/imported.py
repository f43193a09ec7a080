"""Logs of other harnesses that were taken into the results store, each with its files.

    results/imported/<key>/
      import.json                              what was imported, from where; written last
      files/<folders as they were>/<file>      copies, byte for byte

The key is a digest of the copied files, so that the same log is kept once. What is judged is read
again from the copies: an imported log is never more than it was.
"""

import json
import re
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.evidence.records import FileDigest, Record
from weighin.files.bounded import MAX_RECORD_BYTES, read_foreign_file
from weighin.files.canonical import canonical_json, sha256_hex, strict_json
from weighin.files.strict_model import StrictModel

IMPORT_FORMAT = "weighin.import/1"
IMPORT_NAME = "import.json"
IMPORTED = "imported"
COPIES = "files"

_KEY = re.compile(r"[0-9a-f]{16}")


class ImportedLog(StrictModel):
    """A log of another harness in the results store.

    Attributes:
        format: Always `weighin.import/1`.
        producer: The weighin that imported it.
        origin: Where the log lay, as it was given.
        log: Path of its copy, relative to this file.
        log_format: As it was recognised, for example `LightEval results`.
        files: The copies: the log first, then what was read with it.
        records: What was read of it then. What is judged is read again from the copies.
    """

    format: str = IMPORT_FORMAT
    producer: str
    origin: str
    log: str
    log_format: str
    files: tuple[FileDigest, ...]
    records: tuple[Record, ...]

    def canonical(self) -> bytes:
        """The bytes in which it is written."""
        return canonical_json(self.model_dump(mode="json"))


def import_key(files: tuple[FileDigest, ...]) -> str:
    """Under which key the copies of some files are kept."""
    return sha256_hex(canonical_json({file.path: file.sha256 for file in files}))[:16]


def import_folder(path: Path) -> Path | None:
    """The folder of the import that a file with an absolute path lies in; `None` if in none."""
    for folder in path.parents:
        if _KEY.fullmatch(folder.name) and folder.parent.name == IMPORTED:
            return folder
    return None


def read_import(path: Path) -> ImportedLog:
    """What an `import.json` says.

    Raises:
        EvidenceError: It cannot be read, or names files elsewhere.
    """
    try:
        value = strict_json(read_foreign_file(path, max_bytes=MAX_RECORD_BYTES))
        imported = ImportedLog.model_validate_json(json.dumps(value))
    except ValueError as error:
        found = " ".join(str(error).split())[:300]
        raise EvidenceError(f"{path}: expected format {IMPORT_FORMAT}, found {found}") from error
    names = [file.path for file in imported.files]
    if imported.format != IMPORT_FORMAT or names[:1] != [imported.log]:
        raise EvidenceError(
            f"{path}: expected format {IMPORT_FORMAT} whose first file is the log, found "
            f"{imported.format!r} and {names[:1]}"
        )
    return imported
