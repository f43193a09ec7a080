"""`weighin export`: what was recorded, for other programs."""

from typing import TYPE_CHECKING, Annotated

import typer

from weighin.cli.completions import places
from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.reports.export.export_format import ExportFormat, ExportTarget
from weighin.reports.shared.formats import EVERYWHERE, Format

if TYPE_CHECKING:
    from weighin.reports.told.report import Report


def export(
    evidence: Annotated[
        list[str],
        typer.Argument(
            autocompletion=places, help="Records and logs, or folders or URLs (s3://) with them."
        ),
    ],
    *,
    to: Annotated[
        ExportTarget,
        typer.Option(
            "--to",
            help="eee: Every Eval Ever 0.3.0. hf-eval-results: .eval_results/*.yaml of the hub. "
            "csv: one row a score. store: all of a results store, byte for byte.",
        ),
    ],
    into: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            autocompletion=places,
            help="Folder to write into; for csv also the file [csv default: print it]; for store "
            "also an URL (s3://).",
        ),
    ] = None,
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> None:
    """Write recorded scores in a format of others. What is known of each facet goes with them."""
    from weighin import api
    from weighin.cli.terminal.output import remark
    from weighin.cli.terminal.telling import tell
    from weighin.reports.export import export_json
    from weighin.reports.told.report import Report

    asked_for = asked(formats, of=EVERYWHERE, as_json=as_json, reads=evidence, is_quiet=quiet)
    if to is ExportTarget.STORE:
        tell(_copied(evidence, into), asked_for)
        return
    form = ExportFormat(to)
    if into is None:
        text, notes = api.export_text(evidence, to=form)
        printers = {
            Format.TEXT: lambda: text,
            Format.JSON: lambda: export_json.render_content(text, notes, form),
        }
    else:
        result = api.export(evidence, to=form, into=into)
        notes = result.notes
        lines = [f"wrote {path}\n" for path in result.written]
        lines += [f"unchanged {path}\n" for path in result.unchanged]
        printers = {
            Format.TEXT: lambda: "".join(lines),
            Format.JSON: lambda: export_json.render(result, form),
        }
    tell(Report(printers=printers), asked_for)
    for note in notes:
        remark(note)


def _copied(evidence: list[str], into: str | None) -> "Report":
    from weighin import api
    from weighin.errors import UsageError
    from weighin.reports.export import store_copy_json
    from weighin.reports.told.report import Report

    if len(evidence) != 1 or into is None:
        raise UsageError(
            "--to store: expected one results store, and with --into the place to copy it to"
        )
    copied = api.copy_store(evidence[0], into=into)
    told = (
        f"copied {copied.files} files and {copied.events} events of {evidence[0]} into {into}; "
        f"{copied.there} files were there\n"
    )
    return Report(
        printers={
            Format.TEXT: lambda: told,
            Format.JSON: lambda: store_copy_json.render(copied, evidence[0], into),
        }
    )
