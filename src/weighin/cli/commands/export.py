"""`weighin export`: what was recorded, for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.completions import places
from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.reports.export.export_format import ExportFormat
from weighin.reports.shared.formats import EVERYWHERE, Format


def export(
    evidence: Annotated[
        list[str],
        typer.Argument(
            autocompletion=places, help="Records and logs, or folders or URLs (s3://) with them."
        ),
    ],
    *,
    to: Annotated[
        ExportFormat,
        typer.Option(
            "--to",
            help="eee: Every Eval Ever 0.3.0. hf-eval-results: .eval_results/*.yaml of the hub. "
            "csv: one row a score.",
        ),
    ],
    into: Annotated[
        Path | None,
        typer.Option(help="Folder to write into; for csv also the file [csv default: print it]."),
    ] = None,
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> None:
    """Write recorded scores in a format of others, with what is known of each facet."""
    from weighin import api
    from weighin.cli.terminal.output import remark
    from weighin.cli.terminal.telling import tell
    from weighin.reports.export import export_json
    from weighin.reports.told.report import Report

    asked_for = asked(formats, of=EVERYWHERE, as_json=as_json, reads=evidence, is_quiet=quiet)
    if into is None:
        text, notes = api.export_text(evidence, to=to)
        printers = {
            Format.TEXT: lambda: text,
            Format.JSON: lambda: export_json.render_content(text, notes, to),
        }
    else:
        result = api.export(evidence, to=to, into=into)
        notes = result.notes
        lines = [f"wrote {path}\n" for path in result.written]
        lines += [f"unchanged {path}\n" for path in result.unchanged]
        printers = {
            Format.TEXT: lambda: "".join(lines),
            Format.JSON: lambda: export_json.render(result, to),
        }
    tell(Report(printers=printers), asked_for)
    for note in notes:
        remark(note)
