"""`weighin check`: judge what was recorded."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.command import typed_again
from weighin.cli.completions import places
from weighin.cli.environment import by_variable, default_results
from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.cli.requirements_file import (
    REQUIREMENTS_FILE,
    requirements_argument,
    requirements_at,
    set_option,
)
from weighin.reports.shared.fail_on import FailOn
from weighin.reports.shared.formats import OF_AN_ANSWER, Format


def check(
    requirements: Annotated[Path | None, requirements_argument()] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Argument(
            autocompletion=places,
            help="Records and logs, or folders or URLs (s3://) with them [default: results].",
        ),
    ] = None,
    *,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            autocompletion=places,
            help="Evidence of any model that is not judged, to compare with.",
        ),
    ] = None,
    keep_comparisons: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            autocompletion=places,
            help="Results folder in which measured differences of checkpoints are kept.",
        ),
    ] = None,
    online: Annotated[
        bool,
        typer.Option(
            "--online",
            help="Ask the hub about model.released and unlike commits; no download of weights.",
        ),
    ] = False,
    keep_revision: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            autocompletion=places,
            help="Results folder in which what the hub says of model.released is kept, so that a "
            "check without --online comes to the same verdict.",
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
        FailOn | None,
        typer.Option(
            help="Least of what ends with another exit code than 0; includes the worse.",
            show_default=FailOn.UNDECIDED,
        ),
    ] = None,
    validate: Annotated[
        bool,
        typer.Option(
            "--validate", help="All arguments are requirements files: say whether they are valid."
        ),
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End with 0 whatever the verdict; errors do not.")
    ] = False,
    overrides: Annotated[list[str] | None, set_option()] = None,
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
    """Judge evidence by requirements. Needs no torch, no lm-eval; no network but for --online."""
    from weighin import api
    from weighin.cli.terminal.output import remark
    from weighin.cli.terminal.progress.hashing import hashing_progress
    from weighin.cli.terminal.telling import tell
    from weighin.cli.terminal.validation import has_evidence, tell_validation
    from weighin.reports.verdict.exit_code import verdict_exit_code
    from weighin.reports.verdict.report import verdict_report

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
        reads=[
            requirements or REQUIREMENTS_FILE,
            *(evidence or [default_results()]),
            *(reference or []),
        ],
        is_quiet=quiet,
    )
    file = requirements_at(requirements)
    if validate or not has_evidence(evidence):
        files = [file, *map(Path, evidence or [])]
        judging = {
            "--reference": reference,
            "--keep-comparisons": keep_comparisons,
            "--online": online,
            "--keep-revision": keep_revision,
            "--skip-unreadable": skip_unreadable,
            "--all": every,
            "--no-waivers": no_waivers,
            "--fail-on": fail_on,
            "--exit-zero": exit_zero,
            "--badge": badge,
        }
        given = [option for option, value in judging.items() if value]
        return tell_validation(
            files, asked_for, given, is_asked_for=validate, overrides=overrides or []
        )
    with hashing_progress() as on_hashing:
        verdict = api.check(
            file,
            evidence or [default_results()],
            reference=reference or [],
            keep_comparisons=keep_comparisons,
            online=online,
            keep_revision=keep_revision,
            on_hub_answer=remark,
            on_hashing=on_hashing,
            skip_unreadable=skip_unreadable,
            every=every,
            waivers=not no_waivers,
            overrides=overrides or [],
        )
    code = 0 if exit_zero else verdict_exit_code(verdict, fail_on or FailOn.UNDECIDED)
    again = typed_again() if evidence else (*typed_again(), *_left_out(requirements))
    place = "" if evidence else default_results()
    report = verdict_report(verdict, code, again, (place, by_variable(place)))
    tell(report, asked_for, verbose=verbose, full=full)
    return code


def _left_out(requirements: Path | None) -> tuple[str, ...]:
    """What was not named, by the name that it has here."""
    file = (str(REQUIREMENTS_FILE),) if requirements is None else ()
    return (*file, default_results())
