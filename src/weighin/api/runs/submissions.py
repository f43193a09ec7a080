"""Plans whose jobs are handed to a queue."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from weighin.api.runs.plans import plan
from weighin.errors import UsageError
from weighin.executors.queues.handed_out import RETRIES, HandedOut, taken_along, this_program
from weighin.executors.queues.kubernetes.manifest import job_manifest, require_seen
from weighin.executors.queues.kubernetes.options import KubernetesOptions
from weighin.executors.queues.slurm.options import Behind, SlurmOptions
from weighin.executors.queues.slurm.sbatch import require_sbatch, submit_scripts
from weighin.executors.queues.slurm.scripts import Caller, array_script, check_script
from weighin.files.stores.opening import is_url
from weighin.files.yaml.dumped import yaml_text
from weighin.reports.evidence.submission import Submission
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes

PathLike = str | Path


def submit(
    requirements: PathLike,
    *,
    results: PathLike,
    to: SlurmOptions | KubernetesOptions,
    is_written_only: bool = False,
    only: Sequence[str] = (),
    max_samples: int | None = None,
    new_attempt: bool = False,
    compress_samples: bool = False,
    checkpoint: PathLike | None = None,
    checkpoint_there: str | None = None,
    cache: bool = True,
    environment: Sequence[str] = (),
    retries: int = RETRIES,
    most_at_once: int | None = None,
    command: str = "weighin.submit(...)",
    on_hashing: Callable[[int, int], None] | None = None,
    overrides: Sequence[str] = (),
) -> Submission:
    """Plan a run, keep its plan in the results, and hand its jobs to a queue.

    Each job is scored by a `weighin job` of its own. What is recorded already is not handed out.

    Args:
        requirements: The requirements file.
        results: Where the plan is kept and all is recorded; workers must see it, too.
        to: The queue, and what is asked of it.
        is_written_only: Write down what the queue would get, and give it nothing.
        only: Tasks to score.
        max_samples: Only the first documents of every benchmark.
        new_attempt: Score again what is recorded already.
        compress_samples: Write samples files as `.jsonl.gz`.
        checkpoint: Folder of the checkpoint here, where the requirements name it by its id.
        checkpoint_there: Where workers find it; `None` for the same place.
        cache: As for `weighin.api.plan`.
        environment: Variables of workers, `NAME=VALUE` or a NAME that is set here.
        retries: How often a job is started again that ended for want of a machine.
        most_at_once: How many jobs run at once at most; `None` for all.
        command: What the records say was called.
        on_hashing: Called with bytes hashed and bytes in all.
        overrides: What is stated otherwise than in the file, each as `model.dtype=float32`; the
            plan holds the file as changed by that.

    Raises:
        InfrastructureError: The queue cannot be reached now.
        UsageError: The queue is not there, refuses, or cannot be asked so.
        WeighinError: Something that the requirements name is missing, malformed or refused.
    """
    is_slurm = isinstance(to, SlurmOptions)
    if not is_slurm and not is_written_only:
        raise UsageError(
            "--kubernetes: expected --print-manifest, weighin calls no cluster; print the manifest "
            "and hand it to kubectl apply -f -"
        )
    if retries < 0 or (most_at_once is not None and most_at_once < 1):
        raise UsageError(
            f"expected no less than 0 retries and 1 job at once, found {retries} and {most_at_once}"
        )
    if is_slurm and not is_written_only:
        require_sbatch()
    endpoint = load_requirements(Path(requirements), rule_shapes(), overrides).model.endpoint
    named = () if endpoint is None else (endpoint.url_env, endpoint.api_key_env)
    secrets = tuple(filter(None, named))
    variables = taken_along(tuple(environment), is_same_machine=is_slurm, secrets=secrets)
    if isinstance(to, SlurmOptions):
        to.require_without(secrets)
    place = str(results if is_url(results) else Path(results).absolute())
    if isinstance(to, KubernetesOptions):
        require_seen(place, to)
    forecast = plan(
        requirements,
        results=place,
        only=only,
        max_samples=max_samples,
        new_attempt=new_attempt,
        compress_samples=compress_samples,
        checkpoint=checkpoint,
        command=command,
        cache=cache,
        on_hashing=on_hashing,
        overrides=overrides,
    )
    there = checkpoint_there
    if there is None and checkpoint is not None:
        there = str(Path(checkpoint).absolute())
    handed = HandedOut(
        plan_id=forecast.plan_id,
        plan=f"{place.rstrip('/')}/{forecast.key}@{forecast.plan_id}",
        results=place,
        count=len(forecast.jobs),
        indices=tuple(n for n, job in enumerate(forecast.jobs) if not job.is_reused),
        checkpoint=there,
        environment=variables,
        retries=retries,
        most_at_once=most_at_once,
    )
    submission = Submission(
        queue="slurm" if is_slurm else "kubernetes",
        forecast=forecast,
        plan=handed.plan,
        results=place,
    )
    if not handed.indices:
        return submission
    if isinstance(to, KubernetesOptions):
        return replace(submission, manifest=yaml_text(job_manifest(handed, to)))
    caller = Caller(
        program=this_program(),
        folder=str(Path.cwd()),
        requirements=str(Path(requirements).absolute()),
        overrides=tuple(overrides),
    )
    script = array_script(handed, to, caller)
    check = None if to.behind is Behind.NONE else check_script(handed, to, caller)
    submission = replace(submission, script=script, check_script=check)
    if is_written_only:
        return submission
    queued = submit_scripts(script, check, to)
    return replace(submission, array=queued.array, check=queued.check)
