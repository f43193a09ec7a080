"""The weights digest: an RFC 6962 tree over the tensors of a checkpoint."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise

from weighin.errors import CheckpointError
from weighin.identity.canonical import canonical_json
from weighin.identity.manifest import TensorEntry


def merkle_root(entries: Sequence[bytes]) -> bytes:
    """Merkle tree hash of a list of entries.

    Args:
        entries: In the order of the leaves; may be empty.

    Returns:
        32 bytes.

    Source:
        RFC 6962, section 2.1.
    """
    if not entries:
        return hashlib.sha256(b"").digest()
    return _root([hashlib.sha256(b"\x00" + entry).digest() for entry in entries])


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + _root(leaves[:split]) + _root(leaves[split:])).digest()


def weights_digest(tensors: Iterable[TensorEntry]) -> str:
    """Hex digest of a set of tensors, whatever files they lie in and in whatever order.

    Args:
        tensors: Each with the digest of its bytes.

    Raises:
        CheckpointError: There are no tensors, or two have the same name.

    Source:
        Design section 3.
    """
    ordered = in_order(tensors)
    if not ordered:
        raise CheckpointError("the checkpoint holds no tensors: expected at least one, found 0")
    for before, after in pairwise(ordered):
        if before.name == after.name:
            raise CheckpointError(f"tensor {after.name!r}: expected once, found twice")
    return merkle_root([_leaf_entry(tensor) for tensor in ordered]).hex()


def in_order(tensors: Iterable[TensorEntry]) -> tuple[TensorEntry, ...]:
    """Tensors in order of their UTF-8 names."""
    return tuple(sorted(tensors, key=lambda tensor: tensor.name.encode("utf-8")))


def _leaf_entry(tensor: TensorEntry) -> bytes:
    return canonical_json(
        {
            "dtype": tensor.dtype,
            "name": tensor.name,
            "sha256": tensor.sha256,
            "shape": list(tensor.shape),
        }
    )
