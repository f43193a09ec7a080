"""A validation as one JSON document. It has no outcome."""

from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Facet, Grade
from weighin.reports.requirements.validation_page import nothing_judged
from weighin.reports.shared.json_text import json_text
from weighin.requirements.benchmark_labels import RequiredBenchmarks
from weighin.rules.judging.validating import ValidatedFile, Validation

VALIDATION_FORMAT: Final = "weighin.validation/1"


class ValidFile(StrictModel):
    """What a valid requirements file asks for.

    Attributes:
        sha256: Hex digest of its bytes.
        model: The name that scores are claimed under.
        profile: The profile.
        same: The facets that must be the same on every benchmark.
        evidence: The least grade that counts.
        benchmarks: As the file tells them apart.
    """

    sha256: str
    model: str
    profile: str
    same: tuple[Facet, ...]
    evidence: Grade
    benchmarks: tuple[str, ...]


class FileEntry(StrictModel):
    """One requirements file.

    Attributes:
        file: As given.
        valid: Whether evidence can be judged by it.
        asks: What it asks for; `null` if it is not valid.
        problems: What is wrong: `file:line:column: key: problem`.
        remarks: What a run or a check here would lack.
    """

    file: str
    valid: bool
    asks: ValidFile | None
    problems: tuple[str, ...]
    remarks: tuple[str, ...]


class ValidationDocument(StrictModel):
    """Requirements files held against what such a file may say: no verdict on a model.

    Attributes:
        format: Always `weighin.validation/1`.
        exit_code: 0 valid, 3 not valid; 11 valid, with no evidence where some was to be judged.
        valid: Whether all files are valid.
        judged: Always false.
        statement: That nothing was judged, and why.
        files: In the order given.
    """

    format: Literal["weighin.validation/1"]
    exit_code: int
    valid: bool
    judged: Literal[False]
    statement: str
    files: tuple[FileEntry, ...]


def render(validation: Validation, exit_code: int) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    return json_text(
        ValidationDocument(
            format=VALIDATION_FORMAT,
            exit_code=exit_code,
            valid=validation.is_valid,
            judged=False,
            statement=nothing_judged(validation),
            files=tuple(map(_entry, validation.files)),
        )
    )


def _entry(file: ValidatedFile) -> FileEntry:
    return FileEntry(
        file=file.file,
        valid=file.is_valid,
        asks=_asks(file),
        problems=file.problems,
        remarks=file.remarks,
    )


def _asks(file: ValidatedFile) -> ValidFile | None:
    requirements = file.requirements
    if requirements is None:
        return None
    return ValidFile(
        sha256=requirements.sha256,
        model=requirements.model.name,
        profile=requirements.profile,
        same=requirements.same,
        evidence=requirements.evidence,
        benchmarks=tuple(RequiredBenchmarks(requirements.benchmarks).labels),
    )
