"""`weighin schema`: the JSON Schemas of what weighin reads and writes."""

from enum import StrEnum
from typing import Annotated

import typer


class Document(StrEnum):
    """The documents that have a schema."""

    REQUIREMENTS = "requirements"
    DECLARATIONS = "declarations"
    SCORECARD = "scorecard"
    VERDICT = "verdict"
    COMPARISON = "comparison"


def schema(
    document: Annotated[
        Document, typer.Argument(help="A file that users write, or what --json prints.")
    ] = Document.REQUIREMENTS,
) -> None:
    """Print a JSON Schema, for editors and for programs that read verdicts."""
    import json

    from weighin.cli.terminal.output import write_output

    if document is Document.REQUIREMENTS:
        from weighin.requirements.schema import requirements_schema
        from weighin.rules.catalogue import rule_shapes

        value = requirements_schema(rule_shapes())
    elif document is Document.DECLARATIONS:
        from weighin.requirements.schema import declarations_schema

        value = declarations_schema()
    elif document is Document.SCORECARD:
        from weighin.sources.scorecard.schema import scorecard_schema

        value = scorecard_schema()
    elif document is Document.COMPARISON:
        from weighin.reports.checkpoint.comparison_json import comparison_schema

        value = comparison_schema()
    else:
        from weighin.reports.verdict.json_document import verdict_schema

        value = verdict_schema()
    write_output(json.dumps(value, indent=2) + "\n")
