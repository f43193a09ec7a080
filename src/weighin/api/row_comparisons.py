"""The checkpoints of a row, held against each other."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.evidence.collected import Evidence
from weighin.evidence.records import Record
from weighin.evidence.store import Store
from weighin.identity.comparison.distance import with_distances
from weighin.identity.comparison.manifests import Comparison, compare_manifests
from weighin.identity.manifest import Manifest
from weighin.identity.published.revision import (
    HUB_SCHEME,
)
from weighin.requirements.model import Requirements

_ID = "sha256:"


def row_comparisons(
    requirements: Requirements,
    records: Sequence[Record],
    declared: Manifest | None,
    evidence: Evidence,
    keep_in: Store | None,
) -> Mapping[tuple[str, str], Comparison]:
    """Comparisons of all checkpoints of a row: as recorded, or measured if both are at hand."""
    manifests = dict(evidence.manifests)
    ids = {str(r.checkpoint_id) for r in records if r.checkpoint_id in manifests}
    folders = {str(r.checkpoint_id): Path(r.location) for r in records if r.location is not None}
    if declared is not None:
        manifests[declared.checkpoint_id] = declared
        ids.add(declared.checkpoint_id)
        written = requirements.model.checkpoint or ""
        if not written.startswith((HUB_SCHEME, _ID)):
            folders[declared.checkpoint_id] = requirements.resolve(written)
    found = dict(evidence.comparisons)
    ordered = sorted(ids)
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if (first, second) in found:
                continue
            comparison = compare_manifests(manifests[first], manifests[second])
            measure = partial(with_distances, comparison, manifests[first])
            if first in folders and second in folders:
                # A folder that moved or changed leaves the comparison of the manifests.
                with suppress(CheckpointError):
                    comparison = measure(folders[first], manifests[second], folders[second])
            if keep_in is not None and comparison.distances:
                keep_in.keep_comparison(comparison)
            found[first, second] = comparison
    return found
