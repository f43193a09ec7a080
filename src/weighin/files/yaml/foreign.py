"""YAML that somebody else wrote: no tags, no aliases, no more than some bytes."""

import re
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.files.foreign_file import ForeignFile
from weighin.files.yaml.document import read_document
from weighin.files.yaml.plain import NotPlainError, plain_yaml
from weighin.files.yaml.problems import Problem

MAX_YAML_BYTES = 4 << 20
"""The most YAML that is read from one file: what people write by hand is far below."""

_NEXT_KEY = re.compile(r"\n(?=[^\s#-])")
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)


def starts_with(file: ForeignFile, start: bytes) -> bool:
    """Whether a file can be read and starts so."""
    try:
        return file.content().removeprefix(b"\xef\xbb\xbf").startswith(start)
    except EvidenceError:
        return False


def text_of(file: ForeignFile) -> str:
    """All of a file as text.

    Raises:
        EvidenceError: It cannot be read, or is not UTF-8.
    """
    try:
        return file.content().decode("utf-8")
    except UnicodeDecodeError as error:
        raise EvidenceError(
            f"{file.path}: expected text in UTF-8, found byte {error.start} that is none"
        ) from error


def front_matter_key(text: str, key: str) -> str | None:
    """The YAML of one key of the front matter of a Markdown file; `None` if there is none.

    Only this key is looked at: what else a card holds is nobody's evidence, and may be malformed.
    """
    matter = _FRONT_MATTER.match(text)
    if matter is None:
        return None
    begin = re.search(rf"^{re.escape(key)}[ \t]*:", matter[1], re.MULTILINE)
    if begin is None:
        return None
    after = _NEXT_KEY.search(matter[1], begin.end())
    return matter[1][begin.start() : None if after is None else after.start() + 1]


def yaml_value(text: str, path: Path) -> JsonValue:
    """What a YAML text says.

    Raises:
        EvidenceError: It is too long, no YAML, or uses tags, anchors, aliases, merge keys or keys
            that are not text.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_YAML_BYTES:
        raise EvidenceError(f"{path}: expected at most {MAX_YAML_BYTES} bytes, found {size}")
    try:
        return plain_yaml(text)
    except NotPlainError:
        document = read_document(text)
    if isinstance(document, Problem):
        raise EvidenceError(f"{path}: expected plain YAML, found {document.text}")
    if document.problems:
        raise EvidenceError(f"{path}: expected plain YAML, found {document.problems[0].text}")
    return document.root
