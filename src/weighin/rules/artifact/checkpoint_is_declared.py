"""The rule `checkpoint-is-declared`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet
from weighin.rules.artifact.held_as_content import content_finding
from weighin.rules.artifact.named_checkpoint import declared_checkpoint, held_against
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.difference import facets_in_words, score_difference
from weighin.rules.shared.per_record import RecordRule


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointIsDeclared(RecordRule):
    """Every benchmark was scored on the checkpoint that the requirements declare.

    Why:
        That all benchmarks agree does not say on what: they may all have been scored on another
        checkpoint than the one whose name stands over the row.

    How:
        Compares the checkpoint id of each record with that of `model.checkpoint`, and what the
        record says of its checkpoint with the manifest of that id. Where the ids differ, the
        manifests decide by content: other weights, adapters or quantization are another
        checkpoint, another facet is one where `same` names it, and the same content in other
        files is the same checkpoint. Python that lies there and was not executed is none.

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
    other = f"scored on another checkpoint than the declared one: {facets_in_words(comparison)}"
    gained = score_difference(case, record) if Facet.WEIGHTS in comparison.facets else ""
    return content_finding(
        case, record, comparison, "declared", f"{other}; {gained}" if gained else other
    )
