"""`weighin submit`: hand the jobs of a plan to a queue."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.completions import required_tasks
from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.cli.requirements_file import (
    REQUIREMENTS_FILE,
    requirements_argument,
    requirements_at,
    set_option,
)
from weighin.reports.shared.formats import EVERYWHERE, Format


def submit(
    requirements: Annotated[Path | None, requirements_argument()] = None,
    *,
    results: Annotated[
        str, typer.Option(help="Where the plan is kept and all is recorded; workers see it, too.")
    ],
    slurm: Annotated[
        bool, typer.Option("--slurm", help="An array of Slurm, and a check behind it.")
    ] = False,
    kubernetes: Annotated[
        bool, typer.Option("--kubernetes", help="An Indexed Job; needs Kubernetes 1.29.")
    ] = False,
    print_script: Annotated[
        bool, typer.Option("--print-script", help="Slurm: print the script and submit nothing.")
    ] = False,
    print_manifest: Annotated[
        bool,
        typer.Option(
            "--print-manifest", help="Kubernetes: print the manifest; weighin calls none."
        ),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Score this benchmark only; may be repeated.", autocompletion=required_tasks
        ),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=1, help="Only the first N documents; recorded as partial.")
    ] = None,
    new_attempt: Annotated[
        bool, typer.Option(help="Score again what is recorded; every attempt is kept and counted.")
    ] = False,
    compress_samples: Annotated[
        bool, typer.Option(help="Write samples files as .jsonl.gz.")
    ] = False,
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="Folder of the checkpoint, where the file names it by its sha256: id."),
    ] = None,
    checkpoint_there: Annotated[
        str | None,
        typer.Option(metavar="WHERE", help="Where workers find the checkpoint, if not there."),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Read every file for the plan, as of `plan`.")
    ] = False,
    gpus_per_job: Annotated[int, typer.Option(min=0, help="GPUs of a job.")] = 0,
    cpus_per_job: Annotated[int | None, typer.Option(min=1, help="Cores of a job.")] = None,
    mem: Annotated[
        str | None, typer.Option(help="Memory of a job, as the queue writes it: 64G, 64Gi.")
    ] = None,
    max_parallel: Annotated[
        int | None, typer.Option(min=1, help="Most jobs that run at once.")
    ] = None,
    retries: Annotated[
        int, typer.Option(min=0, help="How often a job is started again that ends with 75.")
    ] = 3,
    env: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[=VALUE]", help="A variable of workers; may be repeated."),
    ] = None,
    partition: Annotated[str | None, typer.Option(help="Slurm: as of sbatch.")] = None,
    account: Annotated[str | None, typer.Option(help="Slurm: as of sbatch.")] = None,
    qos: Annotated[str | None, typer.Option(help="Slurm: as of sbatch.")] = None,
    time: Annotated[str | None, typer.Option(help="Slurm: as of sbatch, of a job.")] = None,
    sbatch_option: Annotated[
        list[str] | None,
        typer.Option(metavar="OPTION", help="Slurm: a further option of the jobs; repeatable."),
    ] = None,
    check_option: Annotated[
        list[str] | None,
        typer.Option(metavar="OPTION", help="Slurm: a further option of the check; repeatable."),
    ] = None,
    check: Annotated[
        str,
        typer.Option(
            metavar="WHEN", help="Slurm: check afterok (all are recorded), afterany, or none."
        ),
    ] = "afterok",
    logs: Annotated[
        Path | None, typer.Option(help="Slurm: folder for what jobs print [default: this one].")
    ] = None,
    image: Annotated[
        str | None, typer.Option(help="Kubernetes: image with weighin in it, by its digest.")
    ] = None,
    namespace: Annotated[str | None, typer.Option(help="Kubernetes: where the Job lies.")] = None,
    volume: Annotated[
        list[str] | None,
        typer.Option(
            metavar="pvc:CLAIM:/PLACE[:ro]", help="Kubernetes: a volume of pods; may be repeated."
        ),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(help="Kubernetes: a secret whose keys become variables; may be repeated."),
    ] = None,
    service_account: Annotated[
        str | None, typer.Option(help="Kubernetes: who the pods are.")
    ] = None,
    gpu_resource: Annotated[
        str, typer.Option(help="Kubernetes: what the cluster calls a GPU.")
    ] = "nvidia.com/gpu",
    overrides: Annotated[list[str] | None, set_option()] = None,
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> None:
    """Plan a run, and hand its jobs to Slurm or Kubernetes."""
    import shlex
    import sys

    from weighin import api
    from weighin.cli.terminal.output import remark
    from weighin.cli.terminal.progress.hashing import hashing_progress
    from weighin.cli.terminal.telling import tell
    from weighin.executors.queues.handed_out import command_to_keep
    from weighin.executors.queues.kubernetes.options import KubernetesOptions, volumes
    from weighin.executors.queues.slurm.options import SlurmOptions, behind, log_folder
    from weighin.reports.evidence import submission_json
    from weighin.reports.evidence.submission import as_text
    from weighin.reports.told.report import Report

    asked_for = asked(
        formats,
        of=EVERYWHERE,
        as_json=as_json,
        reads=[requirements or REQUIREMENTS_FILE, results, checkpoint],
        is_quiet=quiet,
    )
    file = requirements_at(requirements)
    of_slurm: dict[str, object] = {
        "--print-script": print_script,
        "--partition": partition,
        "--account": account,
        "--qos": qos,
        "--time": time,
        "--sbatch-option": sbatch_option,
        "--check-option": check_option,
        "--check": check != "afterok",
        "--logs": logs,
    }
    of_kubernetes: dict[str, object] = {
        "--print-manifest": print_manifest,
        "--image": image,
        "--namespace": namespace,
        "--volume": volume,
        "--secret": secret,
        "--service-account": service_account,
        "--gpu-resource": gpu_resource != "nvidia.com/gpu",
    }
    _require_one(slurm=slurm, kubernetes=kubernetes, given=of_kubernetes if slurm else of_slurm)
    to: SlurmOptions | KubernetesOptions
    if slurm:
        to = SlurmOptions(
            partition=partition,
            account=account,
            qos=qos,
            time=time,
            gpus=gpus_per_job,
            cpus=cpus_per_job,
            memory=mem,
            others=tuple(sbatch_option or ()),
            of_check=tuple(check_option or ()),
            behind=behind(check),
            logs=log_folder(logs),
        )
    else:
        to = KubernetesOptions(
            image=image or "",
            namespace=namespace,
            volumes=volumes(volume or ()),
            secrets=tuple(secret or ()),
            service_account=service_account,
            gpus=gpus_per_job,
            gpu_resource=gpu_resource,
            cpus=cpus_per_job,
            memory=mem,
        )
    with hashing_progress() as on_hashing:
        submission = api.submit(
            file,
            results=results,
            to=to,
            is_written_only=print_script or print_manifest,
            only=only or [],
            max_samples=samples,
            new_attempt=new_attempt,
            compress_samples=compress_samples,
            checkpoint=checkpoint,
            checkpoint_there=checkpoint_there,
            cache=not no_cache,
            environment=env or [],
            retries=retries,
            most_at_once=max_parallel,
            command=command_to_keep(sys.argv[1:]),
            on_hashing=on_hashing,
            overrides=overrides or [],
        )
    changed = (word for text in overrides or [] for word in ("--set", text))
    then = shlex.join(["weighin", "check", str(file), results, *changed])
    printers = {
        Format.TEXT: lambda: as_text(submission, then),
        Format.JSON: lambda: submission_json.render(submission),
    }
    tell(Report(printers=printers), asked_for)
    for file in submission.forecast.elsewhere:
        remark(f"{file}: a task reads it and the plan does not hold it; workers must find it there")
    if isinstance(to, KubernetesOptions) and not to.is_by_digest:
        remark(
            f"--image {to.image}: a tag may mean another image at every retry, which is refused "
            "where its versions differ; name it by its digest, NAME@sha256:…"
        )


def _require_one(*, slurm: bool, kubernetes: bool, given: dict[str, object]) -> None:
    """Refuse what is meant for no queue, or for the other one.

    Args:
        slurm: Whether the jobs are for Slurm.
        kubernetes: Whether they are for Kubernetes.
        given: Options of the other queue, and what they were given.
    """
    from weighin.errors import UsageError

    if slurm == kubernetes:
        raise UsageError("expected --slurm or --kubernetes, found both or neither")
    other = "--kubernetes" if slurm else "--slurm"
    for option, value in given.items():
        if value:
            raise UsageError(f"{option}: is for {other}, found the other queue; leave it out")
