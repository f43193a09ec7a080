"""A comparison of two checkpoints as one JSON document with a published schema."""

from pydantic import JsonValue

from weighin.identity.comparison.report import REPORT_FORMAT, ComparisonReport
from weighin.reports.shared.json_text import json_text


def render(report: ComparisonReport) -> str:
    """The comparison as a JSON document in ASCII, with a line break at the end."""
    return json_text(report)


def comparison_schema() -> dict[str, JsonValue]:
    """JSON Schema (2020-12) of the documents that `render` returns."""
    schema: dict[str, JsonValue] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": REPORT_FORMAT,
    }
    schema.update(ComparisonReport.model_json_schema(mode="serialization"))
    return schema
