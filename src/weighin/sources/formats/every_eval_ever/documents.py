"""The samples beside an aggregate of Every Eval Ever, each as it was asked, answered and scored."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.differences.documents.logged import LoggedDocument
from weighin.evidence.records import Score
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.json.foreign import Json, as_list, as_mapping, as_text, parsed
from weighin.sources.formats.every_eval_ever.samples import names_of_row, score_of_row

_SCHEME = "sample_hash of Every Eval Ever"


def instance_documents(path: Path, scores: Sequence[Score]) -> Iterator[LoggedDocument]:
    """The rows that belong to the scores of a record.

    Args:
        path: The samples file.
        scores: Those of the record.

    Returns:
        Nothing from where the file can no longer be read.
    """
    try:
        lines = read_foreign_file(path, max_bytes=MAX_RESULTS_BYTES).splitlines()
        for row in (as_mapping(parsed(line)) for line in lines if line.strip()):
            yield from _document(row, scores)
    except (EvidenceError, ValueError, RecursionError):
        return


def _document(row: Json, scores: Sequence[Score]) -> Iterator[LoggedDocument]:
    names = names_of_row(row)
    own = [s for s in scores if s.filter in names or (len(scores) == 1 and s.task in names)]
    value = score_of_row(row)
    if own:
        asked, given = as_mapping(row.get("input")), as_mapping(row.get("output"))
        digest = as_text(row.get("sample_hash")) or ""
        yield LoggedDocument(
            task=own[0].task,
            name=str(row.get("sample_id")),
            digest=digest,
            scheme=_SCHEME if digest else "",
            prompt=as_text(asked.get("formatted")) or as_text(asked.get("raw")),
            answer=_first(given.get("raw")),
            scores={} if value is None else {(s.metric, s.filter): value for s in own},
        )


def _first(value: JsonValue) -> str | None:
    return as_text(next(iter(as_list(value)), value))
