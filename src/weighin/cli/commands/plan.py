"""`weighin plan`: what a run would score, and a plan from which any machine can score a part."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.completions import required_tasks
from weighin.cli.environment import default_results
from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.cli.log import begin_log, debug_option, log_file_option
from weighin.cli.requirements_file import (
    REQUIREMENTS_FILE,
    requirements_argument,
    requirements_at,
    set_option,
)
from weighin.reports.shared.formats import OF_A_DOCUMENT


def looked_at(results: str | None) -> str | None:
    """Where it is looked up what is recorded: as named, else where a run would write."""
    if results is not None:
        return results
    place = default_results()
    return place if Path(place).is_dir() else None


def plan(
    requirements: Annotated[Path | None, requirements_argument()] = None,
    *,
    results: Annotated[
        str | None,
        typer.Option(
            help="Keep the plan here, and see what is recorded: a folder or s3://… [default: see "
            "what is recorded in results, and keep none]",
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Plan this benchmark only; may be repeated.", autocompletion=required_tasks
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
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Read every file, also those hashed before.")
    ] = False,
    overrides: Annotated[list[str] | None, set_option()] = None,
    log_file: Annotated[Path | None, log_file_option()] = None,
    debug: Annotated[bool, debug_option()] = False,
    formats: Annotated[list[str] | None, format_option(OF_A_DOCUMENT)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[bool, verbose_option("Name every file.")] = False,
) -> None:
    """Say what a run would score, and why. No weights are loaded and nothing is scored."""
    import shlex
    import sys

    from weighin import api
    from weighin.cli.terminal.next_step import changed, tell_next
    from weighin.cli.terminal.progress.hashing import hashing_progress
    from weighin.cli.terminal.telling import tell
    from weighin.reports.evidence.jobs import plan_json
    from weighin.reports.evidence.jobs.plan_page import plan_page
    from weighin.reports.told.report import document_report

    reads: tuple[Path | str | None, ...] = (requirements or REQUIREMENTS_FILE, results, checkpoint)
    asked_for = asked(
        formats,
        of=OF_A_DOCUMENT,
        as_json=as_json,
        reads=reads,
        is_quiet=quiet,
    )
    begin_log(log_file, is_debug=debug, reads=reads)
    file = requirements_at(requirements)
    with hashing_progress() as on_hashing:
        found = api.plan(
            file,
            results=looked_at(results),
            keep=results is not None,
            only=only or [],
            max_samples=samples,
            new_attempt=new_attempt,
            compress_samples=compress_samples,
            checkpoint=checkpoint,
            cache=not no_cache,
            command=shlex.join(["weighin", *sys.argv[1:]]),
            on_hashing=on_hashing,
            overrides=overrides or [],
        )
    report = document_report(lambda: plan_page(found), lambda: plan_json.render(found))
    tell(report, asked_for, verbose=verbose)
    # Of a plan that is kept, the report itself says how its jobs are scored.
    if found.key is None:
        tell_next(asked_for, "run", requirements, *changed(overrides))
