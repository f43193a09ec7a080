"""The rule `checkpoint-is-declared`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet
from weighin.rules.artifact.declared_by_log import contradictions, is_of_declared_commit
from weighin.rules.artifact.held_as_content import content_finding
from weighin.rules.artifact.named_checkpoint import declared_checkpoint, held_against
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.difference import facets_in_words, score_difference
from weighin.rules.shared.facets.artifact_names import commits_of
from weighin.rules.shared.facets.commits import declared_commit, unlike
from weighin.rules.shared.per_record import RecordRule, place


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
        A log of another harness holds no such id. What it says is held against the file: an
        argument that makes other weights, a count of parameters that another benchmark's log
        contradicts, or another commit, which `--online` or a kept answer of the hub settles.
        Where `evidence` asks for no more than what a log declares, the declared commit will do.

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
        if record.checkpoint_id is None:
            contrary = tuple(contradictions(case, record))
            if contrary or is_of_declared_commit(case, record):
                yield from contrary or [_of_declared_commit(case, record)]
                return
        yield from held_against(case, record, declared_checkpoint(case), _different_from_declared)


def _of_declared_commit(case: Case, record: Record) -> Finding:
    commit = next(iter(commits_of(record, case.requirements.evidence)))
    declared = declared_commit(case.requirements)
    statement = "the log names the declared commit"
    if commit.lower() != declared.lower():
        why = unlike(case, commit, declared, case.requirements.evidence).why
        statement = f"the log names {commit}, declared is {declared}: {why}"
    return Finding(
        outcome=Outcome.MET,
        facet=Facet.WEIGHTS,
        statement=statement,
        found=f"{commit} ({case.requirements.evidence})",
        where=(place(record, Facet.WEIGHTS),),
    )


def _different_from_declared(case: Case, record: Record, comparison: Comparison) -> Finding:
    other = f"scored on another checkpoint than the declared one: {facets_in_words(comparison)}"
    gained = score_difference(case, record) if Facet.WEIGHTS in comparison.facets else ""
    finding = content_finding(
        case, record, comparison, "declared", f"{other}; {gained}" if gained else other
    )
    return replace(finding, effect=gained)
