"""What will be scored: one job a benchmark, a pure function of requirements and checkpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.requirements.model import BenchmarkRequirement, Requirements


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a run is asked for beside the requirements.

    Attributes:
        results: The results folder.
        only: Tasks to score; empty for all.
        max_samples: Only the first documents of every benchmark; `None` for what is required.
        new_attempt: Score again what is recorded already; every attempt is kept and counted.
        compress_samples: Write samples files as `.jsonl.gz`.
        command: The command line or call, for the record.
    """

    results: Path
    only: tuple[str, ...] = ()
    max_samples: int | None = None
    new_attempt: bool = False
    compress_samples: bool = False
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One benchmark on one checkpoint.

    Attributes:
        job_id: Digest of everything below and of the checkpoint.
        requirement: The benchmark.
        max_samples: Only the first documents; `None` for all.
        chat_template: Whether prompts go through the chat template.
        system_prompt: System prompt; `None` for none.
    """

    job_id: str
    requirement: BenchmarkRequirement
    max_samples: int | None
    chat_template: bool
    system_prompt: str | None


def wanted_tasks(requirements: Requirements, only: Sequence[str]) -> tuple[str, ...]:
    """The tasks to score, in the order of the requirements.

    Raises:
        UsageError: `only` names a task that is not required.
    """
    required = tuple(benchmark.task for benchmark in requirements.benchmarks)
    for task in only:
        if task not in required:
            raise UsageError(
                f"--only {task}: {requirements.source} requires no such benchmark; it requires "
                f"{', '.join(required)}"
            )
    return tuple(task for task in required if not only or task in only)


def plan_job(
    requirements: Requirements,
    benchmark: BenchmarkRequirement,
    *,
    subject: JsonValue,
    task_digest: str,
    max_samples: int | None,
) -> Job:
    """The job of one benchmark.

    What only moves a score by rounding (batch size, device) is recorded and not part of the job,
    so that a resumed run may go on elsewhere.

    Args:
        requirements: The requirements.
        benchmark: One of its benchmarks.
        subject: What answers: the checkpoint id and how it is loaded, or the endpoint.
        task_digest: Digest of the task, its code and its documents.
        max_samples: From the command line; `None` for what is required.
    """
    required = None if benchmark.samples == "all" else benchmark.samples
    samples = max_samples if max_samples is not None else required
    model = requirements.model
    chat_template = (
        model.chat_template if benchmark.chat_template is None else benchmark.chat_template
    )
    system_prompt = benchmark.system_prompt or model.system_prompt
    description: Mapping[str, JsonValue] = {
        "subject": subject,
        "task": benchmark.task,
        "task_digest": task_digest,
        "num_fewshot": benchmark.num_fewshot,
        "max_samples": samples,
        "decoding": benchmark.decoding,
        "chat_template": chat_template,
        "system_prompt": system_prompt,
    }
    return Job(
        job_id=sha256_hex(canonical_json(description)),
        requirement=benchmark,
        max_samples=samples,
        chat_template=chat_template,
        system_prompt=system_prompt,
    )


def plan_document(requirements: Requirements, jobs: Sequence[Job], subject: JsonValue) -> bytes:
    """The plan as canonical JSON, for the store; its digest is the plan id."""
    return canonical_json(
        {
            "format": "weighin.plan/1",
            "model": requirements.model.name,
            "subject": subject,
            "requirements_sha256": requirements.sha256,
            "jobs": [{"benchmark": job.requirement.task, "job_id": job.job_id} for job in jobs],
        }
    )
