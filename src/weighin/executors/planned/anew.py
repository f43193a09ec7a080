"""Why a benchmark that is recorded is scored anew: what of its job is another than before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import JsonValue

from weighin.evidence.differences.difference import Difference
from weighin.evidence.differences.headline import topic_name
from weighin.evidence.differences.held.jobs import TASK, held_jobs
from weighin.evidence.differences.words.wording import listed
from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.evidence.store import Store
from weighin.executors.plan import Job, Plan
from weighin.requirements.model import BenchmarkRequirement
from weighin.sources.store.retired import retired_in

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.tasks.loading import LoadedBenchmark

_SHOWN: Final = 4
_TELLING: Final = (
    "num_fewshot", "decoding", "chat_template", "system_prompt", "repeats", "seed", "fewshot_seed",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredAnew:
    """A job whose benchmark is recorded already, by another job or attempt.

    Attributes:
        label: What the benchmark is called in the requirements.
        job_id: The job.
        before: The attempt that it is held against, the latest.
        why: What is another, for a sentence.
    """

    label: str
    job_id: str
    before: str
    why: str

    @property
    def sentence(self) -> str:
        """That it is scored anew, and why."""
        return f"{self.label} is scored anew: {self.why}"


def scored_anew(
    plan: Plan,
    job: Job,
    store: Store,
    benchmark: "LoadedBenchmark",
    required: Sequence[BenchmarkRequirement],
) -> ScoredAnew | None:
    """What a job is held against; `None` if its benchmark was never recorded under this name.

    Args:
        plan: What the job is part of.
        job: One that is to be scored.
        store: The results.
        benchmark: Its loaded task.
        required: All benchmarks of the requirements: where several are of one task, only what was
            asked with the settings that tell them apart is an earlier score of one of them.
    """
    is_one_of_several = sum(one.task == job.task for one in required) > 1
    records = [
        record
        for record in store.records_of_benchmark(plan.model, job.task)
        if not is_one_of_several or _is_asked_alike(store.planned_job(record.run.job_id), job)
    ]
    if not records:
        return None
    retired = retired_in(store.storage)
    latest = max(records, key=lambda r: (r.run.job_id not in retired, r.run.started))
    return ScoredAnew(
        label=job.label,
        job_id=job.job_id,
        before=latest.run.attempt_id,
        why=_why(plan, job, store, benchmark, latest),
    )


def _is_asked_alike(planned: Mapping[str, JsonValue] | None, job: Job) -> bool:
    """Whether a job has the settings by which benchmarks of one task are told apart."""
    return planned is not None and all(
        planned.get(key) == job.description.get(key) for key in _TELLING
    )


def _why(plan: Plan, job: Job, store: Store, benchmark: "LoadedBenchmark", before: Record) -> str:
    if before.run.job_id == job.job_id:
        return "--new-attempt" if plan.new_attempt else "what is recorded of it is retired"
    planned = store.planned_job(before.run.job_id)
    if planned is None:
        told = [*_of_task(benchmark, before, job.max_samples)]
        return listed(told) if told else "other settings; the plan of the job before is not kept"
    told = [
        part
        for difference in held_jobs(planned, job.description)
        for part in _parts(difference, benchmark, before, job.max_samples)
    ]
    return "; ".join(told[:_SHOWN]) + (f" and {len(told) - _SHOWN} more" if told[_SHOWN:] else "")


def _parts(
    difference: Difference, benchmark: "LoadedBenchmark", before: Record, max_samples: int | None
) -> Iterator[str]:
    told = tuple(_of_task(benchmark, before, max_samples)) if difference.topic == TASK else ()
    yield from told or (f"{topic_name(difference.topic)}: {difference.brief}",)


def _of_task(
    benchmark: "LoadedBenchmark", before: Record, max_samples: int | None
) -> Iterator[str]:
    """Which of configuration, code and documents of a task are others than a record has."""
    asked = before.asked
    if asked.config_digest is not None and asked.config_digest != benchmark.config_digest:
        yield "the task's configuration differs"
    documents = benchmark.documents_digest(max_samples)
    if asked.documents_digest is not None and asked.documents_digest != documents:
        yield "the documents differ"
    fact = before.fact(FactName.TASK_CODE)
    code: Mapping[str, object] = fact.value if fact and isinstance(fact.value, dict) else {}
    own = benchmark.definition.own_code
    edited = sorted(name for name in {**code, **own} if code.get(name) != own.get(name))
    if fact is not None and edited:
        yield f"Python of the task differs: {listed(edited)}"
