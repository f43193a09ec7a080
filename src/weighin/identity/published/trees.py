"""Two revisions of a hub held against each other by what it lists of them, without a download."""

from collections import Counter
from dataclasses import dataclass

from weighin.identity.facets import Agreement
from weighin.identity.published.revision import RemoteFile, RemoteRevision


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeComparison:
    """How the weights of two revisions relate.

    Attributes:
        weights: The answer.
        reason: What it rests on, as a clause.
    """

    weights: Agreement
    reason: str


def compare_trees(left: RemoteRevision, right: RemoteRevision) -> TreeComparison:
    """Whether two revisions hold the same weights, by the sha256 that a hub lists of each file.

    Files that are laid out otherwise may hold the same tensors, so they are no difference by
    themselves; files of one name and size with other bytes are, and so are tensors of other names,
    dtypes or shapes.
    """
    if left.commit == right.commit and left.repository.lower() == right.repository.lower():
        return TreeComparison(weights=Agreement.SAME, reason="they are one commit")
    ours, theirs = _weight_files(left), _weight_files(right)
    if not ours or not theirs:
        return _unknown("one of them holds no weight files under names that transformers gives")
    if any(file.lfs_sha256 is None for file in (*ours.values(), *theirs.values())):
        return _unknown("no sha256 is listed of a weight file")
    if _digests(ours) == _digests(theirs):
        number = len(ours)
        files = "their weight file is" if number == 1 else f"all {number} weight files are"
        return TreeComparison(weights=Agreement.SAME, reason=f"{files} equal by sha256")
    if (tensors := _unequal_tensors(left, right)) > 0:
        noun = "tensor" if tensors == 1 else "tensors"
        return TreeComparison(
            weights=Agreement.DIFFERENT,
            reason=f"{tensors} {noun} of other names, dtypes or shapes",
        )
    if _sizes(ours) != _sizes(theirs):
        return _unknown("their weight files are laid out otherwise, and may hold the same tensors")
    unequal = sum(1 for path in ours if ours[path].lfs_sha256 != theirs[path].lfs_sha256)
    return TreeComparison(
        weights=Agreement.DIFFERENT,
        reason=f"{unequal} of {len(ours)} weight files of the same name and size have another "
        "sha256",
    )


def _unknown(reason: str) -> TreeComparison:
    return TreeComparison(weights=Agreement.UNKNOWN, reason=reason)


def _weight_files(revision: RemoteRevision) -> dict[str, RemoteFile]:
    sets = revision.weight_sets
    chosen = frozenset(sets[0]) if sets else frozenset[str]()
    return {file.path: file for file in revision.files if file.path in chosen}


def _digests(files: dict[str, RemoteFile]) -> Counter[str | None]:
    return Counter(file.lfs_sha256 for file in files.values())


def _sizes(files: dict[str, RemoteFile]) -> dict[str, int]:
    return {path: file.size_bytes for path, file in files.items()}


def _unequal_tensors(left: RemoteRevision, right: RemoteRevision) -> int:
    """How many tensors only one has, or both in unlike ways; 0 where they are not known."""
    if left.tensors is None or right.tensors is None:
        return 0
    ours, theirs = (
        {tensor.name: (tensor.dtype, tensor.shape) for tensor in of.tensors or ()}
        for of in (left, right)
    )
    return sum(1 for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
