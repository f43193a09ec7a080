"""A record with what lies around it, as a person looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass

from weighin.evidence.collected import BrokenFile
from weighin.evidence.jobs.kept import KeptJob
from weighin.evidence.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was weighed as the end of a prompt.

    Attributes:
        text: The end.
        loglikelihood: Its natural logarithm, as the model gave it; `None` if it is no number.
    """

    text: str
    loglikelihood: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A document as it was asked and answered.

    Attributes:
        task: The task or sub-task that it belongs to.
        document: Its id.
        filter: Of the answer; lm-eval's `none` where there is no filter.
        prompt: What the model was given; of a conversation as JSON.
        choices: The ends that were weighed; empty where text was generated.
        responses: What came out, before any filter; empty where ends were weighed.
        answer: What counted, behind the filter: a text, or the likeliest of the choices; `None` if
            neither is known.
        target: What was right, as the task states it; `None` if it states none.
        scores: By metric; those that are numbers.
    """

    task: str
    document: str
    filter: str
    prompt: str
    choices: tuple[Choice, ...]
    responses: tuple[str, ...]
    answer: str | None
    target: str | None
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRecord:
    """A record with what lies around it.

    Attributes:
        file: Where it lies.
        sha256: Digest of its bytes.
        record: The record.
        job: Its job; `None` where it lies in no results store.
        stands: Whether it is the one that stands for its job.
        broken: Files beside it that are not what it says.
        examples: The first documents.
        notes: Sentences on what could not be read.
    """

    file: str
    sha256: str
    record: Record
    job: KeptJob | None
    stands: bool
    broken: tuple[BrokenFile, ...] = ()
    examples: tuple[Example, ...] = ()
    notes: tuple[str, ...] = ()
