"""What differs between two runs, checkpoints, plans or verdicts."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from weighin.api.differences.checkpoints import between_checkpoints
from weighin.api.differences.kinds import Kind, one_kind
from weighin.api.differences.plans import between_plans
from weighin.api.differences.records import between_records
from weighin.api.differences.verdicts import between_verdicts
from weighin.evidence.differences.benchmark import DEFAULT_EXAMPLES
from weighin.evidence.differences.difference import DifferenceReport

PathLike = str | Path

_BETWEEN: Final[Mapping[Kind, Callable[[str, str, int], DifferenceReport]]] = {
    Kind.RECORDS: between_records,
    Kind.CHECKPOINTS: lambda first, second, _: between_checkpoints(first, second),
    Kind.PLANS: lambda first, second, _: between_plans(first, second),
    Kind.VERDICTS: lambda first, second, _: between_verdicts(first, second),
}


def diff(
    first: PathLike, second: PathLike, *, examples: int = DEFAULT_EXAMPLES
) -> DifferenceReport:
    """What moved from one thing to another, and what it did to the scores.

    Args:
        first: A record, the folder of a job, a results folder or URL, or a log of any harness; a
            checkpoint, its manifest or `hf://org/name@REV`; a plan; or a verdict as JSON.
        second: Another of the same kind; changes are told as from the first to it.
        examples: How many documents whose score is another are told of each benchmark.

    Raises:
        CheckpointError: A checkpoint is missing or malformed.
        EvidenceError: Something cannot be read, or holds no record.
        UsageError: There is nothing, or the two are of two kinds.
    """
    kind = one_kind(str(first), str(second))
    return _BETWEEN[kind](str(first), str(second), examples)
