"""What differs between two checkpoints."""

from pathlib import Path

from weighin.evidence.differences.checkpoints import held_checkpoints
from weighin.evidence.differences.difference import DifferenceReport
from weighin.evidence.differences.headline import first_line_of
from weighin.sources.checkpoints.compared import compare_places


def between_checkpoints(first: str, second: str) -> DifferenceReport:
    """Which tensors differ, and what differs in the files beside them.

    Raises:
        CheckpointError: One is missing or malformed.
        InfrastructureError: A hub cannot be reached.
        UsageError: What asks a hub is not installed.
    """
    report = compare_places(first, second)
    differences = held_checkpoints(report, Path(first), Path(second))
    return DifferenceReport(
        first=first,
        second=second,
        kind="checkpoints",
        headline=f"{first_line_of(differences)} · {report.relation}",
        differences=differences,
    )
