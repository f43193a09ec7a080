"""The registry of benchmarks: what comes with weighin, and what users add."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from weighin.errors import EvidenceError, RequirementsError
from weighin.evidence.benchmarks import (
    Averaging,
    Benchmark,
    BenchmarkRegistry,
    ScoreKind,
    plain_name,
)
from weighin.files.bounded import read_foreign_file
from weighin.files.strict_model import StrictModel
from weighin.files.yaml.document import Document
from weighin.files.yaml.own_files import strict_file
from weighin.files.yaml.problems import Keys, Problem

MAX_REGISTRY_BYTES = 4 << 20
_SUFFIX = ".yaml"


class RegistryFile(StrictModel):
    """Benchmarks as they stand in a file.

    Attributes:
        weighin_registry: Version of this format: 1.
        benchmarks: The benchmarks; each of their names stands for one alone.
    """

    weighin_registry: Literal[1]
    benchmarks: Annotated[tuple[Benchmark, ...], Field(min_length=1)]


def load_registry(own: Sequence[Path] = ()) -> BenchmarkRegistry:
    """The benchmarks that come with weighin, and those of a user's files.

    Args:
        own: Files of the same format. A benchmark in one replaces that of the same id in those
            before it, and in weighin's.

    Raises:
        RequirementsError: A file cannot be read or is wrong; a line a problem, with its place.
    """
    found = {benchmark.id: benchmark for benchmark in _of_weighin()}
    for path in own:
        found |= _benchmarks(_content(path), str(path), found)
    return BenchmarkRegistry(benchmarks=tuple(found.values()))


def registered_benchmark(task: str) -> Benchmark | None:
    """The benchmark that comes with weighin and is scored by a task of lm-eval, if there is one."""
    return _registry_of_weighin().scored_by(task)


@cache
def _registry_of_weighin() -> BenchmarkRegistry:
    return load_registry()


@cache
def _of_weighin() -> tuple[Benchmark, ...]:
    """The benchmarks that come with weighin; their files do not change while it runs."""
    found: dict[str, Benchmark] = {}
    for file in sorted(_shipped(), key=lambda file: file.name):
        found |= _benchmarks(file.read_bytes(), f"registry {file.name}", found)
    return tuple(found.values())


def _shipped() -> Iterator[Traversable]:
    """The files that come with weighin: in the wheel, or in the sources that it runs from."""
    package = resources.files("weighin")
    inside = package / "tasks" / "registry"
    folder: Traversable = inside if inside.is_dir() else _beside_sources()
    return (file for file in folder.iterdir() if file.name.endswith(_SUFFIX))


def _beside_sources() -> Path:
    folder = Path(str(resources.files("weighin"))).parents[1] / "tasks" / "registry"
    if not folder.is_dir():
        raise RequirementsError(
            f"{folder}: expected the registry of benchmarks, found nothing; install weighin anew"
        )
    return folder


def _content(path: Path) -> bytes:
    try:
        return read_foreign_file(path, max_bytes=MAX_REGISTRY_BYTES)
    except EvidenceError as error:
        raise RequirementsError(str(error)) from error


def _benchmarks(
    content: bytes, shown: str, before: Mapping[str, Benchmark]
) -> dict[str, Benchmark]:
    file = strict_file(content, shown, RequirementsError)
    found = file.as_model(
        RegistryFile,
        lambda read: itertools.chain(
            _of_one(file.document, read.benchmarks),
            _of_names(file.document, read.benchmarks, before),
        ),
    )
    return {benchmark.id: benchmark for benchmark in found.benchmarks}


def _of_one(document: Document, benchmarks: Sequence[Benchmark]) -> Iterator[Problem]:
    """What is wrong with a benchmark in itself."""
    for number, benchmark in enumerate(benchmarks):
        at: Keys = ("benchmarks", number)
        total = sum(task.documents for task in benchmark.tasks)
        if benchmark.tasks and total != benchmark.documents:
            text = f"expected {benchmark.documents} documents in its tasks, found {total}"
            yield document.problem((*at, "tasks"), text)
        names = [plain_name(task.name) for task in benchmark.tasks]
        if len(set(names)) < len(names):
            yield document.problem((*at, "tasks"), "a task stands twice; name each once")
        if benchmark.documents is None and benchmark.score is not ScoreKind.UNBOUNDED:
            text = "missing; write documents: the number of documents of its split"
            yield document.problem((*at, "documents"), text)
        if benchmark.revisions and (benchmark.dataset is None or benchmark.documents is None):
            text = "commits of no dataset; write dataset and documents, or remove them"
            yield document.problem((*at, "revisions"), text)
        if (Averaging.MEAN_OF_METRICS in benchmark.averaging) != bool(
            benchmark.metric_denominators
        ):
            text = (
                "expected the denominator of each metric with averaging mean-of-metrics, and "
                "without it none"
            )
            yield document.problem((*at, "metric_denominators"), text)
        if Averaging.MACRO in benchmark.averaging and not benchmark.tasks:
            text = "averaging macro needs the tasks with their documents; write tasks, or remove it"
            yield document.problem((*at, "averaging"), text)


def _of_names(
    document: Document, benchmarks: Sequence[Benchmark], before: Mapping[str, Benchmark]
) -> Iterator[Problem]:
    """Names that stand for two benchmarks."""
    replaced = {benchmark.id for benchmark in benchmarks}
    owners = {
        plain_name(name): other.id
        for other in before.values()
        if other.id not in replaced
        for name in (other.id, *other.names)
    }
    for number, benchmark in enumerate(benchmarks):
        for plain in {plain_name(name): None for name in (benchmark.id, *benchmark.names)}:
            keys: Keys = ("benchmarks", number, "names")
            if not plain:
                text = "a name without a letter or digit; write one that tells it from others"
                yield document.problem(keys, text)
            elif (owner := owners.setdefault(plain, benchmark.id)) != benchmark.id:
                text = f"name {plain!r} is of {owner} too; a name stands for one benchmark"
                yield document.problem(keys, text)
    ids = [benchmark.id for benchmark in benchmarks]
    for number, identifier in enumerate(ids):
        if identifier in ids[:number]:
            keys = ("benchmarks", number, "id")
            yield document.problem(keys, f"{identifier} stands twice; name each once")
