"""Records as one table: a row a score, with what is known of each facet and how well."""

import csv
import io
from collections.abc import Iterator, Sequence

from weighin.evidence.records import Record, Score
from weighin.identity.facets import Facet
from weighin.reports.export.exported import Export, ExportedFile, unit_of, without_scores
from weighin.reports.shared.spreadsheet import safe_cell

_FILE = "weighin.csv"
_COLUMNS = (
    "model", "benchmark", "task", "metric", "filter", "value", "unit", "stderr", "documents",
    "is_partial", "num_fewshot", "task_version", "dataset", "dataset_revision", "harness",
    "run_engine", "started", "checkpoint_id", "file", "pointer",
)  # fmt: skip


def export_csv(records: Sequence[Record]) -> Export:
    """One table of all records."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow((*_COLUMNS, *_facet_columns()))
    for record in records:
        for score in record.scores:
            writer.writerow((*_cells(record, score), *_facet_cells(record)))
    content = stream.getvalue().encode("utf-8")
    return Export(files=(ExportedFile(path=_FILE, content=content),), notes=without_scores(records))


def _facet_columns() -> Iterator[str]:
    for facet in Facet:
        yield facet.value
        yield f"{facet.value}_grade"


def _cells(record: Record, score: Score) -> Iterator[str]:
    asked, run = record.asked, record.run
    for text in (record.model, asked.task, score.task, score.metric, score.filter):
        yield safe_cell(text)
    yield repr(score.value)
    yield safe_cell(unit_of(record, score.metric))
    yield "" if score.stderr is None else repr(score.stderr)
    yield "" if score.documents is None else str(score.documents)
    yield "true" if record.is_partial else "false"
    yield "" if asked.num_fewshot is None else str(asked.num_fewshot)
    for maybe in (
        asked.task_version, asked.dataset_path, asked.dataset_revision, run.harness, run.engine,
        run.started, record.checkpoint_id, record.origin.file, record.origin.pointer,
    ):  # fmt: skip
        yield safe_cell(maybe or "")


def _facet_cells(record: Record) -> Iterator[str]:
    for facet in Facet:
        observation = record.observation(facet)
        yield safe_cell(observation.summary)
        yield observation.grade.value if observation.applies else "does not apply"
