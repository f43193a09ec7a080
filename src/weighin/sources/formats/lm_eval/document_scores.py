"""What samples files say of single documents."""

from contextlib import suppress
from pathlib import Path

from weighin.errors import EvidenceError
from weighin.evidence.collected import DocumentScores, ScoreKey
from weighin.evidence.records import Record
from weighin.files.bounded import is_readable_inside
from weighin.sources.formats.lm_eval.samples import read_document_scores


def document_scores_of(record: Record, folder: Path) -> DocumentScores:
    """Scores of single documents, from the samples files of lm-eval that a record names.

    Args:
        record: The record.
        folder: The folder that its files are relative to, and lie in.

    Returns:
        Nothing of files that cannot be read: that is for `score-recomputes` to tell.
    """
    found: dict[ScoreKey, dict[str, float]] = {}
    for file in record.files:
        # A record is foreign: it must not make us read files outside its own folder, or a device.
        if file.role != "samples" or not is_readable_inside(folder, file.path):
            continue
        with suppress(EvidenceError):
            for (metric, name), scores in read_document_scores(folder / file.path).items():
                found[file.task, metric, name] = scores
    return found
