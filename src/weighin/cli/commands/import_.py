"""`weighin import`: keep logs of other harnesses in a results folder."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.reports.shared.formats import EVERYWHERE, Format


def import_(
    evidence: Annotated[list[Path], typer.Argument(help="Logs, or folders with them.")],
    *,
    results: Annotated[Path, typer.Option(help="The results folder that keeps them.")] = Path(
        "results"
    ),
    skip_unreadable: Annotated[
        bool,
        typer.Option(
            "--skip-unreadable", help="Leave out files that cannot be read instead of exiting 3."
        ),
    ] = False,
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[bool, verbose_option("Name every log.")] = False,
) -> None:
    """Copy logs of other harnesses into a results folder. Where they came from is kept.

    What is there already is left as it is. A check of the folder alone says what a check of the
    logs says: an imported log is never more than it was.
    """
    from weighin import api
    from weighin.cli.terminal.telling import tell
    from weighin.reports.evidence.imports import imports_json
    from weighin.reports.evidence.imports.imports_page import imports_page
    from weighin.reports.page import lines
    from weighin.reports.told.report import Report

    asked_for = asked(formats, of=EVERYWHERE, as_json=as_json, reads=evidence, is_quiet=quiet)
    done = api.import_evidence(evidence, results=results, skip_unreadable=skip_unreadable)
    printers = {
        Format.TEXT: lambda: lines.render(imports_page(done, results), verbose=verbose),
        Format.JSON: lambda: imports_json.render(done, results),
    }
    tell(Report(printers=printers), asked_for)
