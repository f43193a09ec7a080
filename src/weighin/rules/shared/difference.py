"""How two checkpoints differ, in words, and what the difference did to a score."""

from weighin.evidence.differences.words.tensors import comparison_with_distances, weights_in_words
from weighin.evidence.records import Record, Score
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet, Kind
from weighin.identity.manifest import Manifest
from weighin.rules.interface import Case
from weighin.rules.shared.wording import digest, number

_NONE = "none"
_ARTIFACT = frozenset({Facet.WEIGHTS, Facet.ADAPTERS, Facet.QUANTIZATION})
"""The facets without which it is another model, whatever `same` names."""


def comparison_of(case: Case, left: Manifest, right: Manifest) -> Comparison:
    """What differs by the manifests; how far, if the evidence holds a measured comparison."""
    return comparison_with_distances(left, right, case.comparisons)


def facets_in_words(comparison: Comparison) -> str:
    """Which facets of two manifests differ or are set in only one of them."""
    others = tuple(f for f in comparison.facets if f is not Facet.WEIGHTS)
    weights = weights_in_words(comparison)
    if not comparison.facets and not comparison.facets_unknown:
        return f"{weights}; no facet differs, only the list of files"
    parts = [weights]
    if others:
        parts.append(f"{', '.join(others)} {'differs' if len(others) == 1 else 'differ'}")
    if comparison.facets_unknown:
        parts.append(f"{', '.join(comparison.facets_unknown)} set in only one of the two")
    return "; ".join(parts)


def differing_content(
    case: Case, record: Record, comparison: Comparison
) -> tuple[tuple[Facet, ...], tuple[Facet, ...]]:
    """The facets in which two checkpoints differ, and those of which that is not known.

    Only those that must be the same count, and those that make another model whatever must be.
    Python that lies in a checkpoint and was not executed, and that the requirements do not allow,
    is none.
    """
    idle = {Facet.REMOTE_CODE} if _executed_no_code(case, record) else set()
    counting = _ARTIFACT.union(case.requirements.same) - idle
    return (
        tuple(f for f in comparison.facets if f in counting),
        tuple(f for f in comparison.facets_unknown if f in counting),
    )


def _executed_no_code(case: Case, record: Record) -> bool:
    said = [
        identifier.value
        for identifier in record.observation(Facet.REMOTE_CODE).identifiers
        if identifier.kind is Kind.CONTENT
    ]
    return said == [_NONE] and not case.requirements.model.remote_code


def score_difference(case: Case, record: Record) -> str:
    """The record's score beside the same benchmark's score on another checkpoint.

    Returns:
        For example `scored 0.93 here, 0.41 on the declared checkpoint: +0.52`. Empty if no such
        record was asked the same of the same documents.
    """
    declared = None if case.declared is None else case.declared.checkpoint_id
    others = [
        r
        for r in (*case.reference, *case.records)
        if r.asked.task == record.asked.task
        and r.checkpoint_id not in (None, record.checkpoint_id)
        and _asked_alike(r, record)
    ]
    others.sort(key=lambda r: (r.checkpoint_id != declared, r.run.started, r.model_dump_json()))
    for other in others:
        on = "the declared checkpoint"
        if other.checkpoint_id != declared:
            on = f"checkpoint {digest(other.checkpoint_id or '')}"
        beside = {(s.task, s.key): s.value for s in other.scores}
        for score in claimed_scores(case, record):
            if (value := beside.get((score.task, score.key))) is not None:
                return (
                    f"scored {number(score.value)} here, {number(value)} on {on}: "
                    f"{score.value - value:+.4g}"
                )
    return ""


def claimed_scores(case: Case, record: Record) -> tuple[Score, ...]:
    """The scores of a record that the requirements are about.

    Returns:
        The required metric of the benchmark itself; every score where no metric is required.
    """
    required = case.required(record.asked.task)
    key = None if required is None else required.metric_key
    if required is None or key is None:
        return record.scores
    own = tuple(s for s in record.scores if s.task == record.asked.task)
    exactly = tuple(s for s in own if s.key == key)
    return exactly or tuple(s for s in own if required.claims(s.metric, s.filter))


def _asked_alike(left: Record, right: Record) -> bool:
    ours, theirs = left.asked, right.asked
    return (ours.num_fewshot, ours.documents_scored, ours.documents_digest) == (
        theirs.num_fewshot,
        theirs.documents_scored,
        theirs.documents_digest,
    )
