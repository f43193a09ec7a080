"""The rule `checkpoint-is-declared`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet
from weighin.rules.artifact.held_against_manifest import manifest_findings
from weighin.rules.artifact.named_checkpoint import (
    NamedCheckpoint,
    held_against,
    named_checkpoint,
    other_id,
    unknown_checkpoint,
)
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.shared.difference import facets_in_words, score_difference, tensors_of
from weighin.rules.shared.per_record import for_each_record, required_records
from weighin.rules.shared.wording import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointIsDeclared:
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
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "model.checkpoint"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record whose checkpoint is another one or is not known."""
        written = case.requirements.model.checkpoint
        if written is None and case.declared is None:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements declare no checkpoint",
            )
            return
        target = named_checkpoint(case.declared, written, case.manifests)
        yield from for_each_record(
            case, required_records(case), lambda record: _declared_findings(case, record, target)
        )


def _declared_findings(case: Case, record: Record, target: NamedCheckpoint) -> Iterator[Finding]:
    if unknown := unknown_checkpoint(case, record, target, "declared", case.declared_why_not):
        yield unknown
        return
    contrary = tuple(manifest_findings(case, record))
    if record.checkpoint_id == target.checkpoint_id:
        yield from contrary or [
            Finding(
                outcome=Outcome.MET,
                statement="scored on the declared checkpoint",
                found=f"checkpoint {digest(record.checkpoint_id or '')}",
            )
        ]
        return
    # That a manifest is missing is what the comparison of the two says itself.
    yield from (f for f in contrary if f.outcome is Outcome.VIOLATED)
    yield held_against(case, record, target, "declared", _different_from_declared)


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
