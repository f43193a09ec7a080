"""The rule `released-is-scored`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.differences.words.tensors import weights_in_words
from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.rules.artifact.held_against_manifest import manifest_findings
from weighin.rules.artifact.held_as_content import content_finding
from weighin.rules.artifact.named_checkpoint import held_against, released_checkpoint
from weighin.rules.artifact.published_weights import published_finding
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.per_record import RecordRule


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedIsScored(RecordRule):
    """Every benchmark was scored on the weights that were released.

    Why:
        A score of an unreleased variant says nothing about what others can download, however
        alike the names are.

    How:
        Compares the weights digest of each record's checkpoint with that of `model.released`, and
        what the record says of its checkpoint with the manifest of its id.
        Adapters and quantization count like the weights. Another facet of the release counts
        where `same` names it, and is mentioned otherwise.
        Of a hub revision that is not in the hub cache, only what the hub lists is compared: the
        sha256 of the weight files, and names, dtypes and shapes of the tensors. Other files may
        hold the same tensors, so that they alone decide nothing. Xet hashes are not compared.
        Only `weighin check --online` asks the hub; its answer can be kept with the evidence, or
        saved and named as `model.released`. Nobody but the hub can vouch for such a file, so a
        finding that rests on one names it.

    Fix:
        Score the released checkpoint, or release the one that was scored.
    """

    id: ClassVar[str] = "released-is-scored"
    anchor: ClassVar[str] = "model.released"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record whose weights are others than the released ones."""
        if case.requirements.model.released is None:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements name no released checkpoint",
            )
            return
        yield from RecordRule.check(self, case)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """What tells the record's checkpoint from the released one, else one answer."""
        released, revision = released_checkpoint(case), case.released_revision
        if (
            released.checkpoint_id is None
            and revision is not None
            and (record.checkpoint_id is not None)
        ):
            contrary = tuple(manifest_findings(case, record))
            yield from contrary or [published_finding(case, record, revision)]
        else:
            yield from held_against(case, record, released, _different_from_released)


def _different_from_released(case: Case, record: Record, comparison: Comparison) -> Finding:
    other = "a different artifact was scored than the one released: "
    return content_finding(
        case, record, comparison, "released", other + weights_in_words(comparison)
    )
