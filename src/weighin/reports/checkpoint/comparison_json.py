"""A comparison of two checkpoints as one JSON document with a published schema."""

import json

from pydantic import JsonValue

from weighin.identity.comparison.report import REPORT_FORMAT, ComparisonReport
from weighin.reports.shared.foreign_text import well_formed


def render(report: ComparisonReport) -> str:
    """The comparison as a JSON document in ASCII, with a line break at the end.

    Every other character is escaped, so the document survives any stream and cannot command the
    terminal it is printed to.
    """
    tree = _well_formed(report.model_dump(mode="python"))
    return json.dumps(tree, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def comparison_schema() -> dict[str, JsonValue]:
    """JSON Schema (2020-12) of the documents that `render` returns."""
    schema: dict[str, JsonValue] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": REPORT_FORMAT,
    }
    schema.update(ComparisonReport.model_json_schema(mode="serialization"))
    return schema


def _well_formed(value: object) -> object:
    match value:
        case str():
            return well_formed(value)
        case dict():
            return {well_formed(str(key)): _well_formed(item) for key, item in value.items()}
        case list() | tuple():
            return [_well_formed(item) for item in value]
        case _:
            return value
