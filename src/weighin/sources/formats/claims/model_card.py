"""Scores that a model card claims: `model-index` in the front matter of a Markdown file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.evidence.records import Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_text
from weighin.files.yaml.foreign import front_matter_key, starts_with, text_of, yaml_value
from weighin.sources.formats.claims.claim import (
    Claim,
    is_same_name,
    number_with_unit,
    repository_of,
)
from weighin.sources.formats.facets import stated
from weighin.sources.formats.reader import LoggedRecord, MadeRecords, Reading, Signs
from weighin.sources.formats.record import foreign_score

_KEY = "model-index"
_CARD = "README.md"
_SHOTS = ("num_few_shot", "num_fewshot", "num_few_shots", "n_shot", "shots")
_LONGEST_SHOWN = 60


class ModelCardReader:
    """Model cards with a `model-index`. One without is no evidence, and is not recognised."""

    signs: ClassVar[Signs] = {}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is Markdown whose front matter has a `model-index`."""
        if file.suffix != ".md" or not starts_with(file, b"---"):
            return False
        if _KEY.encode() not in file.content():
            return False
        return front_matter_key(file.content().decode("utf-8", "replace"), _KEY) is not None

    def read(self, file: ForeignFile) -> Reading:
        """A record for every dataset of every model in the index."""
        block = front_matter_key(text_of(file), _KEY)
        document = as_mapping(yaml_value(block or "", file.path))
        models = document.get(_KEY)
        if not isinstance(models, list):
            raise EvidenceError(f"{file.path}: {_KEY}: expected a list of models, found none")
        notes: list[str] = []
        claims = [
            claim
            for index, model in enumerate(models)
            for claim in _claims(file, as_mapping(model), f"/{_KEY}/{index}", notes)
        ]
        folder = file.path.parent
        records = MadeRecords(
            len(claims), lambda index: LoggedRecord(record=claims[index].record(), folder=folder)
        )
        return Reading(
            format="Hugging Face model card",
            records=records,
            representative=(lambda: records[0])
            if len({claim.model for claim in claims}) == 1
            else None,
            notes=tuple(notes),
        )


@dataclass(slots=True)
class _Benchmark:
    """Results that are of one dataset and source.

    Attributes:
        first: The first of them.
        pointer: Where it stands.
        scores: All their scores.
        units: Unit by metric, where one is stated.
        verified: Metrics that the card says the hub verified.
    """

    first: Json
    pointer: str
    scores: list[Score] = field(default_factory=list)
    units: dict[str, JsonValue] = field(default_factory=dict)
    verified: list[JsonValue] = field(default_factory=list)


def _claims(file: ForeignFile, model: Json, at: str, notes: list[str]) -> Iterator[Claim]:
    name = as_text(model.get("name"))
    results = as_list(model.get("results"))
    if name is None:
        notes.append(f"{file.shown}: {at}: a model without a name was passed over")
        return
    repository = repository_of(file.path.parent) if file.name == _CARD else ""
    is_other = bool(repository) and not is_same_name(name, repository)
    if is_other:
        notes.append(
            f"{file.shown}: the card in {repository} claims its scores under the name {name}"
        )
    if not results:
        notes.append(f"{file.shown}: {at}: {name} has no results in the index")
    label = stated(FactName.ARTIFACT_LABEL, repository) if is_other else None
    for benchmark in _benchmarks(file, results, at, notes):
        dataset = as_mapping(benchmark.first.get("dataset"))
        source = as_mapping(benchmark.first.get("source"))
        arguments = as_mapping(dataset.get("args"))
        shots = (as_count(arguments.get(key)) for key in _SHOTS)
        yield Claim(
            model=name,
            task=_task(dataset) or "unknown",
            dataset_path=as_text(dataset.get("type")) or as_text(dataset.get("name")),
            dataset_revision=_scalar_text(dataset.get("revision")),
            num_fewshot=next((count for count in shots if count is not None), None),
            scores=tuple(benchmark.scores),
            harness=f"model card, source {as_text(source.get('name')) or 'not stated'}",
            settings={
                "units": benchmark.units,
                "verified": benchmark.verified,
                "split": _scalar_text(dataset.get("split")) or "not stated",
                "source_url": as_text(source.get("url")) or "not stated",
                "dataset_name": as_text(dataset.get("name")) or "not stated",
            },
            shown=file.shown,
            pointer=benchmark.pointer,
            model_pointer=f"{at}/name",
            facts=() if label is None else (label,),
        )


def _benchmarks(
    file: ForeignFile, results: list[JsonValue], at: str, notes: list[str]
) -> Iterator[_Benchmark]:
    """The results by dataset and source, in the order of the card."""
    found: dict[str, _Benchmark] = {}
    for index, result in enumerate(results):
        entry, pointer = as_mapping(result), f"{at}/results/{index}"
        dataset = as_mapping(entry.get("dataset"))
        task = _task(dataset)
        if task is None:
            notes.append(f"{file.shown}: {pointer}: a result without a dataset was passed over")
            continue
        key = repr((task, dataset.get("split"), dataset.get("args"), entry.get("source")))
        benchmark = found.setdefault(key, _Benchmark(first=entry, pointer=pointer))
        for place, metric in enumerate(as_list(entry.get("metrics"))):
            where = f"{file.shown}: {pointer}/metrics/{place}"
            _add(benchmark, task, as_mapping(metric), where, notes)
    yield from (benchmark for benchmark in found.values() if benchmark.scores)


def _add(benchmark: _Benchmark, task: str, metric: Json, where: str, notes: list[str]) -> None:
    name = as_text(metric.get("type")) or as_text(metric.get("name")) or "score"
    number = number_with_unit(metric.get("value"))
    if number is None:
        found = str(metric.get("value"))[:_LONGEST_SHOWN]
        notes.append(f"{where}: passed over, for its value is no number: {found}")
        return
    value, unit = number
    title = as_text(metric.get("name"))
    taken = {score.metric for score in benchmark.scores}
    if name in taken and title is not None:
        name = title
    if unit:
        benchmark.units[name] = unit
    if metric.get("verified") is True:
        benchmark.verified.append(name)
    benchmark.scores.append(foreign_score(task, name, value))


def _task(dataset: Json) -> str | None:
    """Name of the benchmark: the dataset, and its configuration if one is chosen."""
    name = as_text(dataset.get("type")) or as_text(dataset.get("name"))
    config = _scalar_text(dataset.get("config"))
    return f"{name}/{config}" if name is not None and config is not None else name


def _scalar_text(value: JsonValue) -> str | None:
    """A text, or a number as text: YAML takes an unquoted `2024` for a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return as_text(value)
