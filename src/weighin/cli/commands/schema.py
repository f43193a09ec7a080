"""`weighin schema`: the JSON Schemas of what weighin reads and writes."""

from typing import Annotated

import typer

from weighin.reports.documents.document import Document


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
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the list as one JSON document.")
    ] = False,
) -> None:
    """Print a JSON Schema, for editors and for programs that read what weighin tells."""
    from weighin.cli.terminal.output import write_output
    from weighin.errors import UsageError
    from weighin.reports.documents import schemas, schemas_json
    from weighin.reports.shared.json_schema import format_of

    if as_json and not is_list:
        raise UsageError("--json: a schema is JSON already; give --list, or leave it out")
    if not is_list:
        write_output(schemas.schema_text(document))
    elif as_json:
        write_output(schemas_json.render(schemas.WRITTEN))
    else:
        width = max(map(len, Document))
        formats = {name: format_of(model) for name, model in schemas.WRITTEN.items()}
        write_output(
            "".join(
                f"{name:<{width}}  {formats.get(name, 'written by users')}\n" for name in Document
            )
        )
