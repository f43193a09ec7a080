"""`weighin export`: what was recorded, for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.reports.export.export_format import ExportFormat


def export(
    evidence: Annotated[list[Path], typer.Argument(help="Records and logs, or folders with them.")],
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
) -> None:
    """Write recorded scores in a format of others, with what is known of each facet."""
    from weighin import api
    from weighin.cli.terminal.output import remark, write_output

    if into is None:
        text, notes = api.export_text(evidence, to=to)
        write_output(text)
        for note in notes:
            remark(note)
        return
    result = api.export(evidence, to=to, into=into)
    for note in result.notes:
        remark(note)
    lines = [f"wrote {path}\n" for path in result.written]
    lines += [f"unchanged {path}\n" for path in result.unchanged]
    write_output("".join(lines))
