"""The jobs of a results store, told: a table a model."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from weighin.evidence.jobs.kept import (
    JobKey,
    JobState,
    KeptJob,
    KeptJobs,
    LoggedRow,
    differing,
)
from weighin.evidence.jobs.stated import EFFECTS
from weighin.evidence.records import Score
from weighin.reports.page.model import (
    REMARK,
    Column,
    Gist,
    Guide,
    Lines,
    Meaning,
    Page,
    Run,
    Section,
    Table,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.wording import age_words, counted, metric_words, score_words
from weighin.rules.interface import Outcome

Differences = Mapping[JobKey, Mapping[str, str]]

_SHOWN_ROWS: Final = 200
_SHOWN_NOTES: Final = 10
_DIGITS: Final = 12
_DIGITS_OF_A_JOB: Final = 8
_SHA256: Final = "sha256:"
_STATES_MEAN: Final = {
    JobState.RECORDED: "a record stands for it, and a run reuses it",
    JobState.PARTIAL: "a record of fewer documents than the benchmark has",
    JobState.RETIRED: "somebody retired what is recorded: it decides nothing, and still counts",
    JobState.BEING_SCORED: "a worker is at it",
    JobState.ABANDONED: "begun, without a record, and nobody is at it",
    JobState.DAMAGED: "what stands for it cannot be read, or is not what was recorded",
}
_COLOURS: Final = {JobState.DAMAGED: Outcome.VIOLATED, JobState.ABANDONED: Outcome.UNDECIDED}


def jobs_page(found: KeptJobs, now: datetime) -> Page:
    """A sum, then a section a model."""
    models: defaultdict[str, list[KeptJob]] = defaultdict(list)
    for job in found.jobs:
        models[job.model].append(job)
    differences = differing(found.jobs)
    notes = Lines(tuple((foreign(note),) for note in found.notes), shown=_SHOWN_NOTES)
    return Page(
        title=(name(found.place), ours(f": {_summary(found)}")),
        sections=(
            *(_of_model(model, jobs, differences, found, now) for model, jobs in models.items()),
            *(_of_logs(log_format, rows, now) for log_format, rows in _by_format(found)),
            Section(title=(ours("Noted"),), blocks=(notes,)),
        ),
        guide=Guide(
            title="Jobs",
            answer=Gist(
                question="What is recorded here, and what became of the rest?",
                answer=ours("Nothing is judged here: `weighin check` judges."),
            ),
            meanings=tuple(Meaning(word=s, words=words) for s, words in _STATES_MEAN.items()),
        ),
    )


def _summary(found: KeptJobs) -> str:
    states = [job.state for job in found.jobs]
    told = [f"{states.count(state)} {state}" for state in JobState if state in states]
    of = f" in {len(found.stores)} stores" if len(found.stores) > 1 else ""
    if found.rows:
        told.append(f"{counted(len(found.rows), 'row')} of logs of other harnesses")
    return ", ".join((f"{counted(len(states), 'job')}{of}", *told))


def _by_format(found: KeptJobs) -> Iterable[tuple[str, list[LoggedRow]]]:
    formats: defaultdict[str, list[LoggedRow]] = defaultdict(list)
    for row in found.rows:
        formats[row.format].append(row)
    return sorted(formats.items())


def _of_logs(log_format: str, rows: Sequence[LoggedRow], now: datetime) -> Section:
    columns = (
        Column("model"),
        Column("benchmark"),
        Column("score"),
        Column("age", is_whole=True),
    )
    cells = tuple(
        (
            name(row.model),
            name(row.benchmark),
            ours(_score(row.score, row.more_scores)),
            ours(age_words(row.time, now)),
        )
        for row in rows
    )
    files = counted(len({row.file for row in rows}), "log")
    table = Table(columns, cells, shown=_SHOWN_ROWS, noun="row")
    return Section(title=(foreign(log_format),), label=f"{files}, no jobs", blocks=(table,))


def _of_model(
    model: str,
    jobs: Sequence[KeptJob],
    differences: Differences,
    found: KeptJobs,
    now: datetime,
) -> Section:
    weights = {job.weights for job in jobs if job.weights is not None}
    of_one = f"weights {weights.pop()[:_DIGITS]}" if len(weights) == 1 else ""
    has_stores = len(found.stores) > 1
    columns = (
        *((Column("store"),) if has_stores else ()),
        Column("job", is_whole=True),
        Column("benchmark"),
        Column("score"),
        Column("age", is_whole=True),
        Column("state"),
    )
    rows: list[tuple[Run, ...]] = []
    for job in jobs:
        store = (name(_below(found.place, job.store)),) if has_stores else ()
        rows.append((*store, *_cells(job, now)))
        # Below its job, where there is room for sentences on any terminal.
        rows.extend(
            (*(ours("") for _ in store), ours(""), remark, ours(""), ours(""), ours(""))
            for remark in _remarks(job, differences)
        )
    table = Table(columns, tuple(rows), shown=_SHOWN_ROWS, noun="row")
    return Section(title=(name(model),), label=of_one, blocks=(table,))


def _cells(job: KeptJob, now: datetime) -> tuple[Run, ...]:
    return (
        name(job.job_id[:_DIGITS_OF_A_JOB]),
        name(job.benchmark),
        ours(_score(job.score, job.more_scores) if job.record else ""),
        ours(age_words(job.time, now)),
        ours(job.state, _COLOURS.get(job.state)),
    )


def _score(score: Score | None, more_scores: int) -> str:
    more = f" (+{more_scores})" if more_scores else ""
    return f"{metric_words(score)} {score_words(score)}{more}".strip()


def _remarks(job: KeptJob, differences: Differences) -> Iterator[Run]:
    """What tells it from other jobs of its benchmark, and what else is to be said of it."""
    differ = differences.get(job.key, {})
    causes = [setting for setting in differ if setting not in EFFECTS]
    for setting in causes or differ:
        yield foreign(f"{REMARK}{setting} {differ[setting].removeprefix(_SHA256)}")
    if job.attempts > 1:
        yield ours(f"{REMARK}{job.attempts} attempts")
    if job.why:
        yield foreign(f"{REMARK}{job.why}", _COLOURS.get(job.state))


def _below(place: str, store: str) -> str:
    return store.removeprefix(place).lstrip("/") or "."
