"""Exported files on disk: each whole or not at all, and none in the place of another."""

from dataclasses import dataclass
from pathlib import Path

from weighin.files.written import write_new_files
from weighin.reports.export.export_format import ExportFormat
from weighin.reports.export.exported import Export


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenExport:
    """What became of an export.

    Attributes:
        written: Files that were made.
        unchanged: Files that lay there already, with the same content.
        notes: Sentences on what the format cannot hold and was left out.
    """

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    notes: tuple[str, ...]


def write_export(export: Export, to: ExportFormat, into: Path) -> WrittenExport:
    """Write exported files.

    Args:
        export: The files.
        to: Their format. A table is one file, so `into` may name it.
        into: A folder, made if need be; for a table also the file itself.

    Raises:
        UsageError: A file of another content lies there, and nothing was written; or it cannot be
            written there.
        InfrastructureError: The disk is full or failing.
    """
    is_file = to is ExportFormat.CSV and not into.is_dir()
    files = [(into if is_file else into / file.path, file.content) for file in export.files]
    made = write_new_files(files, what="export", way_out="give another place with --into")
    return WrittenExport(written=made.written, unchanged=made.unchanged, notes=export.notes)
