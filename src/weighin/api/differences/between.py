"""What differs between two runs, checkpoints, plans or verdicts."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from weighin.api.differences.checkpoints import between_checkpoints
from weighin.api.differences.kinds import Kind, one_kind
from weighin.api.differences.plans import between_plans
from weighin.api.differences.records import between_records
from weighin.api.differences.verdicts import between_verdicts
from weighin.api.jobs import job_or_place
from weighin.evidence.differences.benchmark import DEFAULT_EXAMPLES
from weighin.evidence.differences.difference import DifferenceReport
from weighin.identity.comparison.checkpoints import Progress

PathLike = str | Path

_BETWEEN: Final[Mapping[Kind, Callable[[str, str], DifferenceReport]]] = {
    Kind.PLANS: between_plans,
    Kind.VERDICTS: between_verdicts,
}


def diff(
    first: PathLike,
    second: PathLike,
    *,
    examples: int = DEFAULT_EXAMPLES,
    skip_unreadable: bool = False,
    results: PathLike = "results",
    on_progress: Progress | None = None,
    on_hashing: Callable[[int, int], None] | None = None,
) -> DifferenceReport:
    """What moved from one thing to another, and what it did to the scores.

    Args:
        first: A record, the folder of a job, a results folder or URL, or a log of any harness; a
            checkpoint, its manifest or `hf://org/name@REV`; a plan; or a verdict as JSON.
        second: Another of the same kind; changes are told as from the first to it.
        examples: How many documents whose score is another are told of each benchmark.
        results: Where a job is looked for that is named by at least 6 digits of its id.
        skip_unreadable: Name files that cannot be read as evidence in the notes instead of raising.
        on_progress: Called before each tensor of checkpoints is read: done, in all, its name.
        on_hashing: Called with bytes hashed and bytes in all, of one checkpoint after the other.

    Raises:
        CheckpointError: A checkpoint is missing or malformed.
        EvidenceError: Something cannot be read, or holds no record.
        UsageError: There is nothing, or the two are of two kinds.
    """
    ours, theirs = job_or_place(str(first), results), job_or_place(str(second), results)
    kind = one_kind(ours, theirs)
    if kind is Kind.RECORDS:
        return between_records(ours, theirs, examples, skip_unreadable=skip_unreadable)
    if kind is Kind.CHECKPOINTS:
        return between_checkpoints(ours, theirs, on_progress=on_progress, on_hashing=on_hashing)
    return _BETWEEN[kind](ours, theirs)
