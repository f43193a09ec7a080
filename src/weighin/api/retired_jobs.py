"""Retire a job: what it recorded decides nothing from then on, in the open."""

import re
from pathlib import Path

from weighin.errors import UsageError
from weighin.evidence.collected import RetiredJob
from weighin.evidence.ledger import (
    JOB_RETIRED,
    Ledger,
    LedgerLine,
    ledger_paths,
    new_run_id,
    read_ledger,
)
from weighin.sources.store.ledgers import retired_in

_JOB = re.compile(r"[0-9a-f]{6,64}")
_SHOWN = 20


def retire(job: str, *, reason: str, results: str | Path = "results") -> RetiredJob:
    """Write a ledger line by which a job decides nothing. Nothing is deleted.

    What it recorded is shown in every report and still counts as an attempt; a benchmark of which
    nothing else is recorded stays undecided.

    Args:
        job: Its id or how it begins, at least 6 hex digits: the folder of its attempts.
        reason: Why; it stands in every report.
        results: The results folder.

    Raises:
        EvidenceError: A ledger cannot be read.
        InfrastructureError: The disk is full or failing.
        UsageError: No or more than one job begins so, it is retired already, or there is no reason.
    """
    folder = Path(results)
    if not reason.strip():
        raise UsageError("--reason: expected why the job is retired, found nothing")
    if _JOB.fullmatch(job) is None:
        raise UsageError(f"{job!r}: expected a job id, or at least its first 6 hex digits")
    lines = [line for path in ledger_paths(folder) for line in read_ledger(path).lines]
    jobs = {line.job_id: line for line in lines if line.job_id}
    found = [line for job_id, line in jobs.items() if job_id.startswith(job)]
    if len(found) != 1:
        among = found or list(jobs.values())
        told = ", ".join(f"{line.job_id[:12]} ({line.benchmark})" for line in among[:_SHOWN])
        what = "more than one" if found else "none"
        raise UsageError(
            f"{job}: expected one job of the ledgers in {folder}, found {what}; "
            + (f"there are {told}" if told else "they name no job")
        )
    (line,) = found
    before = retired_in(folder).get(line.job_id)
    if before is not None and not any(_is_since(started, before) for started in lines):
        raise UsageError(f"{line.job_id[:12]}: retired already at {before.time}: {before.reason}")
    ledger = Ledger(folder, run_id=new_run_id(), model=line.model)
    ledger.append(
        JOB_RETIRED,
        benchmark=line.benchmark,
        job_id=line.job_id,
        detail={"reason": reason.strip()},
    )
    return retired_in(folder)[line.job_id]


def _is_since(line: LedgerLine, retired: RetiredJob) -> bool:
    """Whether an attempt at a job began after it was retired: then it can be retired again."""
    is_start = line.event == "benchmark-started" and line.job_id == retired.job_id
    return is_start and line.time > retired.time
