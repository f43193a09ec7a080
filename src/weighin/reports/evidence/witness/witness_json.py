"""What a witnessed command left, as one JSON document."""

from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text

WITNESS_FORMAT: Final = "weighin.witness/1"


class WitnessedModel(StrictModel):
    """A model that a process of the command held.

    Attributes:
        process: Number of its process.
        kind: Its class.
        source: From where it was loaded, as typed; empty if nobody saw it.
        adapter: What was attached to it; empty for nothing.
        checkpoint_id: Of the files that it was loaded from; null if they are not known.
        passes: Calls of it, at least.
        weighed: When it was weighed, in words.
        problem: Why something of it is not known; empty if nothing is missing.
    """

    process: int
    kind: str
    source: str
    adapter: str
    checkpoint_id: str | None
    passes: int
    weighed: tuple[str, ...]
    problem: str


class WitnessedBenchmark(StrictModel):
    """A benchmark that was recorded.

    Attributes:
        benchmark: The task.
        model: Name under which its score is claimed.
        named: What its log calls the model.
        scores: Its scores as requirements name them, with their values; empty without a log.
        job_id: The job.
        attempt_id: The attempt.
        checkpoint_id: What answered it; null if its files are not known.
        watch: Whether what answered stayed what it was.
        basis: How the model that answered was told from others.
    """

    benchmark: str
    model: str
    named: str
    scores: dict[str, float]
    job_id: str
    attempt_id: str
    checkpoint_id: str | None
    watch: str
    basis: str


class UnboundLog(StrictModel):
    """A log of which it is not known what answered: its path, what it scores, and why."""

    file: str
    benchmarks: tuple[str, ...]
    why: str


class WitnessDocument(StrictModel):
    """What a witnessed command left.

    Attributes:
        format: Always `weighin.witness/1`.
        command: As typed.
        exit_code: Of the command.
        started: When it was started, RFC 3339.
        finished: When it had ended.
        run_id: Stands in the records.
        results: Where these are.
        processes: Number of Python processes that told of themselves.
        models: The models that they held.
        recorded: The benchmarks that were recorded.
        unbound: Logs of which it is not known what answered.
        unread: Files that look like results and cannot be read.
        not_seen: What was not seen, in sentences.
    """

    format: Literal["weighin.witness/1"]
    command: tuple[str, ...]
    exit_code: int
    started: str
    finished: str
    run_id: str
    results: str
    processes: int
    models: tuple[WitnessedModel, ...]
    recorded: tuple[WitnessedBenchmark, ...]
    unbound: tuple[UnboundLog, ...]
    unread: tuple[str, ...]
    not_seen: tuple[str, ...]


def render(document: WitnessDocument) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    return json_text(document)
