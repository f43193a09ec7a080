"""What an inspection says of a file: its rows, and its facets as far as rows share them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from weighin.evidence.collected import Inspection, RecognisedFile
from weighin.evidence.records import Observation, Record
from weighin.identity.facets import FACETS_OF_LOGS, Facet, Grade, spelling_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFacet:
    """What a file says of a facet on some of its rows.

    Attributes:
        facet: The facet.
        grade: How it is known; `absent` if it is not.
        applies: Whether it has a bearing on these rows.
        summary: What is known, in a few words.
        how_to_record: What would have recorded it better; empty if nothing would.
        benchmarks: The rows; empty if all of the file.
    """

    facet: Facet
    grade: Grade
    applies: bool
    summary: str
    how_to_record: str
    benchmarks: tuple[str, ...]


def facets_of(file: RecognisedFile) -> tuple[KnownFacet, ...]:
    """What a file says of every facet, rows that say the same taken together."""
    return tuple(
        known for facet in _facets(file.records) for known in _of_facet(file.records, facet)
    )


def _facets(records: Iterable[Record]) -> tuple[Facet, ...]:
    """The facets of which the records can tell: a log of another harness knows fewer."""
    return tuple(Facet) if any(record.is_own for record in records) else FACETS_OF_LOGS


def _of_facet(records: tuple[Record, ...], facet: Facet) -> Iterator[KnownFacet]:
    alike: dict[tuple[Grade, bool, str, str], list[str]] = {}
    for record in records:
        seen = record.observation(facet)
        key = (seen.grade, seen.applies, seen.summary, seen.how_to_record)
        alike.setdefault(key, []).append(record.asked.task)
    for (grade, applies, summary, how), tasks in alike.items():
        yield KnownFacet(
            facet=facet,
            grade=grade,
            applies=applies,
            summary=summary,
            how_to_record=how,
            benchmarks=() if len(alike) == 1 else tuple(dict.fromkeys(tasks)),
        )


def formats_of(inspection: Inspection) -> dict[str, tuple[int, int]]:
    """By format: number of files and of rows."""
    found: dict[str, tuple[int, int]] = {}
    for file in inspection.files:
        files, rows = found.get(file.format, (0, 0))
        found[file.format] = (files + 1, rows + len(file.records))
    return found


def models_of(files: Iterable[RecognisedFile]) -> tuple[str, ...]:
    """The names of models, each once in its first spelling, in order."""
    first: dict[str, str] = {}
    for name in dict.fromkeys(record.model for file in files for record in file.records):
        first.setdefault(spelling_apart(name), name)
    return tuple(first.values())


def grades_by_facet(inspection: Inspection) -> dict[Facet, dict[str, int]]:
    """By facet: number of rows by grade, best first; `does not apply` for those without bearing."""
    found: dict[Facet, dict[str, int]] = {}
    for facet in _facets(r for file in inspection.files for r in file.records):
        seen = [_grade(r.observation(facet)) for file in inspection.files for r in file.records]
        order = (*map(str, Grade), DOES_NOT_APPLY)
        found[facet] = {grade: count for grade in order if (count := seen.count(grade))}
    return found


DOES_NOT_APPLY = "does not apply"


def _grade(observation: Observation) -> str:
    return str(observation.grade) if observation.applies else DOES_NOT_APPLY
