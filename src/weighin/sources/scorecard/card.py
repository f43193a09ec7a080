"""The `model-index` of a model card as a scorecard, its numbers as they are printed."""

from collections.abc import Iterator
from dataclasses import dataclass

from weighin.errors import EvidenceError
from weighin.evidence.benchmarks import Benchmark, BenchmarkRegistry
from weighin.evidence.scorecard import (
    Artifact,
    Protocol,
    Scorecard,
    ScorecardNumber,
    Source,
    Unit,
)
from weighin.files.canonical import sha256_hex
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_text
from weighin.files.yaml.foreign import MAX_YAML_BYTES, front_matter_key
from weighin.files.yaml.own_files import strict_file, with_printed_numbers
from weighin.files.yaml.problems import Keys
from weighin.sources.scorecard.tables.benchmark_label import BenchmarkLabel, benchmark_label
from weighin.sources.scorecard.tables.cells.printed_cell import PrintedCell, printed_cell
from weighin.sources.scorecard.tables.claims.counting.told import told_units
from weighin.sources.scorecard.tables.claims.counting.unclear import Told, Unclear

KEY = "model-index"

_SHOTS = ("num_few_shot", "num_fewshot", "num_few_shots", "n_shot", "shots")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    cell: PrintedCell
    model: str
    label: BenchmarkLabel
    dataset: Json
    metric: str
    source: Source
    pointer: str


def has_model_index(content: bytes) -> bool:
    """Whether Markdown has front matter with a `model-index`."""
    return front_matter_key(content.decode("utf-8", "replace"), KEY) is not None


def scorecard_of_card(
    content: bytes, shown: str, registry: BenchmarkRegistry, unit: Unit | None = None
) -> Scorecard:
    """The scorecard in the `model-index` of a model card.

    Args:
        content: Its bytes.
        shown: How it is named in messages and in the scorecard.
        registry: Benchmarks that are known.
        unit: Of numbers for which nothing tells it; `None` asks.

    Raises:
        EvidenceError: The index is malformed, or holds what is no number.
        UsageError: The unit of a number cannot be told.
    """
    block = (front_matter_key(content.decode("utf-8", "replace"), KEY) or "").encode()
    if len(block) > MAX_YAML_BYTES:
        raise EvidenceError(f"{shown}: expected at most {MAX_YAML_BYTES} bytes, found {len(block)}")
    file = with_printed_numbers(
        strict_file(block, f"{shown}, {KEY}", EvidenceError),
        block,
        lambda keys: keys[-1] == "value",
    )
    if file.document.problems:
        file.fail(file.document.problems)
    index = as_mapping(file.document.root).get(KEY)
    if not isinstance(index, list):
        raise EvidenceError(f"{shown}: {KEY}: expected a list of models, found none")
    found = [
        number
        for place, model in enumerate(index)
        for number in _of_model(shown, as_mapping(model), (KEY, place), registry)
    ]
    if not found:
        raise EvidenceError(f"{shown}: {KEY}: expected at least one number, found none")
    units = told_units([_unclear(shown, number) for number in found], unit)
    names = dict.fromkeys(number.model for number in found)
    return Scorecard(
        title=shown,
        file=shown,
        sha256=sha256_hex(content),
        artifacts=tuple(Artifact(name=name, claimed_as=name) for name in names),
        numbers=tuple(_number(number, told) for number, told in zip(found, units, strict=True)),
    )


def _of_model(shown: str, model: Json, at: Keys, registry: BenchmarkRegistry) -> Iterator[_Found]:
    name = as_text(model.get("name"))
    results = as_list(model.get("results"))
    if name is None and results:
        raise EvidenceError(f"{shown}: {_pointer(at)}: expected the name of the model, found none")
    for number, result in enumerate(results):
        entry = as_mapping(result)
        dataset, said = as_mapping(entry.get("dataset")), as_mapping(entry.get("source"))
        source = Source(
            title=as_text(said.get("name")) or shown, url=as_text(said.get("url")) or ""
        )
        for place, metric in enumerate(as_list(entry.get("metrics"))):
            here = (*at, "results", number, "metrics", place)
            cell = _cell(shown, as_mapping(metric), here)
            if cell is not None:
                yield _Found(
                    cell=cell,
                    model=name or "",
                    label=_label(shown, dataset, here, registry),
                    dataset=dataset,
                    metric=_metric(as_mapping(metric)),
                    source=source,
                    pointer=_pointer(here),
                )


def _cell(shown: str, metric: Json, at: Keys) -> PrintedCell | None:
    value = metric.get("value")
    if value is None:
        return None
    if not isinstance(value, str):
        kind = type(value).__name__
        raise EvidenceError(f"{shown}: {_pointer(at)}/value: expected a number, found a {kind}")
    try:
        return printed_cell(value)
    except ValueError as error:
        raise EvidenceError(f"{shown}: {_pointer(at)}/value: {error}") from error


def _label(shown: str, dataset: Json, at: Keys, registry: BenchmarkRegistry) -> BenchmarkLabel:
    """The benchmark under the first of its names that is known, else under its first."""
    names = [as_text(dataset.get(key)) for key in ("name", "config", "type")]
    labels = [benchmark_label(name, registry) for name in names if name is not None]
    if not labels:
        raise EvidenceError(f"{shown}: {_pointer(at)}: expected a dataset with a name, found none")
    return next((label for label in labels if label.benchmark is not None), labels[0])


def _metric(metric: Json) -> str:
    return as_text(metric.get("type")) or as_text(metric.get("name")) or ""


def _unclear(shown: str, number: _Found) -> Unclear:
    return Unclear(
        shown=f"{shown}: {number.pointer}",
        number=number.cell.number,
        is_percentage=number.cell.is_percentage or number.label.is_percentage,
        label=number.label.text,
        benchmark=number.label.benchmark,
    )


def _number(number: _Found, told: Told) -> ScorecardNumber:
    arguments = as_mapping(number.dataset.get("args"))
    shots = (as_count(arguments.get(key)) for key in _SHOTS)
    known: Benchmark | None = number.label.benchmark
    stated = next((count for count in shots if count is not None), number.label.shots)
    return ScorecardNumber(
        printed=number.cell.number,
        unit=told.unit or Unit.OTHER,
        is_unit_sure=told.is_sure,
        artifact=number.model,
        benchmark=number.label.text,
        registered_as="" if known is None else known.id,
        split=as_text(number.dataset.get("split")) or "",
        metric=number.metric,
        protocol=Protocol(shots=stated),
        source=number.source,
        pointer=number.pointer,
    )


def _pointer(keys: Keys) -> str:
    return "".join(f"/{key}" for key in keys)
