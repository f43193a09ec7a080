"""Everything that was read from the evidence files, before anybody judges it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from weighin.evidence.records import Record
from weighin.identity.compare import Comparison
from weighin.identity.manifest import Manifest

ScoreKey = tuple[str, str, str]
"""Task, metric, filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenFile:
    """A file of the evidence that is not what its digest says.

    Attributes:
        file: Path as in `Origin.file`.
        benchmark: The benchmark whose record names it; empty if none does.
        expected: Digest or state that is recorded.
        found: Digest or state that was found, for example `missing`.
        model: Name under which the score of that benchmark is claimed; empty if unknown.
    """

    file: str
    benchmark: str
    expected: str
    found: str
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """Scores computed again from the samples beside a record.

    Attributes:
        values: Value by (task, metric, filter), for those that could be computed.
        documents: Documents that the samples hold, by (task, metric, filter).
        why_not: Reason by (task, metric, filter), for those that could not.
    """

    values: Mapping[ScoreKey, float]
    documents: Mapping[ScoreKey, int]
    why_not: Mapping[ScoreKey, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the evidence files hold.

    Attributes:
        records: All records, of any model, in a stable order.
        recompute: Recomputes the scores of one of `records` from its samples.
        manifests: Checkpoint manifests by checkpoint id.
        comparisons: Measured comparisons of two checkpoints, by their ids in sorted order.
        broken_files: Files whose digest does not hold.
        interrupted_attempts: By (model, benchmark): attempts that started and left no record.
        finished_attempts: By job id: attempts that a ledger says left a record, whether or not
            they were given as evidence.
        notes: Sentences on what was passed over, for example a torn last line of a ledger.
    """

    records: tuple[Record, ...]
    recompute: Callable[[Record], Recomputed]
    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    comparisons: Mapping[tuple[str, str], Comparison] = field(default_factory=dict)
    broken_files: tuple[BrokenFile, ...] = ()
    interrupted_attempts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    finished_attempts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
