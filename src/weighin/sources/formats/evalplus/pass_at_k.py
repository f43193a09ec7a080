"""Scores that BigCodeBench writes beside its results (`…_pass_at_k.json`), read as a record."""

from typing import Final

from pydantic import JsonValue

from weighin.evidence.records import NOT_NAMED
from weighin.files.bounded import require_scores
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_mapping, as_number, as_text
from weighin.identity.facets import Facet
from weighin.sources.formats.facets import Ways, every_facet, named, observed
from weighin.sources.formats.passes import k_of
from weighin.sources.formats.reader import LoggedRecord
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
    refusing,
)

SIGNS: Final = ("pass@1", "model", "split", "subset", "calibrated")
ENDING: Final = "_pass_at_k.json"
_TASK: Final = "bigcodebench"
_FULL: Final = "full"


def is_pass_at_k(document: Json) -> bool:
    """Whether it has the keys that BigCodeBench gives its scores."""
    return document.keys() >= set(SIGNS)


def record_of_scores(file: ForeignFile, harness: str) -> LoggedRecord:
    """The scores as a record.

    Args:
        file: The file.
        harness: The name of the harness.

    Raises:
        EvidenceError: A field holds what its format does not allow.
    """
    document = as_mapping(file.json())
    # `/` in the name became `--`.
    model = (as_text(document.get("model")) or "").replace("--", "/")
    subset = as_text(document.get("subset")) or _FULL
    task = _TASK if subset == _FULL else f"{_TASK}_{subset}"
    told = {metric: value for metric, value in document.items() if k_of(metric) is not None}
    require_scores([told], file.path)
    odd = [f"{m}: {v}"[:80] for m, v in told.items() if as_number(v) is None]
    settings: dict[str, JsonValue] = {
        "split": as_text(document.get("split")) or "not stated",
        "scores_not_finite": list(odd),
    }
    how = Ways(producer=harness)
    weights = observed(Facet.WEIGHTS, how, named(model), summary=model or NOT_NAMED)
    with refusing(file, "scores of BigCodeBench"):
        record = foreign_record(
            model or NOT_NAMED,
            foreign_question(task),
            foreign_run(harness, settings=settings),
            file=file.shown,
            observations=every_facet([weights], how),
            scores=tuple(
                foreign_score(task, metric, number, aggregation=metric)
                for metric, value in told.items()
                if (number := as_number(value)) is not None
            ),
        )
    return LoggedRecord(record=record, folder=file.path.parent)
