"""What it means that a record's checkpoint has another id than the one that is named."""

from typing import Literal

from weighin.evidence.differences.words.tensors import tensors_of
from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet
from weighin.rules.artifact.named_checkpoint import other_id
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.difference import differing_content, facets_in_words
from weighin.rules.shared.wording import digest

_WAY_OUT = {
    "declared": "score it on the declared checkpoint, or declare the one that was scored",
    "released": "score the released checkpoint, or release the one that was scored",
}


def content_finding(
    case: Case,
    record: Record,
    comparison: Comparison,
    which: Literal["declared", "released"],
    other_weights: str,
) -> Finding:
    """The answer where two checkpoint ids differ: other files may hold the same content.

    Other weights, adapters or quantization are another checkpoint. Another facet is one where
    `same` names it, and is mentioned otherwise; nothing but other files is no difference.

    Args:
        case: The case.
        record: The record.
        comparison: What differs between the record's checkpoint and the named one.
        which: `declared` or `released`.
        other_weights: What is said where the weights differ.
    """
    differ, unknown = differing_content(case, record, comparison)
    about = differ or unknown
    if Facet.WEIGHTS in comparison.facets:
        about, outcome, statement = (Facet.WEIGHTS,), Outcome.VIOLATED, other_weights
    else:
        outcome = Outcome.VIOLATED if differ else Outcome.UNDECIDED if unknown else Outcome.MET
        statement = f"scored on the {which} weights; {facets_in_words(comparison)}"
    return Finding(
        outcome=outcome,
        statement=statement,
        facet=about[0] if len(about) == 1 else None,
        expected=f"checkpoint {digest(other_id(comparison, record))}",
        found=f"checkpoint {digest(record.checkpoint_id or '')}",
        fix=_WAY_OUT[which] if about else "",
        tensors=tensors_of(comparison) if Facet.WEIGHTS in comparison.facets else (),
    )
