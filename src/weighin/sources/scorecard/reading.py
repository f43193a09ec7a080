"""Published scorecards of every form: a scorecard file, a pasted table, a model card."""

import sys
from pathlib import Path

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.benchmarks import BenchmarkRegistry
from weighin.evidence.scorecard import Scorecard, Unit
from weighin.files.bounded import read_foreign_file
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.card import has_model_index
from weighin.sources.scorecard.file import read_scorecard_file
from weighin.sources.scorecard.tables.corrections import Corrections
from weighin.sources.scorecard.tables.read_tables import ReadTables
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables
from weighin.sources.scorecard.whole_card import scorecard_of_whole_card

MAX_TABLE_BYTES = 4 << 20
"""What people paste is far below."""

_TABLES = frozenset(
    (".csv", ".tsv", ".md", ".markdown", ".html", ".htm", ".xhtml", ".tex", ".txt", ".text", ".log",
     ".out", ".rst", ".qmd", ".mdx", "")
)  # fmt: skip
_OF_SCORECARDS = frozenset((".yaml", ".yml"))
_STDIN = "-"
_FORMS = (
    ".yaml for a scorecard file, or a table: .md, .csv, .tsv, .html, .tex, .txt, or - to read what "
    "is pasted"
)


def read_scorecard(
    path: Path,
    unit: Unit | None = None,
    registry: BenchmarkRegistry | None = None,
    corrections: Corrections | None = None,
) -> Scorecard:
    """The scorecard in a file, by the ending of its name and by its text.

    Args:
        path: YAML (a scorecard file), or a text with tables in any syntax, Markdown with a
            `model-index` in its front matter among them, which is read beside its tables; `-` is
            standard input.
        unit: Of numbers for which the file says none and nothing tells it; `None` asks.
        registry: Benchmarks that are known, for tables; `None` loads those of weighin.
        corrections: What the user says of tables, `unit` included.

    Raises:
        EvidenceError: It is unreadable or wrong; the message names the line.
        UsageError: The ending is of no known form, or the unit of a number cannot be told.
    """
    content, shown, ending = _content(path)
    told = Corrections(unit=unit) if corrections is None else corrections
    if ending in _OF_SCORECARDS or (not ending and content.startswith(b"weighin_scorecard:")):
        return read_scorecard_file(content, shown, told.unit)
    known = load_registry() if registry is None else registry
    if ending in {".md", ".markdown", ""} and has_model_index(content):
        return scorecard_of_whole_card(content, shown, known, told, ending)
    return scorecard_of_tables(read_tables(content, shown, known, told, ending))


def reading_of(
    path: Path, corrections: Corrections, registry: BenchmarkRegistry | None = None
) -> ReadTables:
    """How the tables of a file are understood; arguments and errors as for `read_scorecard`."""
    content, shown, ending = _content(path)
    if ending in _OF_SCORECARDS:
        raise UsageError(f"{shown}: expected tables, found a scorecard file, which says it all")
    known = load_registry() if registry is None else registry
    return read_tables(content, shown, known, corrections, ending)


def _content(path: Path) -> tuple[bytes, str, str]:
    """The bytes of a file, how it is named, and the ending of its name."""
    if str(path) == _STDIN:
        content = sys.stdin.buffer.read(MAX_TABLE_BYTES + 1)
        if len(content) > MAX_TABLE_BYTES:
            raise EvidenceError(
                f"standard input: expected at most {MAX_TABLE_BYTES} bytes, found more"
            )
        return content, "standard input", ""
    shown, ending = str(path), path.suffix.lower()
    if ending not in _TABLES | _OF_SCORECARDS:
        raise UsageError(f"{shown}: expected {_FORMS}, found {ending[:20] or 'no ending'}")
    return read_foreign_file(path, max_bytes=MAX_TABLE_BYTES), shown, ending
