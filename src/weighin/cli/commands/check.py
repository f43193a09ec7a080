"""`weighin check`: judge what was recorded."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.reports.verdict.fail_on import FailOn


def check(
    requirements: Annotated[Path, typer.Argument(help="The requirements file.")],
    evidence: Annotated[
        list[Path] | None,
        typer.Argument(help="Records and logs, or folders with them [default: results]."),
    ] = None,
    *,
    reference: Annotated[
        list[Path] | None,
        typer.Option(help="Evidence of any model that is not judged, to compare with."),
    ] = None,
    keep_comparisons: Annotated[
        Path | None,
        typer.Option(help="Results folder in which measured differences of checkpoints are kept."),
    ] = None,
    online: Annotated[
        bool,
        typer.Option(
            "--online",
            help="Ask the hub about model.released and unlike commits; no download of weights.",
        ),
    ] = False,
    keep_revision: Annotated[
        Path | None,
        typer.Option(
            help="Results folder in which what the hub says of model.released is kept, so that a "
            "check without --online comes to the same verdict."
        ),
    ] = None,
    skip_unreadable: Annotated[
        bool,
        typer.Option(
            "--skip-unreadable",
            help="Name files that cannot be read as evidence in the report instead of exiting 3.",
        ),
    ] = False,
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="Judge records that depart from the file even where others do not."
        ),
    ] = False,
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
    """Judge evidence by requirements. Needs no torch, no lm-eval; no network but for --online."""
    from weighin import api
    from weighin.cli.terminal.output import remark, tell

    verdict = api.check(
        requirements,
        evidence or [Path("results")],
        reference=reference or [],
        keep_comparisons=keep_comparisons,
        online=online,
        keep_revision=keep_revision,
        on_hub_answer=remark,
        skip_unreadable=skip_unreadable,
        every=every,
        waivers=not no_waivers,
    )
    return tell(
        verdict,
        as_json=as_json,
        verbose=verbose,
        full=full,
        files={"json": json_file, "junit": junit, "markdown": markdown, "text": text},
        fail_on=fail_on,
        exit_zero=exit_zero,
    )
