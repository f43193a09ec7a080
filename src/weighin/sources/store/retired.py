"""The jobs that the ledgers of a store retire."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from weighin.evidence.collected import RetiredJob
from weighin.evidence.ledger import Entry, Ledgers, Retirement, ledgers_at
from weighin.files.stores.interface import Storage


def retired_in(place: Path | str | Storage) -> dict[str, RetiredJob]:
    """The jobs that the ledgers of a results store retire.

    Raises:
        EvidenceError: A ledger cannot be read.
        InfrastructureError: The store cannot be reached.
    """
    return retired_jobs(ledgers_at(place))


def retired_jobs(ledgers: Ledgers) -> dict[str, RetiredJob]:
    """The jobs that ledgers retire, by job id; the last reason stands."""
    began: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in ledgers.entries:
        if entry.line.attempt_id and entry.line.job_id in ledgers.retirements:
            began[entry.line.job_id].append(entry)
    return {
        job_id: _retired_job(retirement, began[job_id])
        for job_id, retirement in ledgers.retirements.items()
    }


def _retired_job(retirement: Retirement, of_attempts: Sequence[Entry]) -> RetiredJob:
    # An attempt is where its first event is.
    first = {entry.line.attempt_id: entry for entry in reversed(of_attempts)}
    line = retirement.entry.line
    return RetiredJob(
        job_id=line.job_id,
        reason=str(line.detail.get("reason", "")),
        time=line.time,
        benchmark=line.benchmark,
        model=line.model,
        before=frozenset(a for a, entry in first.items() if entry.sha256 in retirement.before),
        since=frozenset(a for a, entry in first.items() if entry.sha256 in retirement.since),
    )
