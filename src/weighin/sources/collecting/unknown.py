"""What a file is that no reader knows: its first keys, and the formats that come near."""

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_mapping, as_text, parsed
from weighin.sources.collecting.own_reports import is_report_for_machines
from weighin.sources.formats.nearest import nearest_formats
from weighin.sources.formats.not_read import told_as_other
from weighin.sources.formats.registry import READERS

_OF_LINES = (".jsonl", ".jsonl.gz")
_YAML = (".yaml", ".yml")
_OF_TEXT = (".txt", ".log")
_REQUIREMENTS = re.compile(rb"^weighin:", re.MULTILINE)
_YAML_KEY = re.compile(rb"^([\w][^\s:#]{0,80})[ \t]*:", re.MULTILINE)
_YAML_ITEM = re.compile(rb"^([ \t]{0,8})- {1,8}(?=[\w])", re.MULTILINE)
_LONGEST_START = 65_536
_WITH_ITEM = 3
_LONGEST_MARKDOWN = 4 << 20
_OWN_FORMAT = "weighin."


def what_else(file: ForeignFile) -> str:
    """What a file is that no reader knows, with the formats it comes near.

    Returns:
        In words, without a stop; empty if it is a document of weighin that is no evidence.

    Raises:
        EvidenceError: It cannot be read, or is no JSON although its name says so.
    """
    if file.suffix in _YAML:
        if _REQUIREMENTS.search(file.content()):
            return ""
        return _yaml(file.content()[:_LONGEST_START])
    if file.suffix == ".csv":
        return _with_names("a table with the columns", _columns(file.content()[:_LONGEST_START]))
    if file.name.lower().endswith(_OF_LINES):
        return _lines(file.path)
    if file.suffix == ".json":
        return _json(file)
    if file.suffix == ".md":
        return _markdown(file)
    if file.suffix in _OF_TEXT:
        other = "`weighin scorecard` reads other tables, if it has any"
        return f"a {file.suffix} file without a table of lm-eval; {other}"
    return f"a {file.suffix} file" if file.suffix else "none"


def _yaml(start: bytes) -> str:
    """What a document of YAML holds: its top keys, or those of the first item of a list."""
    if keys := _YAML_KEY.findall(start):
        return _with_names("YAML with the keys", keys)
    parts = _YAML_ITEM.split(start)
    if len(parts) < _WITH_ITEM:
        return "YAML without keys"
    # Below the dash its keys are as far in as the first.
    lines = [line.strip() for line in parts[2].split(b"\n")]
    keys = [found[1] for line in lines if (found := _YAML_KEY.match(line)) is not None]
    if not keys:
        return "YAML that is a list"
    return _with_names("YAML that is a list, the first with the keys", keys)


def _markdown(file: ForeignFile) -> str:
    """What a Markdown file lacks, and who reads its tables, if it has any."""
    lines = file.content()[:_LONGEST_MARKDOWN].split(b"\n")
    has_table = any(b"|" in line and b"-" in line and not line.strip(b"|:- \t\r") for line in lines)
    lacks = "Markdown without a model-index in its front matter and without a table of lm-eval"
    if has_table:
        return f"{lacks}; `weighin scorecard` reads the tables that it has"
    return f"{lacks}, or any other table"


def _json(file: ForeignFile) -> str:
    if not file.is_json() and (first := _first_of_lines(file.content()[:_LONGEST_START])):
        return _with_names("lines of JSON, the first with the keys", list(first))
    document = file.json()
    if (as_text(as_mapping(document).get("format")) or "").startswith(_OWN_FORMAT):
        return ""
    if is_report_for_machines(document):
        return ""
    if isinstance(document, dict):
        return _with_names("a JSON object with the keys", list(document)) if document else "{}"
    if not isinstance(document, list):
        return "JSON that is a single value"
    first = as_mapping(document[0]) if document else {}
    if not first:
        return "JSON that is a list"
    return _with_names("JSON that is a list, the first with the keys", list(first))


def _lines(path: Path) -> str:
    """What the first line of a file of lines of JSON holds."""
    try:
        with path.open("rb") as stream:
            start = stream.read(_LONGEST_START)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from error
    if path.suffix == ".gz":
        try:
            start = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(start, _LONGEST_START)
        except zlib.error as error:
            return f"no gzip: {error}"
    first = _first_of_lines(start)
    return _with_names("lines of JSON, the first with the keys", list(first)) if first else "none"


def _first_of_lines(start: bytes) -> Json:
    """What the first line holds, if that is a JSON object; else nothing."""
    try:
        return as_mapping(parsed(start.partition(b"\n")[0]))
    except (ValueError, RecursionError):
        return {}


def _columns(start: bytes) -> list[str]:
    header = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace")
    return [cell.strip().strip('"') for cell in header.strip().split(",")]


def _with_names(what: str, names: Sequence[str | bytes]) -> str:
    """What it is, its first keys or columns, and the formats that have some of them."""
    texts = [name if isinstance(name, str) else name.decode("utf-8", "replace") for name in names]
    near = nearest_formats(texts, READERS) or "no format has any of these"
    other = told_as_other(texts)
    return f"{what} {_few(texts)}; nearest: {near}{'; ' if other else ''}{other}"


def _few(keys: list[str], shown: int = 5, longest: int = 40) -> str:
    more = f" and {len(keys) - shown} more" if len(keys) > shown else ""
    return ", ".join(repr(key[:longest]) for key in keys[:shown]) + more
