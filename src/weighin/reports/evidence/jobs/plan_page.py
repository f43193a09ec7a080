"""What a plan would do, told: a row a job, with why it is reused or not."""

from collections.abc import Iterator
from typing import Final

from weighin.evidence.jobs.forecast import JobForecast, RunForecast
from weighin.reports.page.model import (
    REMARK,
    Column,
    Fact,
    Facts,
    Gist,
    Guide,
    Items,
    Page,
    Run,
    Section,
    Table,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.wording import counted, duration_words, size_words
from weighin.rules.interface import Outcome

_DIGITS_OF_A_JOB: Final = 8
_MOST_FILES: Final = 5
_PLAIN: Final = frozenset({"nothing of it is recorded", "recorded", "no results are given"})
"""Reasons that a state says already, as most jobs have them."""


def plan_page(found: RunForecast) -> Page:
    """What is scored and what is reused, then what holds for all jobs."""
    to_score = [job for job in found.jobs if not job.is_reused]
    told = f": {counted(len(found.jobs), 'job')}, {len(to_score)} to score"
    return Page(
        title=(name(found.model), ours(told)),
        sections=(
            Section(title=(ours("Jobs"),), blocks=(_jobs(found),)),
            Section(title=(ours("For all of them"),), blocks=(Facts(tuple(_facts(found))),)),
        ),
        guide=Guide(
            title="Plan",
            answer=Gist(
                question="What would a run score, and why?",
                answer=ours("No weights were loaded, and nothing was scored."),
            ),
        ),
    )


def _jobs(found: RunForecast) -> Table:
    has_times = any(job.seconds is not None for job in found.jobs)
    columns = (
        Column("#", is_number=True, is_whole=True),
        Column("job", is_whole=True),
        Column("benchmark"),
        Column("documents", is_number=True),
        Column("requests", is_number=True),
        *((Column("time"),) if has_times else ()),
        Column("state"),
    )
    rows = tuple(
        row
        for number, job in enumerate(found.jobs)
        for row in _rows(number, job, has_times=has_times)
    )
    return Table(columns, rows)


def _rows(number: int, job: JobForecast, *, has_times: bool) -> Iterator[tuple[Run, ...]]:
    blank = ours("")
    time = ours("" if job.seconds is None else _span(job.seconds))
    yield (
        ours(str(number)),
        name(job.job_id[:_DIGITS_OF_A_JOB]),
        name(job.label),
        ours(str(job.documents)),
        ours(str(job.requests)),
        *((time,) if has_times else ()),
        ours("reused", Outcome.MET) if job.is_reused else ours("to score"),
    )
    if job.why not in _PLAIN:
        after = (blank,) * (4 if has_times else 3)
        yield (blank, blank, foreign(f"{REMARK}{job.why}"), *after)


def _facts(found: RunForecast) -> Iterator[Fact]:
    if found.overrides:
        changed = ", ".join(f"--set {text}" for text in found.overrides)
        yield _fact("changed", f"the requirements were changed by {changed}")
    yield _fact("checkpoint", found.checkpoint_id or "none: a served model")
    if found.checkpoint_bytes:
        read = found.checkpoint_bytes - found.remembered_bytes
        yield _fact(
            "its size",
            f"{size_words(found.checkpoint_bytes)}, which a run reads twice; {size_words(read)} "
            f"read for this plan, {size_words(found.remembered_bytes)} remembered",
        )
    yield _fact("task files", f"{found.task_files} of your own in the plan")
    if found.elsewhere:
        of = f"{counted(len(found.elsewhere), 'file')} that the tasks read must be the same on "
        files = Items(tuple(name(str(path)) for path in found.elsewhere), _MOST_FILES)
        yield Fact(ours("elsewhere"), (ours(f"{of}every machine: "), files))
    yield from (_fact("note", note) for note in found.notes)
    yield _fact("time", _time(found))
    if found.key is None and found.results is None:
        yield _fact("plan", "not kept, and nothing that is recorded was looked at: --results STORE")
    elif found.key is None:
        yield _fact("plan", f"not kept; --results {found.results} keeps it for weighin job")
    else:
        yield _fact("plan", found.plan_id)
        yield _fact("next", f"weighin job {found.plan_id} --index 0 --results {found.results}")


def _fact(label: str, words: str) -> Fact:
    return Fact(ours(label), (foreign(words),))


def _time(found: RunForecast) -> str:
    if all(job.is_reused for job in found.jobs):
        return "nothing is to be scored"
    if found.seconds is None:
        unknown = sum(not job.is_reused and job.seconds is None for job in found.jobs)
        return f"unknown: of {counted(unknown, 'benchmark')} nothing is recorded here"
    told = _span(found.seconds)
    return f"{told}, one job after the other, as they were recorded here; loading comes on top"


def _span(seconds: tuple[float, float]) -> str:
    least, most = map(duration_words, seconds)
    return least if least == most else f"{least} to {most}"
