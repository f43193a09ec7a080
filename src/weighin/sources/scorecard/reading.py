"""Published scorecards of every form: a scorecard file, a pasted table, a model card."""

from pathlib import Path

from weighin.errors import UsageError
from weighin.evidence.benchmarks import BenchmarkRegistry
from weighin.evidence.scorecard import Scorecard, Unit
from weighin.files.bounded import read_foreign_file
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.card import has_model_index, scorecard_of_card
from weighin.sources.scorecard.file import read_scorecard_file
from weighin.sources.scorecard.tables.reading import scorecard_of_csv, scorecard_of_markdown

MAX_TABLE_BYTES = 4 << 20
"""What people paste is far below."""

_FORMS = ".yaml for a scorecard file, .csv or .tsv for a table, .md for tables or a model card"


def read_scorecard(
    path: Path, unit: Unit | None = None, registry: BenchmarkRegistry | None = None
) -> Scorecard:
    """The scorecard in a file, by the ending of its name.

    Args:
        path: YAML (a scorecard file), CSV or TSV (a table), or Markdown: the `model-index` of its
            front matter if it has one, else its tables.
        unit: Of numbers for which the file says none and nothing tells it; `None` asks.
        registry: Benchmarks that are known, for tables; `None` loads those of weighin.

    Raises:
        EvidenceError: It is unreadable or wrong; the message names the line.
        UsageError: The ending is of no known form, or the unit of a number cannot be told.
    """
    shown, ending = str(path), path.suffix.lower()
    if ending not in {".yaml", ".yml", ".csv", ".tsv", ".md", ".markdown"}:
        raise UsageError(f"{shown}: expected {_FORMS}, found {ending[:20] or 'no ending'}")
    content = read_foreign_file(path, max_bytes=MAX_TABLE_BYTES)
    if ending in {".yaml", ".yml"}:
        return read_scorecard_file(content, shown, unit)
    known = load_registry() if registry is None else registry
    if ending in {".csv", ".tsv"}:
        return scorecard_of_csv(content, shown, known, unit)
    read = scorecard_of_card if has_model_index(content) else scorecard_of_markdown
    return read(content, shown, known, unit)
