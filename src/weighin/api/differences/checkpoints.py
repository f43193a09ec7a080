"""What differs between two checkpoints."""

from pathlib import Path

from weighin.evidence.differences.checkpoints import held_checkpoints
from weighin.evidence.differences.difference import DifferenceReport
from weighin.evidence.differences.headline import first_line_of
from weighin.identity.comparison.checkpoints import Progress
from weighin.identity.digests.hashing import Progress as Hashing
from weighin.sources.checkpoints.compared import compare_places


def between_checkpoints(
    first: str,
    second: str,
    *,
    on_progress: Progress | None = None,
    on_hashing: Hashing | None = None,
) -> DifferenceReport:
    """Which tensors differ, and what differs in the files beside them; progress as for `compare`.

    Raises:
        CheckpointError: One is missing or malformed.
        InfrastructureError: A hub cannot be reached.
        UsageError: What asks a hub is not installed.
    """
    report = compare_places(first, second, on_progress=on_progress, on_hashing=on_hashing)
    differences = held_checkpoints(report, Path(first), Path(second))
    return DifferenceReport(
        first=first,
        second=second,
        kind="checkpoints",
        headline=f"{first_line_of(differences)} · {report.relation}",
        differences=differences,
    )
