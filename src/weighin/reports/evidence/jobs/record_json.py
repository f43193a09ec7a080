"""A record with what lies around it, as one JSON document."""

from typing import Final, Literal

from weighin.evidence.collected import BrokenFile
from weighin.evidence.jobs.kept import JobState
from weighin.evidence.jobs.shown import Example, ShownRecord
from weighin.evidence.records import Record
from weighin.files.strict_model import StrictModel
from weighin.identity.facets import FACETS_OF_LOGS, Facet, Grade
from weighin.reports.shared.json_text import json_text

SHOWN_RECORD_FORMAT: Final = "weighin.shown-record/1"


class StandingEntry(StrictModel):
    """The job of a record.

    Attributes:
        job_id: The job.
        state: What became of it.
        why: Why it was retired, or what is damaged; empty if there is nothing to say.
        attempts: How many records of it there are.
        stands: Whether this record is the one that stands for it.
    """

    job_id: str
    state: JobState
    why: str
    attempts: int
    stands: bool


class KnownFacetEntry(StrictModel):
    """What is known of a facet.

    Attributes:
        facet: The facet.
        grade: How it is known.
        applies: Whether it has a bearing on this benchmark.
        summary: What is known.
        how_to_record: The flag or command that would have recorded it, or recorded it better.
    """

    facet: Facet
    grade: Grade
    applies: bool
    summary: str
    how_to_record: str


class ChoiceEntry(StrictModel):
    """What was weighed as the end of a prompt, and the logarithm of its likelihood."""

    text: str
    loglikelihood: float | None


class ExampleEntry(StrictModel):
    """A document as it was asked and answered.

    Attributes:
        task: The task or sub-task that it belongs to.
        document: Its id.
        filter: Of the answer; `none` where there is no filter.
        prompt: What the model was given; of a conversation as JSON.
        choices: The ends that were weighed; one that is empty where the prompt itself was weighed,
            and none where text was generated.
        responses: What came out, before any filter; empty where ends were weighed.
        answer: What counted: a text, or the likeliest of the choices; `null` if neither is known.
        target: What was right, as the task states it; `null` if it states none.
        scores: By metric; those that are numbers.
    """

    task: str
    document: str
    filter: str
    prompt: str
    choices: tuple[ChoiceEntry, ...]
    responses: tuple[str, ...]
    answer: str | None
    target: str | None
    scores: dict[str, float]


class BrokenBesideEntry(StrictModel):
    """A file beside the record that is not what it says."""

    file: str
    expected: str
    found: str


class ShownRecordDocument(StrictModel):
    """A record with what lies around it. Nothing of it is judged.

    Attributes:
        format: Always `weighin.shown-record/1`.
        file: Where the record lies.
        sha256: Digest of that file; empty if it was not taken.
        job: Its job; `null` where it lies in no results store.
        facets: What it says of every facet, in short.
        record: The record itself.
        examples: The first documents.
        broken: Files beside it that are not what it says.
        notes: Sentences on what could not be read.
    """

    format: Literal["weighin.shown-record/1"]
    file: str
    sha256: str
    job: StandingEntry | None
    facets: tuple[KnownFacetEntry, ...]
    record: Record
    examples: tuple[ExampleEntry, ...]
    broken: tuple[BrokenBesideEntry, ...]
    notes: tuple[str, ...]


def render(shown: ShownRecord) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    record = shown.record
    return json_text(
        ShownRecordDocument(
            format=SHOWN_RECORD_FORMAT,
            file=shown.file,
            sha256=shown.sha256,
            job=_standing(shown),
            facets=tuple(
                KnownFacetEntry(
                    facet=facet,
                    grade=(seen := record.observation(facet)).grade,
                    applies=seen.applies,
                    summary=seen.summary,
                    how_to_record=seen.how_to_record,
                )
                for facet in (Facet if record.is_own else FACETS_OF_LOGS)
            ),
            record=record,
            examples=tuple(map(_example, shown.examples)),
            broken=tuple(map(_broken, shown.broken)),
            notes=shown.notes,
        )
    )


def _standing(shown: ShownRecord) -> StandingEntry | None:
    job = shown.job
    if job is None:
        return None
    return StandingEntry(
        job_id=job.job_id,
        state=job.state,
        why=job.why,
        attempts=job.attempts,
        stands=shown.stands,
    )


def _example(example: Example) -> ExampleEntry:
    return ExampleEntry(
        task=example.task,
        document=example.document,
        filter=example.filter,
        prompt=example.prompt,
        choices=tuple(
            ChoiceEntry(text=c.text, loglikelihood=c.loglikelihood) for c in example.choices
        ),
        responses=example.responses,
        answer=example.answer,
        target=example.target,
        scores=dict(example.scores),
    )


def _broken(broken: BrokenFile) -> BrokenBesideEntry:
    return BrokenBesideEntry(file=broken.file, expected=broken.expected, found=broken.found)
