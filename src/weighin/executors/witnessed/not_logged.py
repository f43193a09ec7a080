"""What is recorded of a command without a log: what was loaded, and how often it was called."""

from collections.abc import Sequence
from pathlib import PurePath

from weighin.evidence.ledger import now
from weighin.evidence.records import Asked, Origin, Record, RunInfo, Score
from weighin.evidence.store import RECORD_NAME
from weighin.executors.job import PRODUCER
from weighin.executors.witnessed.answered import Answered

NO_LOG = "(no log)"
"""Stands behind the name of a program, which may be that of a benchmark, too."""
OWN_CODE = "own code"
"""The harness of an evaluation that is none that weighin knows."""


def without_log(answered: Answered, started: str) -> Record:
    """A record without a score, of a model that answered.

    Args:
        answered: The model.
        started: When the command was started, RFC 3339.
    """
    source = answered.model.source.rstrip("/").rpartition("/")[2]
    return told_record(
        source or answered.model.kind,
        f"{_program(answered.process.arguments)} {NO_LOG}",
        engine=answered.weighing.engine,
        started=started,
    )


def told_record(  # noqa: PLR0913  # what is known of it, all by keyword but the names
    model: str,
    task: str,
    *,
    engine: str,
    started: str,
    scores: tuple[Score, ...] = (),
    documents: int | None = None,
    step: int | None = None,
) -> Record:
    """A record of what no log tells.

    Args:
        model: Name under which it is claimed.
        task: What is scored.
        engine: The inference engine.
        started: RFC 3339.
        scores: As they were told.
        documents: How many documents are behind them; `None` if unknown.
        step: Of a training; `None` for none.
    """
    return Record(
        model=model,
        checkpoint_id=None,
        location=None,
        asked=Asked(
            task=task,
            task_version=None,
            config_digest=None,
            dataset_path=None,
            dataset_revision=None,
            documents_digest=None,
            prompts_digest=None,
            num_fewshot=None,
            documents_total=None,
            documents_scored=documents,
            decoding={},
        ),
        observations=(),
        scores=scores,
        is_partial=False,
        files=(),
        loaded=None,
        run=RunInfo(
            run_id="",
            job_id="",
            attempt_id="",
            started=started,
            finished=now(),
            harness=OWN_CODE,
            engine=engine,
            command="",
            host="",
            versions={},
            settings={} if step is None else {"step": step},
        ),
        origin=Origin(producer=PRODUCER, file=RECORD_NAME),
    )


def _program(arguments: Sequence[str]) -> str:
    """What Python ran: the name of a script or of a module."""
    for argument in arguments[1:]:
        if not argument.startswith("-"):
            return PurePath(argument).name or argument
    return "python"
