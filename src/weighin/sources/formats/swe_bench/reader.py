"""Reports of SWE-bench (`<model>.<run>.json`), read as a record."""

import re
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import Recomputed
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import NOT_NAMED, Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping
from weighin.identity.facets import Facet
from weighin.sources.formats.facets import Ways, every_facet, named, observed, stated
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs, told_elsewhere
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
    refusing,
)

HARNESS = "SWE-bench (version not recorded)"
TASK = "swe_bench"
"""Name of the benchmark: a report does not say which of SWE-bench's data sets it is of."""

RESOLVED = "resolved"
"""The metric: instances that were resolved, of all of them, whether or not they were submitted."""

_FORMAT = "SWE-bench report"
_OF_REPORT = frozenset({"total_instances", "resolved_instances", "resolved_ids"})
_OF_INSTANCE = frozenset({"patch_successfully_applied", RESOLVED})
# Beside a report: what a run was graded against, and the patches that were.
_OF_RUN = frozenset({"dataset", "split", "task_repo", "created_at"})
_OF_PREDICTION = frozenset({"instance_id", "model_patch", "model_name_or_path"})
_MOST_BYTES_OF_FIRST = 1 << 20
# The service behind sb-cli names its reports after the data, and no model.
_OF_SERVICE = re.compile(r"swe-bench[-_](?:m|lite|verified|multimodal)__\w{1,20}?__.+\.json")
_HOW = Ways(producer=HARNESS)


class SweBenchReader:
    """Reports of SWE-bench on a run; what it writes beside them is known, and no evidence."""

    signs: ClassVar[Signs] = {
        "SWE-bench report": ("total_instances", "resolved_instances", "resolved_ids")
    }

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is JSON with SWE-bench's counts, or what lies beside such a report."""
        if not file.is_json():
            return _are_predictions(file)
        document = as_mapping(file.json())
        return document.keys() >= _OF_REPORT or _is_beside(file.json())

    def read(self, file: ForeignFile) -> Reading:
        """One record; none of what lies beside a report."""
        if not file.is_json():
            raise EvidenceError(
                f"{file.path}: expected results of a known format, found predictions of SWE-bench, "
                "which nothing has graded yet; give the report that its harness writes beside "
                "them, <model>.<run>.json"
            )
        document = as_mapping(file.json())
        if not document.keys() >= _OF_REPORT:
            return told_elsewhere(
                f"beside a {_FORMAT}", file, "the run's report, <model>.<run>.json"
            )
        with refusing(file, "a report of SWE-bench"):
            record = _record(file, document)
        return Reading(format=_FORMAT, records=(record,))


def _are_predictions(file: ForeignFile) -> bool:
    """Whether it is lines of JSON, the first of which is a prediction."""
    if file.suffix != ".jsonl":
        return False
    first = file.content()[:_MOST_BYTES_OF_FIRST].partition(b"\n")[0]
    return all(f'"{key}"'.encode() in first for key in _OF_PREDICTION)


def _is_beside(value: JsonValue) -> bool:
    """Whether it is a report on one instance, what a run was graded against, or predictions."""
    if isinstance(value, list):
        return bool(value) and as_mapping(value[0]).keys() >= _OF_PREDICTION
    document = as_mapping(value)
    if document.keys() == _OF_RUN:
        return True
    first = as_mapping(next(iter(document.values()), None))
    return (len(document) == 1 and first.keys() >= _OF_INSTANCE) or first.keys() >= _OF_PREDICTION


def _record(file: ForeignFile, document: Json) -> LoggedRecord:
    # `/` in the name became `__`; a name may have dots, and a run hardly has.
    model, _, run = file.name.removesuffix(".json").rpartition(".")
    if _OF_SERVICE.fullmatch(file.name):
        model, run = "", file.name.removesuffix(".json")
    total = as_count(document.get("total_instances"))
    resolved = as_count(document.get("resolved_instances"))
    submitted = as_count(document.get("submitted_instances"))
    scores = tuple(_scores(total, resolved))
    settings: dict[str, JsonValue] = {
        "run_name": run,
        "scores_not_finite": [] if scores else [f"resolved: {resolved} of {total}"],
    }
    weights = observed(
        Facet.WEIGHTS,
        _HOW,
        named(model),
        summary=f"only the name of the file: {model}" if model else NOT_NAMED,
    )
    record = foreign_record(
        model or NOT_NAMED,
        foreign_question(
            TASK,
            # Before what was submitted was counted, the total was of that alone.
            documents_total=None if submitted is None else total,
            # Predictions for instances of other data are counted as submitted, and never scored.
            documents_scored=min(submitted or 0, total or 0) if submitted is not None else total,
        ),
        foreign_run(HARNESS, settings=settings),
        file=file.shown,
        observations=every_facet([weights], _HOW),
        scores=scores,
        is_partial=submitted is not None and total is not None and submitted < total,
        facts=_facts(document, model),
    )
    return LoggedRecord(
        record=record,
        folder=file.path.parent,
        recompute=partial(_recomputed, scores, document),
    )


def _scores(total: int | None, resolved: int | None) -> Iterator[Score]:
    if total and resolved is not None:
        yield foreign_score(TASK, RESOLVED, resolved / total, aggregation="mean", documents=total)


def _recomputed(scores: tuple[Score, ...], document: Json) -> Recomputed:
    """The share of the instances that are listed as resolved."""
    keys = [(score.task, score.metric, score.filter) for score in scores]
    total, listed = as_count(document.get("total_instances")), document.get("resolved_ids")
    if not total or not isinstance(listed, list):
        why = "the report does not list the resolved instances"
        return Recomputed(values={}, documents={}, why_not=dict.fromkeys(keys, why))
    names = {name for name in listed if isinstance(name, str)}
    return Recomputed(
        values=dict.fromkeys(keys, len(names) / total),
        documents=dict.fromkeys(keys, total),
        why_not={},
    )


def _facts(document: Json, model: str) -> Iterator[Fact]:
    errors = as_count(document.get("error_instances"))
    missing = [item for item in as_list(document.get("incomplete_ids")) if isinstance(item, str)]
    found = (
        stated(FactName.REQUESTED_MODEL, model or None),
        # An instance that failed is not resolved, and counts.
        stated(
            FactName.ERRORS,
            None if not errors else {"errors": errors, "counted_as_wrong": True},
            "/error_instances",
        ),
        stated(FactName.MISSING_DOCUMENTS, [*missing] or None, "/incomplete_ids"),
    )
    yield from (fact for fact in found if fact is not None)
