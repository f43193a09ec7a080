"""Scores that a model repository claims in `.eval_results/*.yaml`."""

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.records import NOT_NAMED, Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_mapping, as_text
from weighin.files.yaml.foreign import starts_with, text_of, yaml_value
from weighin.sources.formats.claims.claim import Claim, number_with_unit, repository_of
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs
from weighin.sources.formats.record import foreign_score

FOLDER = ".eval_results"
"""Name of the folder in a model repository."""

_SUFFIXES = frozenset({".yaml", ".yml"})
_FIRST_ITEM = re.compile(rb"\A(?:\s|#[^\n]*\n|---)*-\s+dataset:")
_MOST_OF_START = 4096
# As `weighin export` writes it.
_METRIC_NOTE = re.compile(r"metric ([^;,]+),([^;,]+)(?:;|$)")
_STDERR_NOTE = re.compile(r"stderr ([-+0-9.eE]+)(?:;|$)")
_LONGEST_SHOWN = 60


class HubEvalResultsReader:
    """Result files of model repositories on the Hugging Face hub."""

    signs: ClassVar[Signs] = {}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is YAML in a folder `.eval_results`, or starts like such a file."""
        if file.suffix not in _SUFFIXES:
            return False
        if file.path.parent.name == FOLDER:
            return True
        if not starts_with(file, b""):
            return False
        start = file.content()[:_MOST_OF_START]
        return _FIRST_ITEM.match(start) is not None and b"task_id:" in start

    def read(self, file: ForeignFile) -> Reading:
        """A record for every result."""
        entries = yaml_value(text_of(file), file.path)
        if not isinstance(entries, list):
            raise EvidenceError(
                f"{file.path}: expected a list of results with dataset and value, found none"
            )
        notes: list[str] = []
        claims = tuple(_claims(file, entries, notes))
        return Reading(
            format="Hugging Face .eval_results",
            records=tuple(
                LoggedRecord(record=claim.record(), folder=file.path.parent) for claim in claims
            ),
            notes=tuple(notes),
        )


def _claims(file: ForeignFile, entries: list[JsonValue], notes: list[str]) -> Iterator[Claim]:
    folder = file.path.absolute().parent
    model = repository_of(folder.parent if folder.name == FOLDER else folder)
    for index, item in enumerate(entries):
        entry = as_mapping(item)
        dataset = as_mapping(entry.get("dataset"))
        name, task_id = as_text(dataset.get("id")), as_text(dataset.get("task_id"))
        number = number_with_unit(entry.get("value"))
        if name is None or task_id is None:
            notes.append(
                f"{file.shown}: /{index}: a result without dataset and task_id was passed over"
            )
            continue
        if number is None:
            found = str(entry.get("value"))[:_LONGEST_SHOWN]
            notes.append(
                f"{file.shown}: /{index}: passed over, for its value is no number: {found}"
            )
            continue
        source = as_mapping(entry.get("source"))
        yield Claim(
            model=model or NOT_NAMED,
            task=f"{name}/{task_id}",
            dataset_path=name,
            dataset_revision=as_text(dataset.get("revision")),
            scores=(_score(entry, f"{name}/{task_id}", number[0]),),
            harness=f".eval_results, source {as_text(source.get('name')) or 'not stated'}",
            settings={
                "units": {"value": number[1]} if number[1] else {},
                "date": as_text(entry.get("date")) or "not stated",
                "source_url": as_text(source.get("url")) or "not stated",
                "notes": as_text(entry.get("notes")) or "",
            },
            shown=file.shown,
            pointer=f"/{index}",
        )


def _score(entry: Json, task: str, value: float) -> Score:
    """The metric has no field; files that weighin wrote name it in their notes."""
    notes = as_text(entry.get("notes")) or ""
    metric, stderr = _METRIC_NOTE.search(notes), _STDERR_NOTE.search(notes)
    error = None if stderr is None else number_with_unit(stderr[1])
    return foreign_score(
        task,
        "value" if metric is None else metric[1],
        value,
        filter_name="none" if metric is None else metric[2],
        stderr=None if error is None else error[0],
    )
