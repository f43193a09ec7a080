"""`weighin run`: score every benchmark on one checkpoint, then judge."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.completions import places, required_tasks
from weighin.cli.environment import by_variable
from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.cli.log import begin_log, debug_option, log_file_option
from weighin.cli.requirements_file import (
    REQUIREMENTS_FILE,
    requirements_argument,
    requirements_at,
    set_option,
)
from weighin.reports.shared.fail_on import FailOn
from weighin.reports.shared.formats import OF_AN_ANSWER, Format


def run(
    requirements: Annotated[Path | None, requirements_argument()] = None,
    *,
    results: Annotated[
        str,
        typer.Option(
            metavar="PATH", autocompletion=places, help="The results folder, or an URL (s3://)."
        ),
    ] = "results",
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Score this benchmark only; may be repeated. Ends with 12.",
            autocompletion=required_tasks,
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(min=1, help="Only the first N documents; recorded as partial. Ends with 12."),
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
    on: Annotated[
        str | None,
        typer.Option(
            help="Score on a Ray cluster: ray (the one RAY_ADDRESS names, else one of this machine "
            "for this run), ray:local, ray:auto, ray:HOST:6379 or ray://HOST:10001.",
        ),
    ] = None,
    gpus_per_job: Annotated[
        int | None, typer.Option(min=0, help="With --on: GPUs of each worker, not 1.")
    ] = None,
    cpus_per_job: Annotated[
        int | None,
        typer.Option(min=1, help="With --on: CPUs of each worker, not half of a node's."),
    ] = None,
    no_waivers: Annotated[
        bool, typer.Option("--no-waivers", help="Judge as if nobody had waived anything.")
    ] = False,
    fail_on: Annotated[
        FailOn,
        typer.Option(help="Least of what ends with another exit code than 0; includes the worse."),
    ] = FailOn.UNDECIDED,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End with 0 whatever the verdict; errors do not.")
    ] = False,
    overrides: Annotated[list[str] | None, set_option()] = None,
    log_file: Annotated[Path | None, log_file_option()] = None,
    debug: Annotated[bool, debug_option()] = False,
    formats: Annotated[list[str] | None, format_option(OF_AN_ANSWER)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[bool, verbose_option("Print all, and what is met, too.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Print every finding, not only the first look.")
    ] = False,
    json_file: Annotated[Path | None, typer.Option(help="--format json=PATH.")] = None,
    junit: Annotated[Path | None, typer.Option(help="--format junit=PATH.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="--format markdown=PATH.")] = None,
    text: Annotated[Path | None, typer.Option(help="--format text=PATH.")] = None,
    badge: Annotated[Path | None, typer.Option(help="Draw a badge (SVG) here.")] = None,
) -> int:
    """Score every required benchmark on one checkpoint, then judge. What is recorded is reused."""
    import shlex
    import sys

    from weighin import api
    from weighin.api.runs.launches import follow, is_follower
    from weighin.cli.terminal.next_step import changed, tell_next
    from weighin.cli.terminal.progress.listener import progress_listener
    from weighin.cli.terminal.report_files import require_writable
    from weighin.cli.terminal.telling import tell
    from weighin.reports.verdict.exit_code import verdict_exit_code
    from weighin.reports.verdict.report import verdict_report
    from weighin.rules.interface import Outcome

    reads: tuple[Path | str | None, ...] = (requirements or REQUIREMENTS_FILE, results, checkpoint)
    asked_for = asked(
        formats,
        of=OF_AN_ANSWER,
        as_json=as_json,
        files={
            Format.JSON: json_file,
            Format.JUNIT: junit,
            Format.MARKDOWN: markdown,
            Format.TEXT: text,
        },
        badge=badge,
        reads=reads,
        is_quiet=quiet,
    )
    file = requirements_at(requirements)
    if is_follower():
        # Of several processes of one launch the first one writes and tells.
        follow(
            file,
            only=only or [],
            max_samples=samples,
            checkpoint=checkpoint,
            overrides=overrides or [],
        )
        return 0
    begin_log(log_file, is_debug=debug, reads=reads)
    require_writable(path for _, path in asked_for.files)
    with progress_listener() as listener:
        verdict = api.run(
            file,
            results=results,
            only=only or [],
            max_samples=samples,
            new_attempt=new_attempt,
            compress_samples=compress_samples,
            checkpoint=checkpoint,
            waivers=not no_waivers,
            on=on,
            gpus_per_job=gpus_per_job,
            cpus_per_job=cpus_per_job,
            listener=listener,
            overrides=overrides or [],
            command=shlex.join(["weighin", *sys.argv[1:]]),
        )
    code = 0 if exit_zero else verdict_exit_code(verdict, fail_on)
    report = verdict_report(verdict, code, results=(results, by_variable(results)))
    tell(report, asked_for, verbose=verbose, full=full)
    if verdict.outcome is Outcome.PARTIAL:
        tell_next(asked_for, "run", requirements, "--results", results, *changed(overrides))
    elif verdict.outcome is Outcome.MET:
        more = ("--format", "html=report.html")
        tell_next(asked_for, "check", file, results, *changed(overrides), *more)
    return code
