"""What will be scored: one job a benchmark, a pure function of requirements and checkpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.evidence.jobs.settings import subject_settings
from weighin.evidence.ledger import Ledger, new_run_id
from weighin.evidence.store import Store
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.identity.manifest import Manifest
from weighin.requirements.benchmark_labels import RequiredBenchmarks
from weighin.requirements.model import BenchmarkRequirement, Requirements


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a run is asked for beside the requirements.

    Attributes:
        results: The results folder, or an URL of an object store.
        only: Tasks to score; empty for all.
        max_samples: Only the first documents of every benchmark; `None` for what is required.
        new_attempt: Score again what is recorded already; every attempt is kept and counted.
        compress_samples: Write samples files as `.jsonl.gz`.
        command: The command line or call, for the record.
        checkpoint: Folder of the checkpoint where the requirements name it by its id.
        watch: Whether the process is watched while the model answers.
        run_id: Of the run that it is part of; `None` for one of its own.
    """

    results: Path | str
    only: tuple[str, ...] = ()
    max_samples: int | None = None
    new_attempt: bool = False
    compress_samples: bool = False
    command: str = ""
    checkpoint: Path | None = None
    watch: bool = True
    run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One benchmark on one checkpoint.

    Attributes:
        job_id: Digest of the description.
        label: What the benchmark is called in the requirements: its task, if that is required once.
        requirement: The benchmark.
        task_digest: Digest of the task, its code and its documents.
        max_samples: Only the first documents; `None` for all.
        chat_template: Whether prompts go through the chat template.
        system_prompt: System prompt; `None` for none.
        description: Everything that makes it this job, what answers among it.
    """

    job_id: str
    label: str
    requirement: BenchmarkRequirement
    task_digest: str
    max_samples: int | None
    chat_template: bool
    system_prompt: str | None
    description: Mapping[str, JsonValue]

    @property
    def task(self) -> str:
        """Name of the task, under which it is recorded."""
        return self.requirement.task


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one run scores: all that its jobs have in common.

    Attributes:
        run_id: One for each run; stands in its records and ledger lines.
        model: Name under which the scores are claimed.
        subject: What answers, as it describes itself.
        requirements_sha256: Digest of the requirements file.
        jobs: One a wanted benchmark, in the order of the requirements; benchmarks that only the
            metric tells apart have one together.
        new_attempt: Score again what is recorded already.
        compress_samples: Write samples files as `.jsonl.gz`.
        command: The command line or call, for the record.
    """

    run_id: str
    model: str
    subject: JsonValue
    requirements_sha256: str
    jobs: tuple[Job, ...]
    new_attempt: bool
    compress_samples: bool
    command: str

    def ledger(self, store: Store) -> Ledger:
        """The ledger of a results folder, written in the name of this run."""
        return Ledger(store.storage, run_id=self.run_id, model=self.model)


def wanted_benchmarks(requirements: Requirements, only: Sequence[str]) -> tuple[str, ...]:
    """The labels of the benchmarks to score, in the order of the requirements.

    Args:
        requirements: The requirements.
        only: Labels, or tasks, which stand for every benchmark of theirs; empty for all.

    Raises:
        UsageError: `only` names a benchmark that is not required.
    """
    labels = RequiredBenchmarks(requirements.benchmarks).labels
    tasks = tuple(benchmark.task for benchmark in requirements.benchmarks)
    known = {*labels, *tasks}
    for name in only:
        if name not in known:
            raise UsageError(
                f"--only {name}: {requirements.source} requires no such benchmark; it requires "
                f"{', '.join(labels)}"
            )
    return tuple(
        label
        for label, task in zip(labels, tasks, strict=True)
        if not only or label in only or task in only
    )


def plan_run(
    requirements: Requirements,
    options: RunOptions,
    *,
    subject: JsonValue,
    manifest: Manifest | None,
    task_digests: Mapping[str, str],
) -> Plan:
    """The plan of one run.

    Args:
        requirements: The requirements.
        options: How the run is asked for.
        subject: What answers: the checkpoint id and how it is loaded, or the endpoint.
        manifest: The checkpoint; `None` for a served model.
        task_digests: Digest of the task of each wanted benchmark, by its label.
    """
    return Plan(
        run_id=options.run_id or new_run_id(),
        model=requirements.model.name,
        subject=subject,
        requirements_sha256=requirements.sha256,
        jobs=plan_jobs(
            requirements,
            subject=subject,
            manifest=manifest,
            task_digests=task_digests,
            max_samples=options.max_samples,
        ),
        new_attempt=options.new_attempt,
        compress_samples=options.compress_samples,
        command=options.command,
    )


def plan_jobs(
    requirements: Requirements,
    *,
    subject: JsonValue,
    manifest: Manifest | None,
    task_digests: Mapping[str, str],
    max_samples: int | None,
) -> tuple[Job, ...]:
    """The jobs of some benchmarks, in the order of the requirements.

    A checkpoint is its tensors and facets: cut into other files it is asked the same jobs.
    What only moves a score by rounding (batch size, device) is recorded and not part of the job,
    so that a resumed run may go on elsewhere.

    Args:
        requirements: The requirements.
        subject: What answers: the checkpoint id and how it is loaded, or the endpoint.
        manifest: The checkpoint; `None` for a served model.
        task_digests: Digest of the task, its code and its documents, of each of the benchmarks,
            by its label.
        max_samples: From the command line; `None` for what is required.
    """
    model = requirements.model
    jobs: dict[str, Job] = {}
    labels = RequiredBenchmarks(requirements.benchmarks).labels
    for label, benchmark in zip(labels, requirements.benchmarks, strict=True):
        if label not in task_digests:
            continue
        required = None if benchmark.samples == "all" else benchmark.samples
        samples = max_samples if max_samples is not None else required
        chat_template = (
            model.chat_template if benchmark.chat_template is None else benchmark.chat_template
        )
        system_prompt = benchmark.system_prompt or model.system_prompt
        description: Mapping[str, JsonValue] = {
            "format": "weighin.job/2",
            "subject": subject_settings(subject, manifest, chat_template=chat_template),
            "task": benchmark.task,
            "task_digest": task_digests[label],
            "num_fewshot": benchmark.num_fewshot,
            "max_samples": samples,
            "decoding": benchmark.decoding,
            "chat_template": chat_template,
            "system_prompt": system_prompt,
            "repeats": benchmark.repeats,
            "seed": benchmark.seed,
            "fewshot_seed": benchmark.fewshot_seed,
        }
        job = Job(
            job_id=sha256_hex(canonical_json(description)),
            label=label,
            requirement=benchmark,
            task_digest=task_digests[label],
            max_samples=samples,
            chat_template=chat_template,
            system_prompt=system_prompt,
            description=description,
        )
        # What only the metric tells apart is asked once.
        jobs.setdefault(job.job_id, job)
    return tuple(jobs.values())
