"""The rule `checkpoint-is-declared`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet
from weighin.rules.artifact.named_checkpoint import declared_checkpoint, held_against, other_id
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.difference import facets_in_words, score_difference, tensors_of
from weighin.rules.shared.per_record import RecordRule
from weighin.rules.shared.wording import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointIsDeclared(RecordRule):
    """Every benchmark was scored on the checkpoint that the requirements declare.

    Why:
        That all benchmarks agree does not say on what: they may all have been scored on another
        checkpoint than the one whose name stands over the row.

    How:
        Compares the checkpoint id of each record with that of `model.checkpoint`, and what the
        record says of its checkpoint with the manifest of that id. Where the ids differ, the
        manifests say which facets and which tensors.

    Fix:
        Declare the checkpoint that was scored, or score the benchmark on the declared one.
    """

    id: ClassVar[str] = "checkpoint-is-declared"
    anchor: ClassVar[str] = "model.checkpoint"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record whose checkpoint is another one or is not known."""
        if case.requirements.model.checkpoint is None and case.declared is None:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements declare no checkpoint",
            )
            return
        yield from RecordRule.check(self, case)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """What tells the record's checkpoint from the declared one, else one answer."""
        yield from held_against(case, record, declared_checkpoint(case), _different_from_declared)


def _different_from_declared(case: Case, record: Record, comparison: Comparison) -> Finding:
    facets = (*comparison.facets, *comparison.facets_unknown)
    weights = Facet.WEIGHTS in facets
    parts = [f"scored on another checkpoint than the declared one: {facets_in_words(comparison)}"]
    if weights and (gained := score_difference(case, record)):
        parts.append(gained)
    return Finding(
        outcome=Outcome.VIOLATED,
        statement="; ".join(parts),
        facet=Facet.WEIGHTS if weights else facets[0] if len(facets) == 1 else None,
        expected=f"checkpoint {digest(other_id(comparison, record))}",
        found=f"checkpoint {digest(record.checkpoint_id or '')}",
        fix="score it on the declared checkpoint, or declare the one that was scored",
        tensors=tensors_of(comparison),
    )
