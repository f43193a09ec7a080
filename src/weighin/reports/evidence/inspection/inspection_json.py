"""An inspection as one JSON document, complete."""

from typing import Final, Literal

from weighin.evidence.collected import BrokenFile, Inspection, RecognisedFile
from weighin.evidence.records import Score
from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Facet, Grade
from weighin.reports.evidence.inspection.inspection_view import facets_of, formats_of
from weighin.reports.shared.json_text import json_text

INSPECTION_FORMAT: Final = "weighin.inspection/1"


class FormatEntry(StrictModel):
    """How many files and rows are of one format."""

    format: str
    files: int
    rows: int


class RowEntry(StrictModel):
    """One row of a file: a model on a benchmark, and where that stands."""

    model: str
    benchmark: str
    scores: tuple[Score, ...]
    is_partial: bool
    pointer: str


class FacetEntry(StrictModel):
    """What a file says of a facet.

    Attributes:
        facet: The facet.
        grade: How it is known.
        applies: Whether it has a bearing on these rows.
        summary: What is known.
        how_to_record: The flag or command that would have recorded it, or recorded it better.
        benchmarks: The rows; empty for all of the file.
    """

    facet: Facet
    grade: Grade
    applies: bool
    summary: str
    how_to_record: str
    benchmarks: tuple[str, ...]


class BrokenEntry(StrictModel):
    """A file that is not what its digest says."""

    file: str
    benchmark: str
    expected: str
    found: str


class FileEntry(StrictModel):
    """A file that was recognised."""

    file: str
    format: str
    rows: tuple[RowEntry, ...]
    facets: tuple[FacetEntry, ...]
    companions: tuple[str, ...]
    broken: tuple[BrokenEntry, ...]
    notes: tuple[str, ...]


class UnreadEntry(StrictModel):
    """A file that could not be read as evidence, and why."""

    file: str
    reason: str


class InspectionDocument(StrictModel):
    """What was recognised in some files and folders.

    Attributes:
        format: Always `weighin.inspection/1`.
        formats: How many files and rows there are of each format.
        files: The files that hold records.
        unread: Files that could not be read as evidence.
        notes: Sentences on what was passed over.
    """

    format: Literal["weighin.inspection/1"]
    formats: tuple[FormatEntry, ...]
    files: tuple[FileEntry, ...]
    unread: tuple[UnreadEntry, ...]
    notes: tuple[str, ...]


def render(inspection: Inspection) -> str:
    """The inspection as a JSON document in ASCII, with a line break at the end."""
    return json_text(
        InspectionDocument(
            format=INSPECTION_FORMAT,
            formats=tuple(
                FormatEntry(format=name, files=files, rows=rows)
                for name, (files, rows) in formats_of(inspection).items()
            ),
            files=tuple(_file(file) for file in inspection.files),
            unread=tuple(
                UnreadEntry(file=file.file, reason=file.reason) for file in inspection.unread
            ),
            notes=inspection.notes,
        )
    )


def _file(file: RecognisedFile) -> FileEntry:
    return FileEntry(
        file=file.file,
        format=file.format,
        rows=tuple(
            RowEntry(
                model=record.model,
                benchmark=record.asked.task,
                scores=record.scores,
                is_partial=record.is_partial,
                pointer=record.origin.pointer,
            )
            for record in file.records
        ),
        facets=tuple(
            FacetEntry(
                facet=known.facet,
                grade=known.grade,
                applies=known.applies,
                summary=known.summary,
                how_to_record=known.how_to_record,
                benchmarks=known.benchmarks,
            )
            for known in facets_of(file)
        ),
        companions=file.companions,
        broken=tuple(map(_broken, file.broken)),
        notes=file.notes,
    )


def _broken(broken: BrokenFile) -> BrokenEntry:
    return BrokenEntry(
        file=broken.file,
        benchmark=broken.benchmark,
        expected=broken.expected,
        found=broken.found,
    )
