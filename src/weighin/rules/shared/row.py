"""The records of one scorecard row: those of the model, under the names that the user gave."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from weighin.errors import RequirementsError
from weighin.evidence.collected import (
    BrokenFile,
    Declaration,
    DocumentHashes,
    DocumentScores,
    Evidence,
    FinishedAttempt,
    ReadRecord,
    Recomputed,
    ScoreKey,
)
from weighin.evidence.records import Record
from weighin.identity.facets import spelling_apart
from weighin.requirements.benchmark_labels import RequiredBenchmarks
from weighin.requirements.model import Requirements

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the evidence holds of one model, with benchmarks named as the requirements name them.

    Attributes:
        read_records: The records of the model.
        other_records: Those of other models, as they are.
        broken_files: Broken files of the model, and those of which the model is not known.
        interrupted_attempts: By benchmark.
        finished_attempts: Those at the benchmarks of the model.
        answered_attempts: Those at the benchmarks of the model.
        declarations: What people declare of the model.
        renamed: Sentences on records that the requirements name otherwise than they name
            themselves.
    """

    read_records: tuple[ReadRecord, ...]
    other_records: tuple[Record, ...]
    broken_files: tuple[BrokenFile, ...]
    interrupted_attempts: Mapping[str, int]
    finished_attempts: tuple[FinishedAttempt, ...]
    answered_attempts: tuple[FinishedAttempt, ...]
    declarations: tuple[Declaration, ...]
    renamed: tuple[str, ...] = ()


def row_of(requirements: Requirements, evidence: Evidence) -> Row:
    """The row that some requirements are about.

    Raises:
        RequirementsError: The aliases of two benchmarks name one benchmark of the evidence.
    """
    names = BenchmarkNames(requirements)
    return Row(
        read_records=tuple(
            read_as(read, names.required(read.record.asked.task))
            for read in evidence.read_records
            if is_of_model(requirements, read.record.model)
        ),
        other_records=tuple(r for r in evidence.records if not is_of_model(requirements, r.model)),
        broken_files=tuple(
            replace(broken, benchmark=names.required(broken.benchmark))
            for broken in evidence.broken_files
            if not broken.model or is_of_model(requirements, broken.model)
        ),
        interrupted_attempts={
            task: count
            for (model, task), count in evidence.interrupted_attempts.items()
            if model == requirements.model.name
        },
        finished_attempts=tuple(
            attempt
            for attempt in evidence.finished_attempts
            if is_of_model(requirements, attempt.model)
        ),
        answered_attempts=tuple(
            attempt
            for attempt in evidence.answered_attempts
            if is_of_model(requirements, attempt.model)
        ),
        declarations=tuple(
            replace(declared, benchmark=names.required(declared.benchmark))
            for declared in evidence.declarations
            if is_of_model(requirements, declared.model)
        ),
        renamed=tuple(_renamed(requirements, names, evidence.records)),
    )


def _renamed(
    requirements: Requirements, names: "BenchmarkNames", records: Iterable[Record]
) -> Iterator[str]:
    """One sentence an alias: whose word it is that a record is of what is required."""
    own = [record for record in records if record.is_own]
    said: dict[str, None] = {}
    for record in own:
        model, task = requirements.model.name, names.required(record.asked.task)
        if record.model in requirements.model.aliases:
            said[f"recorded of {record.model}, which the file calls {model}"] = None
        if task != record.asked.task and is_of_model(requirements, record.model):
            said[f"{task} is recorded as {record.asked.task}, which the file calls its alias"] = (
                None
            )
    yield from said


def is_of_model(requirements: Requirements, name: str) -> bool:
    """Whether a name is the model's: in any spelling, by an alias, or as a path's last part."""
    names = {requirements.model.name, *requirements.model.aliases}
    if name in names or name.rstrip("/").rpartition("/")[2] in names:
        return True
    spelling = spelling_apart(name)
    spellings = {spelling_apart(one) for one in names}
    # The last part of a hub's id is alike in any case, as the id is.
    is_id = spelling.count("/") == 1 and not spelling.startswith(("/", "~"))
    bare = {one.casefold() for one in names} if is_id else names
    return spelling in spellings or spelling.rpartition("/")[2] in bare


class BenchmarkNames:
    """How the requirements name the benchmarks of the evidence."""

    def __init__(self, requirements: Requirements) -> None:
        """The names in some requirements."""
        self._requirements = requirements
        self._tasks = {b.task for b in requirements.benchmarks}
        self._labels = RequiredBenchmarks(requirements.benchmarks).labels
        self._aliases = [
            (alias, number)
            for number, benchmark in enumerate(requirements.benchmarks)
            for alias in benchmark.aliases
        ]
        self._known: dict[str, str] = {}

    def required(self, task: str) -> str:
        """The required benchmark that a benchmark of the evidence is; itself if it is none.

        A name that is required as it stands is that; an alias without `*` goes before one with it.
        Where a task is required several times, an alias of one of these is that one's.

        Raises:
            RequirementsError: It is two.
        """
        if task in self._tasks or not self._aliases:
            return task
        if task not in self._known:
            self._known[task] = self._by_alias(task)
        return self._known[task]

    def _by_alias(self, task: str) -> str:
        exact = {number for alias, number in self._aliases if alias == task}
        found = sorted(exact or {number for alias, number in self._aliases if _is(task, alias)})
        benchmarks = self._requirements.benchmarks
        if len({benchmarks[number].task for number in found}) > 1:
            place = self._requirements.required_at(f"benchmarks.{found[1]}.aliases")
            raise RequirementsError(
                f"{place or self._requirements.source}: {task!r} is an alias of "
                f"{benchmarks[found[0]].task} and of {benchmarks[found[1]].task}; a benchmark of "
                "the evidence can be only one"
            )
        if len(found) == 1:
            return self._labels[found[0]]
        return benchmarks[found[0]].task if found else task


def _is(task: str, alias: str) -> bool:
    """Whether an alias, in which `*` stands for any text, is of a benchmark.

    Part by part, each as early as it goes, and never back: names come from the evidence, and a
    regular expression takes the third power of their length.
    """
    first, *parts = alias.split("*")
    if not parts:
        return task == alias
    *within, last = parts
    end = len(task) - len(last)
    at = len(first)
    if not (task.startswith(first) and task.endswith(last) and at <= end):
        return False
    for part in within:
        found = task.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def renamed(record: Record, task: str) -> Record:
    """The record under the name of a required benchmark; where it stands stays in its origin."""
    before = record.asked.task
    return record.model_copy(
        update={
            "asked": record.asked.model_copy(update={"task": task}),
            "scores": tuple(
                score.model_copy(update={"task": task}) if score.task == before else score
                for score in record.scores
            ),
        }
    )


def read_as(read: ReadRecord, task: str) -> ReadRecord:
    """What was read, under the name of a required benchmark."""
    if task == read.record.asked.task:
        return read
    return ReadRecord(
        record=renamed(read.record, task),
        recompute=partial(_recomputed, read, task),
        document_scores=partial(_document_scores, read, task),
        document_hashes=partial(_document_hashes, read, task),
    )


def _recomputed(read: ReadRecord, task: str) -> Recomputed:
    found = read.recompute()
    return Recomputed(
        values=_with_names(found.values, read, task),
        documents=_with_names(found.documents, read, task),
        why_not=_with_names(found.why_not, read, task),
    )


def _document_scores(read: ReadRecord, task: str) -> DocumentScores:
    return _with_names(read.document_scores(), read, task)


def _document_hashes(read: ReadRecord, task: str) -> DocumentHashes:
    before = read.record.asked.task
    return {task if of == before else of: found for of, found in read.document_hashes().items()}


def _with_names(found: Mapping[ScoreKey, T], read: ReadRecord, task: str) -> dict[ScoreKey, T]:
    """What was found under the name of the evidence, under that of the required benchmark."""
    before = read.record.asked.task
    return {
        (task if of == before else of, metric, name): value
        for (of, metric, name), value in found.items()
    }
