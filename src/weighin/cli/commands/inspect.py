"""`weighin inspect`: what was recognised in some files."""

from typing import Annotated

import typer

from weighin.cli.completions import places
from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.reports.shared.formats import OF_A_DOCUMENT


def inspect(
    evidence: Annotated[
        list[str],
        typer.Argument(
            autocompletion=places, help="Logs and records, or folders or URLs (s3://) with them."
        ),
    ],
    *,
    skip_unreadable: Annotated[
        bool,
        typer.Option(
            "--skip-unreadable", help="Exit with 0 although some files cannot be read; name them."
        ),
    ] = False,
    formats: Annotated[list[str] | None, format_option(OF_A_DOCUMENT)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[bool, verbose_option("Print every file, row and note.")] = False,
) -> int:
    """Show what logs hold, how it is known, and what is missing.

    Exits with 0 if every file could be read, with 3 if not; what could not is named either way.
    Where nothing is a log or a record it is 3, too.
    """
    from weighin import api
    from weighin.cli.terminal.output import remark
    from weighin.cli.terminal.telling import tell
    from weighin.errors import EvidenceError
    from weighin.reports.evidence.inspection import inspection_json
    from weighin.reports.evidence.inspection.inspection_page import inspection_page
    from weighin.reports.told.report import document_report

    asked_for = asked(formats, of=OF_A_DOCUMENT, as_json=as_json, reads=evidence, is_quiet=quiet)
    found = api.inspect(evidence)
    report = document_report(lambda: inspection_page(found), lambda: inspection_json.render(found))
    tell(report, asked_for, verbose=verbose)
    if not found.files and not found.unread:
        remark(f"{', '.join(evidence)}: expected logs or records, found none")
        return EvidenceError.exit_code
    return EvidenceError.exit_code if found.unread and not skip_unreadable else 0
