"""`weighin inspect`: what was recognised in some files."""

from pathlib import Path
from typing import Annotated

import typer


def inspect(
    evidence: Annotated[list[Path], typer.Argument(help="Logs and records, or folders with them.")],
    *,
    skip_unreadable: Annotated[
        bool,
        typer.Option(
            "--skip-unreadable", help="Exit with 0 although some files cannot be read; name them."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print every file, row and note.")
    ] = False,
) -> int:
    """Show what is recognised: formats, rows, facets with grades, and what would record the rest.

    Exits with 0 if every file could be read, with 3 if not; what could not is named either way.
    """
    from weighin import api
    from weighin.cli.terminal.output import print_page, write_output
    from weighin.errors import EvidenceError

    found = api.inspect(evidence)
    if as_json:
        from weighin.reports.evidence import inspection_json

        write_output(inspection_json.render(found))
    else:
        from weighin.reports.evidence.inspection_page import inspection_page

        print_page(inspection_page(found), verbose=verbose)
    return EvidenceError.exit_code if found.unread and not skip_unreadable else 0
