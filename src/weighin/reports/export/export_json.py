"""What became of an export, as one JSON document."""

from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.reports.export.export_format import ExportFormat
from weighin.reports.export.written import WrittenExport
from weighin.reports.shared.json_text import json_text

EXPORT_FORMAT: Final = "weighin.export/1"


class ExportDocument(StrictModel):
    """What became of an export.

    Attributes:
        format: Always `weighin.export/1`.
        to: The format of the files.
        written: Files that were made.
        unchanged: Files that lay there already, with the same content.
        content: The only file, where no place for it was given; else `null`.
        notes: Sentences on what the format cannot hold and was left out.
    """

    format: Literal["weighin.export/1"]
    to: ExportFormat
    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    content: str | None
    notes: tuple[str, ...]


def render(export: WrittenExport, to: ExportFormat) -> str:
    """Files that were written, as one JSON document in ASCII, with a line break at the end."""
    return json_text(
        ExportDocument(
            format=EXPORT_FORMAT,
            to=to,
            written=tuple(map(str, export.written)),
            unchanged=tuple(map(str, export.unchanged)),
            content=None,
            notes=export.notes,
        )
    )


def render_content(content: str, notes: tuple[str, ...], to: ExportFormat) -> str:
    """A file that was not written, as one JSON document, likewise: its text is in it."""
    return json_text(
        ExportDocument(
            format=EXPORT_FORMAT,
            to=to,
            written=(),
            unchanged=(),
            content=content,
            notes=notes,
        )
    )
