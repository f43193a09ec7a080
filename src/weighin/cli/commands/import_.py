"""`weighin import`: keep logs of other harnesses in a results folder."""

from pathlib import Path
from typing import Annotated

import typer


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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Copy logs of other harnesses into a results folder, with where they came from.

    What is there already is left as it is. A check of the folder alone says what a check of the
    logs says: an imported log is never more than it was.
    """
    from weighin import api
    from weighin.cli.terminal.output import write_output
    from weighin.reports.evidence import imports_json
    from weighin.reports.evidence.imports_page import imports_page
    from weighin.reports.page import lines

    done = api.import_evidence(evidence, results=results, skip_unreadable=skip_unreadable)
    if as_json:
        write_output(imports_json.render(done, results))
    else:
        write_output(lines.render(imports_page(done, results)))
