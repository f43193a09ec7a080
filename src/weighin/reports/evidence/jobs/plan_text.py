"""What a plan would do, as lines."""

from collections.abc import Iterator

from weighin.evidence.jobs.forecast import RunForecast
from weighin.reports.shared.foreign_text import visible
from weighin.reports.shared.wording import counted, duration_words, size_words

_LABEL = 12
_MOST_FILES = 5


def render(found: RunForecast, *, verbose: bool = False) -> str:
    """A line a job, and what holds for all of them; foreign text is shown and never obeyed."""
    return "".join(f"{visible(line)}\n" for line in _lines(found, verbose=verbose))


def _lines(found: RunForecast, *, verbose: bool) -> Iterator[str]:
    to_score = [job for job in found.jobs if not job.is_reused]
    of = "a served model" if found.checkpoint_id is None else f"checkpoint {found.checkpoint_id}"
    yield f"{found.model}: {counted(len(found.jobs), 'job')}, {len(to_score)} to score, by {of}"
    if found.overrides:
        changed = ", ".join(f"--set {text}" for text in found.overrides)
        yield _fact("changed", f"the requirements were changed by {changed}")
    wide = max((len(job.label) for job in found.jobs), default=0)
    yield f"  #    job           {'benchmark':<{wide}}  documents   requests"
    for index, job in enumerate(found.jobs):
        state = "reused" if job.is_reused else "to score"
        yield (
            f"  {index:<4} {job.job_id[:12]}  {job.label:<{wide}}  {job.documents:>9}  "
            f"{job.requests:>9}  {state}: {job.why}"
        )
    if found.checkpoint_bytes:
        read = found.checkpoint_bytes - found.remembered_bytes
        yield _fact(
            "checkpoint",
            f"{size_words(found.checkpoint_bytes)}, which a run reads twice; {size_words(read)} "
            f"read for this plan, {size_words(found.remembered_bytes)} remembered",
        )
    yield _fact("task files", f"{found.task_files} of your own in the plan")
    if found.elsewhere:
        count = len(found.elsewhere)
        shown = found.elsewhere if verbose else found.elsewhere[:_MOST_FILES]
        more = f" and {count - len(shown)} more" if count > len(shown) else ""
        yield _fact(
            "elsewhere",
            f"{counted(count, 'file')} that the tasks read must be the same on every machine: "
            f"{', '.join(map(str, shown))}{more}",
        )
    yield from (_fact("note", note) for note in found.notes)
    yield _fact("time", _time(found))
    if found.key is None:
        yield _fact("plan", "not kept; --results STORE keeps it, for `weighin job`")
    else:
        yield _fact("plan", found.plan_id)
        yield _fact("next", f"weighin job {found.plan_id} --index 0 --results {found.results}")


def _fact(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}"


def _time(found: RunForecast) -> str:
    if all(job.is_reused for job in found.jobs):
        return "nothing is to be scored"
    if found.seconds is None:
        unknown = sum(not job.is_reused and job.seconds is None for job in found.jobs)
        return f"unknown: of {counted(unknown, 'benchmark')} nothing is recorded here"
    least, most = map(duration_words, found.seconds)
    told = least if least == most else f"{least} to {most}"
    return f"{told}, one job after the other, as they were recorded here; loading comes on top"
