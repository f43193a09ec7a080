"""Which tensors differ between two checkpoints that were scored, in words."""

from collections.abc import Mapping

from weighin.evidence.differences.words.wording import count
from weighin.identity.comparison.manifests import Comparison, compare_manifests
from weighin.identity.facets import Facet
from weighin.identity.manifest import Manifest


def comparison_with_distances(
    left: Manifest, right: Manifest, known: Mapping[tuple[str, str], Comparison]
) -> Comparison:
    """What differs by the manifests; how far, if a measured comparison is known.

    What differs is never taken from the measured comparison: it may be wrong, and this decides.
    """
    exact = compare_manifests(left, right)
    measured = known.get((exact.first, exact.second))
    if measured is None or measured.differing != exact.differing:
        return exact
    return exact.model_copy(
        update={
            "distances": measured.distances,
            "relative_frobenius": measured.relative_frobenius,
            "not_measured": measured.not_measured,
        }
    )


def tensors_of(comparison: Comparison) -> tuple[str, ...]:
    """Names of all tensors that are not the same in both checkpoints."""
    return (*comparison.differing, *comparison.only_in_first, *comparison.only_in_second)


def weights_in_words(comparison: Comparison) -> str:
    """How the tensors of two checkpoints relate, for a sentence."""
    differing = len(tensors_of(comparison))
    if not differing and Facet.WEIGHTS in comparison.facets:
        return "the weights digests differ"
    if not differing:
        return "the tensors on disk are the same"
    share = f"{differing} of {count(comparison.tensors, 'tensor')} differ"
    if comparison.parameters:
        percent = 100 * comparison.parameters_differing / comparison.parameters
        share += f" ({percent:.3g}% of the parameters"
        if comparison.relative_frobenius is not None:
            share += f", at a relative distance of {comparison.relative_frobenius:.3g}"
        share += ")"
    return share
