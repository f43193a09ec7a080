"""The records of one scorecard row: those of the model, under the names that the user gave."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from weighin.errors import RequirementsError
from weighin.evidence.collected import (
    BrokenFile,
    Declaration,
    DocumentScores,
    Evidence,
    FinishedAttempt,
    Recomputed,
    ScoreKey,
)
from weighin.evidence.records import Record
from weighin.requirements.model import Requirements


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the evidence holds of one model, with benchmarks named as the requirements name them.

    Attributes:
        records: The records of the model.
        other_records: Those of other models, as they are.
        recompute: Recomputes the scores of one of `records`.
        broken_files: Broken files of the model, and those of which the model is not known.
        interrupted_attempts: By benchmark.
        finished_attempts: Those at the benchmarks of the model.
        declarations: What people declare of the model.
        document_scores: Scores of the single documents of one of `records`.
    """

    records: tuple[Record, ...]
    other_records: tuple[Record, ...]
    recompute: Callable[[Record], Recomputed]
    broken_files: tuple[BrokenFile, ...]
    interrupted_attempts: Mapping[str, int]
    finished_attempts: tuple[FinishedAttempt, ...]
    declarations: tuple[Declaration, ...]
    document_scores: Callable[[Record], DocumentScores]


def row_of(requirements: Requirements, evidence: Evidence) -> Row:
    """The row that some requirements are about.

    Raises:
        RequirementsError: The aliases of two benchmarks name one benchmark of the evidence.
    """
    names = BenchmarkNames(requirements)
    mine = [r for r in evidence.records if is_of_model(requirements, r.model)]
    originals: dict[int, Record] = {}
    records: list[Record] = []
    for record in mine:
        task = names.required(record.asked.task)
        as_required = record if task == record.asked.task else renamed(record, task)
        originals[id(as_required)] = record
        records.append(as_required)

    def recompute(record: Record) -> Recomputed:
        original = originals[id(record)]
        found = evidence.recompute(original)
        return _back_to_required(found, original.asked.task, record.asked.task)

    def document_scores(record: Record) -> DocumentScores:
        original = originals[id(record)]
        found = evidence.document_scores(original)
        before, task = original.asked.task, record.asked.task
        return {_as_required(key, before, task): scores for key, scores in found.items()}

    return Row(
        records=tuple(records),
        other_records=tuple(r for r in evidence.records if not is_of_model(requirements, r.model)),
        recompute=recompute,
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
        declarations=tuple(
            replace(declared, benchmark=names.required(declared.benchmark))
            for declared in evidence.declarations
            if is_of_model(requirements, declared.model)
        ),
        document_scores=document_scores,
    )


def is_of_model(requirements: Requirements, name: str) -> bool:
    """Whether a name is the model's: exactly, by an alias, or as the last part of a path."""
    names = {requirements.model.name, *requirements.model.aliases}
    return name in names or name.rstrip("/").rpartition("/")[2] in names


class BenchmarkNames:
    """How the requirements name the benchmarks of the evidence."""

    def __init__(self, requirements: Requirements) -> None:
        """The names in some requirements."""
        self._requirements = requirements
        self._tasks = {b.task for b in requirements.benchmarks}
        self._aliases = [
            (alias, _pattern(alias), number)
            for number, benchmark in enumerate(requirements.benchmarks)
            for alias in benchmark.aliases
        ]
        self._known: dict[str, str] = {}

    def required(self, task: str) -> str:
        """The required benchmark that a benchmark of the evidence is; itself if it is none.

        A name that is required as it stands is that; an alias without `*` goes before one with it.

        Raises:
            RequirementsError: It is two.
        """
        if task in self._tasks or not self._aliases:
            return task
        if task not in self._known:
            self._known[task] = self._by_alias(task)
        return self._known[task]

    def _by_alias(self, task: str) -> str:
        exact = {number for alias, _, number in self._aliases if alias == task}
        found = sorted(
            exact or {number for _, pattern, number in self._aliases if pattern.fullmatch(task)}
        )
        benchmarks = self._requirements.benchmarks
        if len(found) > 1:
            place = self._requirements.required_at(f"benchmarks.{found[1]}.aliases")
            raise RequirementsError(
                f"{place or self._requirements.source}: {task!r} is an alias of "
                f"{benchmarks[found[0]].task} and of {benchmarks[found[1]].task}; a benchmark of "
                "the evidence can be only one"
            )
        return benchmarks[found[0]].task if found else task


def _pattern(alias: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, re.split(r"\*+", alias))), re.DOTALL)


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


def _back_to_required(found: Recomputed, before: str, task: str) -> Recomputed:
    if before == task:
        return found

    def key(old: ScoreKey) -> ScoreKey:
        return _as_required(old, before, task)

    return Recomputed(
        values={key(old): value for old, value in found.values.items()},
        documents={key(old): count for old, count in found.documents.items()},
        why_not={key(old): reason for old, reason in found.why_not.items()},
    )


def _as_required(key: ScoreKey, before: str, task: str) -> ScoreKey:
    return (task if key[0] == before else key[0], key[1], key[2])
