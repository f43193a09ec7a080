"""Evaluations of others, witnessed: what answered, on record, beside the scores of any harness."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from weighin.evidence.records import WITNESSED, Record
from weighin.reports.evidence.witness.witness_json import (
    WITNESS_FORMAT,
    UnboundLog,
    WitnessDocument,
    WitnessedBenchmark,
    WitnessedModel,
)

if TYPE_CHECKING:
    from weighin.executors.witnessed.in_process import Witness
    from weighin.executors.witnessed.told import SeenModel, SeenProcess
    from weighin.executors.witnessed.witnessing import Session, Witnessed

PathLike = str | Path


def witness(  # all by keyword but the model
    model: object,
    *,
    tokenizer: object = None,
    benchmark: str = "",
    results: PathLike = "results",
    name: str | None = None,
    checkpoint: PathLike = "",
    step: int | None = None,
) -> "Witness":
    """Watch a model from the beginning to the end of a `with` block, or of a decorated function.

        with weighin.witness(model, tokenizer=tokenizer, benchmark="mmlu") as w:
            w.score(acc=evaluate(model), documents=1000)

    The model is weighed before its first answer and after its last one, and looked at at every
    call. What is told with `score`, or stands in a log that is named with `log`, is recorded.

    Args:
        model: A model of transformers, or any module of torch.
        tokenizer: What makes its prompts; `None` if it is not known.
        benchmark: What is scored; not needed for logs, which say it.
        results: The results folder, or the URL of an object store.
        name: Name under which the scores are claimed; `None` for that of the model or of the log.
        checkpoint: What the model was loaded from; empty for what the model says itself.
        step: The step of a training that the model is at: its weights are those of no checkpoint
            but `checkpoint`, if one is named.

    Raises:
        UsageError: The results cannot be written.
        WeighinError: What the model was loaded from cannot be read, or its tensors cannot.
    """
    from weighin.executors.witnessed.in_process import Witness

    return Witness(
        model,
        tokenizer=tokenizer,
        benchmark=benchmark,
        results=results,
        name=name,
        checkpoint=str(checkpoint),
        step=step,
    )


def witness_command(
    command: Sequence[str], *, results: PathLike = "results", name: str | None = None
) -> WitnessDocument:
    """Run a command as it is, and record what was seen to answer.

    Args:
        command: The program and its arguments.
        results: The results folder, or the URL of an object store.
        name: Name under which the scores are claimed; `None` leaves it to the logs.

    Raises:
        UsageError: There is no such program, or the results cannot be written.
        InfrastructureError: A disk is full or failing.
    """
    from weighin.executors.witnessed.witnessing import witness_command as witnessed

    return _document(witnessed(command, results, name))


class WitnessedSession:
    """What happens in this process since `witness_transformers` was called."""

    def __init__(self, session: "Session") -> None:
        """Tell of a session."""
        self._session = session

    def record(self, *, results: PathLike = "results", name: str | None = None) -> WitnessDocument:
        """Record the logs that were written since the last time, with what answered.

        Args:
            results: The results folder, or the URL of an object store.
            name: Name under which the scores are claimed; `None` leaves it to the logs.

        Raises:
            UsageError: The results cannot be written.
            InfrastructureError: A disk is full or failing.
        """
        return _document(self._session.record(results=results, name=name))


def witness_transformers() -> WitnessedSession:
    """Watch every model that transformers loads in this process from now on, as in a notebook.

        session = weighin.witness_transformers()
        ...                                         # any evaluation that writes a log
        session.record(results="results")

    Call it once, before the model is loaded. Python cannot stop to hear of the files that a process
    writes: what is watched is watched to its end.
    """
    from weighin.executors.witnessed.witnessing import Session

    return WitnessedSession(Session())


def _document(done: "Witnessed") -> WitnessDocument:
    return WitnessDocument(
        format=WITNESS_FORMAT,
        command=done.command,
        exit_code=done.code,
        started=done.started,
        finished=done.finished,
        run_id=done.run_id,
        results=done.results,
        processes=len(done.processes),
        models=tuple(
            _model(process, model)
            for process in done.processes
            for model in process.models.values()
            if model.all_passes or not model.is_inherited
        ),
        recorded=tuple(map(_benchmark, done.records)),
        unbound=tuple(
            UnboundLog(file=log.path, benchmarks=log.benchmarks, why=log.why)
            for log in done.unbound
        ),
        unread=done.unread,
        not_seen=done.not_seen,
    )


def _model(process: "SeenProcess", model: "SeenModel") -> WitnessedModel:
    last = model.weighings[-1] if model.weighings else None
    return WitnessedModel(
        process=process.pid,
        kind=model.kind,
        source=model.source,
        adapter=model.adapter,
        checkpoint_id=None if last is None else last.checkpoint_id,
        passes=model.all_passes,
        weighed=tuple(weighing.when for weighing in model.weighings),
        problem=model.problem or ("" if last is None else last.why_not),
    )


def _benchmark(record: Record) -> WitnessedBenchmark:
    witnessed = record.run.settings.get(WITNESSED)
    how = witnessed if isinstance(witnessed, dict) else {}
    return WitnessedBenchmark(
        benchmark=record.asked.task,
        model=record.model,
        named=str(how.get("named") or ""),
        scores={
            score.metric if score.filter == "none" and "," not in score.metric else score.key: (
                score.value
            )
            for score in record.scores
            if score.task == record.asked.task
        },
        job_id=record.run.job_id,
        attempt_id=record.run.attempt_id,
        checkpoint_id=record.checkpoint_id,
        watch="" if record.watch is None else record.watch.state.value,
        basis=str(how.get("basis") or ""),
    )
