"""`weighin schema`: the JSON Schemas of what weighin reads and writes."""

from typing import Annotated

import typer

from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.reports.documents.document import Document
from weighin.reports.shared.formats import EVERYWHERE, Format


def schema(
    document: Annotated[
        Document,
        typer.Argument(
            help="A file that users write, or a document that --format json prints.",
            show_choices=False,
        ),
    ] = Document.REQUIREMENTS,
    *,
    is_list: Annotated[
        bool, typer.Option("--list", help="List the documents and the format of each instead.")
    ] = False,
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> None:
    """Print the JSON Schema of a document. Editors and programs that read it need one."""
    from weighin.cli.terminal.telling import tell
    from weighin.reports.documents import schemas, schemas_json
    from weighin.reports.told.report import Report

    asked_for = asked(formats, of=EVERYWHERE, as_json=as_json, is_quiet=quiet)
    if is_list:
        printers = {
            Format.TEXT: lambda: schemas_json.as_text(schemas.WRITTEN),
            Format.JSON: lambda: schemas_json.render(schemas.WRITTEN),
        }
    else:
        # A schema is one JSON document already.
        printers = dict.fromkeys(EVERYWHERE, lambda: schemas.schema_text(document))
    tell(Report(printers=printers), asked_for)
