"""`weighin run`: score every benchmark on one checkpoint, then judge."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.completions import required_tasks
from weighin.reports.verdict.fail_on import FailOn


def run(
    requirements: Annotated[Path, typer.Argument(help="The requirements file.")],
    *,
    results: Annotated[Path, typer.Option(help="The results folder.")] = Path("results"),
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print all, and what is met, too.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Print every finding, not only the first look.")
    ] = False,
    json_file: Annotated[Path | None, typer.Option(help="Write the JSON document here.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.")] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write Markdown for a pull request here.")
    ] = None,
    text: Annotated[Path | None, typer.Option(help="Write the report for people here.")] = None,
) -> int:
    """Score every required benchmark on one checkpoint, then judge. What is recorded is reused."""
    import shlex
    import sys

    from weighin import api
    from weighin.cli.terminal.output import require_writable, tell
    from weighin.cli.terminal.progress import progress_listener

    files = {"json": json_file, "junit": junit, "markdown": markdown, "text": text}
    require_writable(files)
    with progress_listener() as listener:
        verdict = api.run(
            requirements,
            results=results,
            only=only or [],
            max_samples=samples,
            new_attempt=new_attempt,
            compress_samples=compress_samples,
            checkpoint=checkpoint,
            waivers=not no_waivers,
            listener=listener,
            command=shlex.join(["weighin", *sys.argv[1:]]),
        )
    return tell(
        verdict,
        as_json=as_json,
        verbose=verbose,
        full=full,
        files=files,
        fail_on=fail_on,
        exit_zero=exit_zero,
    )
