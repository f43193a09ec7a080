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
    from weighin.executors.witnessed.told import SeenModel, SeenProcess

PathLike = str | Path


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

    done = witnessed(command, results, name)
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
    basis = witnessed.get("basis") if isinstance(witnessed, dict) else ""
    return WitnessedBenchmark(
        benchmark=record.asked.task,
        model=record.model,
        job_id=record.run.job_id,
        attempt_id=record.run.attempt_id,
        checkpoint_id=record.checkpoint_id,
        watch="" if record.watch is None else record.watch.state.value,
        basis=str(basis or ""),
    )
