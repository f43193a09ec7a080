"""Retire a job: what it recorded decides nothing from then on, in the open."""

import re
from pathlib import Path

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.collected import RetiredJob
from weighin.evidence.ledger import JOB_RETIRED, Ledger, ledgers_at, new_run_id
from weighin.files.stores.opening import is_url, storage_at
from weighin.sources.store.retired import retired_in, retired_jobs

_JOB = re.compile(r"[0-9a-f]{6,64}")
_SHOWN = 20


def retire(job: str, *, reason: str, results: str | Path = "results") -> RetiredJob:
    """Write a ledger line by which a job decides nothing. Nothing is deleted.

    What it recorded is shown in every report and still counts as an attempt; a benchmark of which
    nothing else is recorded stays undecided.

    Args:
        job: Its id or how it begins, at least 6 hex digits: the folder of its attempts.
        reason: Why; it stands in every report.
        results: The results folder, or the URL of an object store.

    Raises:
        EvidenceError: There are no results, or a ledger cannot be read.
        InfrastructureError: The disk is full or failing.
        UsageError: No or more than one job begins so, it is retired already, or there is no reason.
    """
    if not is_url(results) and not Path(results).exists():
        raise EvidenceError(f"{results}: expected a results folder, found nothing there")
    storage = storage_at(results)
    if not reason.strip():
        raise UsageError("--reason: expected why the job is retired, found nothing")
    if _JOB.fullmatch(job) is None:
        raise UsageError(f"{job!r}: expected a job id, or at least its first 6 hex digits")
    ledgers = ledgers_at(storage)
    jobs = {line.job_id: line for line in ledgers.lines if line.job_id}
    found = [line for job_id, line in jobs.items() if job_id.startswith(job)]
    if len(found) != 1:
        among = found or list(jobs.values())
        told = ", ".join(f"{line.job_id[:12]} ({line.benchmark})" for line in among[:_SHOWN])
        what = "more than one" if found else "none"
        raise UsageError(
            f"{job}: expected one job of the ledgers in {storage.place}, found {what}; "
            + (f"there are {told}" if told else "they name no job")
        )
    (line,) = found
    before = retired_jobs(ledgers).get(line.job_id)
    # What was scored since then can be retired again.
    if before is not None and not before.since:
        raise UsageError(f"{line.job_id[:12]}: retired already at {before.time}: {before.reason}")
    storage.prepare()
    ledger = Ledger(storage, run_id=new_run_id(), model=line.model)
    ledger.append(
        JOB_RETIRED,
        benchmark=line.benchmark,
        job_id=line.job_id,
        detail={"reason": reason.strip()},
    )
    return retired_in(storage)[line.job_id]
