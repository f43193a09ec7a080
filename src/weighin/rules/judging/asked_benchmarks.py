"""Of which required benchmark each record is, where its task's name alone does not tell."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pydantic import JsonValue

from weighin.evidence.benchmarks import Benchmark
from weighin.evidence.collected import FinishedAttempt, ReadRecord
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.requirements.benchmark_labels import (
    METRIC,
    REPEATS,
    SHOTS,
    RequiredBenchmarks,
    called,
    told_setting,
)
from weighin.requirements.model import Requirements, RuleSetting
from weighin.rules.interface import Case
from weighin.rules.shared.per_record import is_stated
from weighin.rules.shared.row import BenchmarkNames, read_as, renamed
from weighin.rules.shared.stated.of_benchmark import parts_of
from weighin.rules.shared.stated.part import StatedPart


def told_apart(case: Case, *, every: bool) -> Case:
    """The case with every record under the label of the required benchmark that it is of.

    A record fits a required benchmark unless it says that it was asked otherwise in what makes
    another benchmark; one that fits several, as with two metrics of one run, is of each. One that
    fits none is judged where no other does. Beside one that does it is of another benchmark, which
    nobody required, and is named so.

    Args:
        case: What is judged, in which one task may be required several times.
        every: Whether every record is judged, also beside one that fits.
    """
    named = RequiredBenchmarks(case.requirements.benchmarks)
    homes = _Homes(case, named, every=every)
    if homes.are_all_plain:
        return case
    reads = tuple(one for read in case.read_records for one in homes.of_read(read))
    spread = partial(_spread, named)
    case = replace(
        case,
        read_records=reads,
        finished_attempts=_finished(case.finished_attempts, reads, spread),
        answered_attempts=_finished(case.answered_attempts, reads, spread),
    )
    if not named.several:
        return case
    return replace(
        case,
        requirements=_labelled(case.requirements, named),
        reference=tuple(one for r in case.reference for one in _references(homes, r)),
        broken_files=tuple(
            replace(broken, benchmark=label)
            for broken in case.broken_files
            for label in spread(broken.benchmark)
        ),
        declarations=tuple(
            replace(declared, benchmark=label)
            for declared in case.declarations
            for label in spread(declared.benchmark)
        ),
        interrupted_attempts={
            label: number
            for task, number in case.interrupted_attempts.items()
            for label in spread(task)
        },
        registered=partial(_registered, case.registered, _tasks(case.requirements, named)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """How a record fits a required benchmark.

    Attributes:
        is_asked: Whether it was asked as is required, in what makes another benchmark.
        has_metric: Whether it has the required metric, where metrics tell benchmarks apart.
        otherwise: In what it was asked otherwise.
    """

    is_asked: Agreement
    has_metric: Agreement
    otherwise: tuple[StatedPart, ...]


class _Homes:
    """The required benchmarks that records are of."""

    def __init__(self, case: Case, named: RequiredBenchmarks, *, every: bool) -> None:
        """Those of the records of a case."""
        self._case = case
        self._named = named
        self._every = every
        self._names = BenchmarkNames(case.requirements)
        self._by_label = {label: number for number, label in enumerate(named.labels)}
        self._fits: dict[tuple[int, int], tuple[Record, _Fit]] = {}
        of_task: dict[str, list[Record]] = {}
        for record in case.records:
            if self._places(record.asked.task):
                of_task.setdefault(record.asked.task, []).append(record)
        self._known: dict[int, set[bool]] = {}
        """By required benchmark: whether a statement, and a log, is known to fit it."""
        self._has_metric: set[int] = set()
        self._of_task = {
            task: records
            for task, records in of_task.items()
            if self._is_one_of_several(task) or len(records) > 1
        }
        for task, records in self._of_task.items():
            for number in self._places(task):
                self._look(number, records)
        self.are_all_plain = not named.several and not self._of_task

    def of_read(self, read: ReadRecord) -> Iterator[ReadRecord]:
        """A record under every label that it belongs under."""
        for label in self.labels(read.record):
            yield read_as(read, label)

    def labels(self, record: Record) -> tuple[str, ...]:
        """The benchmarks that a record is of, required or not."""
        task = record.asked.task
        if task not in self._of_task:
            return (task,)
        places = self._places(task)
        fits = {number: self.fit(number, record) for number in places}
        homes = [n for n in places if fits[n].is_asked is not Agreement.DIFFERENT]
        if any(fits[n].has_metric is Agreement.SAME for n in homes):
            homes = [
                n
                for n in homes
                if fits[n].has_metric is Agreement.SAME or n not in self._has_metric
            ]
        if not homes:
            homes = [n for n in places if self._every or not self._is_taken(n, record)]
        if homes:
            return tuple(self._named.labels[n] for n in homes)
        otherwise = fits[places[0]].otherwise
        # As the file names it: the label of one required benchmark is no name of another.
        plain = self._case.requirements.benchmarks[places[0]].task
        return (called(plain, [_told(part) for part in otherwise]),)

    def fit(self, number: int, record: Record) -> _Fit:
        """How a record fits a required benchmark."""
        key = (number, id(record))
        if key not in self._fits:
            # Kept with its record, so that no other can have its id.
            self._fits[key] = (record, self._compared(number, record))
        return self._fits[key][1]

    def _compared(self, number: int, record: Record) -> _Fit:
        required = self._case.requirements.benchmarks[number]
        telling = self._named.telling.get(required.task, ())
        always = [key for key in (SHOTS, REPEATS) if getattr(required, key) is not None]
        keys = dict.fromkeys((*telling, *always))
        parts = {p.key: p for p in parts_of(self._case, number, record) if p.key in keys}
        found = {k: parts[k].agreement if k in parts else Agreement.UNKNOWN for k in keys}
        metric = found.pop(METRIC, Agreement.SAME)
        answers = set(found.values())
        is_asked = Agreement.SAME
        for worse in (Agreement.UNKNOWN, Agreement.DIFFERENT):
            if worse in answers:
                is_asked = worse
        return _Fit(
            is_asked=is_asked,
            has_metric=metric,
            otherwise=tuple(parts[k] for k, a in found.items() if a is Agreement.DIFFERENT),
        )

    def _look(self, number: int, records: Iterable[Record]) -> None:
        """Note what is known to fit a required benchmark."""
        for record in records:
            retired = self._case.retired.get(record.run.job_id)
            fit = self.fit(number, record)
            if fit.is_asked is not Agreement.SAME or (retired and retired.holds_for(record)):
                continue
            self._known.setdefault(number, set()).add(is_stated(record))
            if fit.has_metric is Agreement.SAME:
                self._has_metric.add(number)

    def _is_taken(self, number: int, record: Record) -> bool:
        """Whether another record fits: a statement never stands for a log."""
        known = self._known.get(number, set())
        return bool(known) if is_stated(record) else False in known

    def _places(self, task: str) -> tuple[int, ...]:
        if (places := self._named.several.get(task)) is not None:
            return places
        number = self._by_label.get(task)
        return () if number is None else (number,)

    def _is_one_of_several(self, task: str) -> bool:
        benchmarks = self._case.requirements.benchmarks
        return any(benchmarks[n].task in self._named.several for n in self._places(task))

    def required(self, record: Record) -> tuple[str, ...]:
        """The required benchmarks of several of a task that a record of another row may be of."""
        task = self._names.required(record.asked.task)
        places = self._named.several.get(task, ())
        own = record if task == record.asked.task else renamed(record, task)
        return tuple(
            self._named.labels[n]
            for n in places
            if self._compared(n, own).is_asked is not Agreement.DIFFERENT
        )


def _told(part: StatedPart) -> str:
    if part.key in (SHOTS, REPEATS):
        return told_setting(part.key, part.found)
    return f"{part.key} {part.found}"


def _references(homes: _Homes, record: Record) -> Iterator[Record]:
    """A record to compare with under the labels that it fits; as it is where it fits none."""
    labels = homes.required(record)
    yield from (renamed(record, label) for label in labels) if labels else (record,)


def _labelled(requirements: Requirements, named: RequiredBenchmarks) -> Requirements:
    """The requirements in which every benchmark of several of a task is named by its label."""
    benchmarks = tuple(
        b if b.task not in named.several else b.model_copy(update={"task": label, "aliases": ()})
        for b, label in zip(requirements.benchmarks, named.labels, strict=True)
    )
    rules = {name: _widened(setting, named) for name, setting in requirements.rules.items()}
    return requirements.model_copy(update={"benchmarks": benchmarks, "rules": rules})


def _widened(setting: RuleSetting, named: RequiredBenchmarks) -> RuleSetting:
    """What a rule is told of a task holds for each of its benchmarks, unless it is told of one."""
    parameters: dict[str, JsonValue] = {
        name: _with_labels(value, named) if isinstance(value, dict) else value
        for name, value in setting.parameters.items()
    }
    return setting.model_copy(update={"parameters": parameters})


def _with_labels(
    by_task: Mapping[str, JsonValue], named: RequiredBenchmarks
) -> dict[str, JsonValue]:
    widened = dict(by_task)
    for task in named.several:
        if task in by_task:
            value = widened.pop(task)
            for label in _spread(named, task):
                widened.setdefault(label, value)
    return widened


def _spread(named: RequiredBenchmarks, task: str) -> tuple[str, ...]:
    """The labels of what is known of a task only; the task itself where it is required once."""
    places = named.several.get(task)
    return (task,) if places is None else tuple(named.labels[n] for n in places)


def _finished(
    attempts: Sequence[FinishedAttempt],
    reads: Sequence[ReadRecord],
    spread: Callable[[str], tuple[str, ...]],
) -> tuple[FinishedAttempt, ...]:
    """Attempts under the labels of their records, else of their jobs, else under all of a task."""
    of_attempt: dict[tuple[str, str], dict[str, None]] = {}
    of_job: dict[str, dict[str, None]] = {}
    for read in reads:
        run, label = read.record.run, read.record.asked.task
        of_attempt.setdefault((run.job_id, run.attempt_id), {})[label] = None
        of_job.setdefault(run.job_id, {})[label] = None
    return tuple(
        replace(attempt, benchmark=label)
        for attempt in attempts
        for label in of_attempt.get((attempt.job_id, attempt.attempt_id))
        or of_job.get(attempt.job_id)
        or spread(attempt.benchmark)
    )


def _tasks(requirements: Requirements, named: RequiredBenchmarks) -> Mapping[str, str]:
    """By label: its task."""
    return dict(zip(named.labels, (b.task for b in requirements.benchmarks), strict=True))


def _registered(
    known: Callable[[str], Benchmark | None], tasks: Mapping[str, str], label: str
) -> Benchmark | None:
    return known(tasks.get(label, label))
