"""Records as `.eval_results/*.yaml` of a model repository on the Hugging Face hub.

The format names a dataset, a task of it and a value. What was scored, with which settings and how
well that is known goes into its free text, which no program reads but weighin.
"""

from collections.abc import Iterator, Sequence

from weighin.evidence.records import Record, Score
from weighin.identity.facets import Facet
from weighin.reports.export.exported import (
    Export,
    ExportedFile,
    folder_name,
    hub_name,
    once,
    unit_of,
    without_scores,
)
from weighin.sources.formats.claims.hub_eval_results import FOLDER

_FILE = "weighin.yaml"
_LONGEST_SUMMARY = 80


def export_hub_eval_results(records: Sequence[Record]) -> Export:
    """One file a model: in `.eval_results`, or in a folder each if there are several models."""
    models = sorted({record.model for record in records})
    files: list[ExportedFile] = []
    alike = 0
    for model in models:
        own = [record for record in records if record.model == model]
        entries = [entry for record in own for entry in _entries(record)]
        if entries:
            below = "" if len(models) == 1 else f"{folder_name(model.replace('/', '--'))}/"
            text = "".join(dict.fromkeys(entries))
            alike += len(entries) - len(set(entries))
            files.append(
                ExportedFile(path=f"{below}{FOLDER}/{_FILE}", content=text.encode("utf-8"))
            )
    return Export(
        files=tuple(files), notes=(*without_scores(records), *once(alike), *_notes(records))
    )


def _notes(records: Sequence[Record]) -> Iterator[str]:
    elsewhere = sum(
        bool(record.scores) and hub_name(record.asked.dataset_path) is None for record in records
    )
    if elsewhere:
        yield (
            f"records of datasets that are not named org/name on the hub, left out: {elsewhere}; "
            "the format needs the dataset's id"
        )
    parts = sum(
        score.task != record.asked.task
        for record in records
        if hub_name(record.asked.dataset_path) is not None
        for score in record.scores
    )
    if parts:
        yield f"scores of tasks within a benchmark, left out: {parts}"


def _entries(record: Record) -> Iterator[str]:
    dataset = hub_name(record.asked.dataset_path)
    if dataset is None:
        return
    for score in record.scores:
        if score.task == record.asked.task:
            yield _entry(record, dataset, score)


def _entry(record: Record, dataset: str, score: Score) -> str:
    task = record.asked.task.removeprefix(f"{dataset}/")
    unit = unit_of(record, score.metric)
    value = _quoted(f"{score.value!r}{unit}") if unit else repr(score.value)
    lines = ["- dataset:", f"    id: {_quoted(dataset)}", f"    task_id: {_quoted(task)}"]
    if record.asked.dataset_revision is not None:
        lines.append(f"    revision: {_quoted(record.asked.dataset_revision)}")
    lines.append(f"  value: {value}")
    if moment := record.run.finished or record.run.started:
        lines.append(f"  date: {_quoted(moment)}")
    lines.append(f"  notes: {_quoted('; '.join(_remarks(record, score)))}")
    return "".join(f"{line}\n" for line in lines)


def _remarks(record: Record, score: Score) -> Iterator[str]:
    yield f"metric {score.key}"
    if score.stderr is not None:
        yield f"stderr {score.stderr!r}"
    if record.asked.num_fewshot is not None:
        yield f"{record.asked.num_fewshot}-shot"
    if record.is_partial:
        yield "not all documents"
    yield record.run.harness
    weights = record.observation(Facet.WEIGHTS)
    yield f"weights {weights.grade}: {weights.summary[:_LONGEST_SUMMARY]}"


def _quoted(text: str) -> str:
    """A text between double quotes, as YAML 1.2 reads it back."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"
