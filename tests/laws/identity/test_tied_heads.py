"""A head that is tied to the embedding lies in a `.bin` once more; compare and verify agree."""

import pytest
from tests.making.checkpoints.files import TINY
from tests.making.checkpoints.torch_files import write_torch

from weighin import api
from weighin.identity.comparison.report import Kinship, PatternKind
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.fingerprint.verification import Change

HEAD, EMBEDDING = "lm_head.weight", "model.embed.weight"


def resaved(checkpoint, tensors):
    """The manifest of a checkpoint whose weights then become a `.bin` of other tensors."""
    manifest = checkpoint.parent / "manifest.json"
    manifest.write_bytes(fingerprint(checkpoint).canonical())
    (checkpoint / "model.safetensors").unlink()
    write_torch(checkpoint / "pytorch_model.bin", tensors)
    return manifest


def test_a_tied_head_in_a_bin_is_a_copy_to_both(checkpoint):
    manifest = resaved(checkpoint, {**TINY, HEAD: TINY[EMBEDDING]})
    compared, held = api.compare(manifest, checkpoint), api.verify(manifest, checkpoint)
    assert compared.relation is held.relation is Kinship.SAME_TENSORS_RENAMED
    assert [p.tensors for p in compared.patterns if p.kind is PatternKind.COPIED] == [(HEAD,)]
    (change,) = held.tensors
    assert (change.name, change.change, change.copy_of) == (HEAD, Change.APPEARED, EMBEDDING)
    assert f"tensor {HEAD!r} appeared: a copy of {EMBEDDING!r}, as a tied head is" in held.changes
    assert "facet weights: changed, by copies alone" in held.changes
    # Whether the files are what the manifest lists is another question, and they are not.
    assert not held.is_unchanged


def test_a_head_that_was_tied_and_left_is_a_copy_too(checkpoint):
    (checkpoint / "model.safetensors").unlink()
    write_torch(checkpoint / "pytorch_model.bin", {**TINY, HEAD: TINY[EMBEDDING]})
    manifest = checkpoint.parent / "manifest.json"
    manifest.write_bytes(fingerprint(checkpoint).canonical())
    write_torch(checkpoint / "pytorch_model.bin", TINY)
    held = api.verify(manifest, checkpoint)
    assert held.relation is api.compare(manifest, checkpoint).relation
    assert [(t.change, t.copy_of) for t in held.tensors] == [(Change.MISSING, EMBEDDING)]


def test_a_head_of_its_own_is_no_copy(checkpoint):
    dtype, shape, content = TINY[EMBEDDING]
    other = (dtype, shape, bytes([content[0] ^ 1]) + content[1:])
    manifest = resaved(checkpoint, {**TINY, HEAD: other})
    compared, held = api.compare(manifest, checkpoint), api.verify(manifest, checkpoint)
    assert compared.relation is held.relation is Kinship.RELATED
    assert [tensor.copy_of for tensor in held.tensors] == [None]
    assert compared.only_in_second == (HEAD,)


def test_a_copy_of_what_changed_is_no_copy(checkpoint):
    dtype, shape, content = TINY[EMBEDDING]
    other = (dtype, shape, bytes([content[0] ^ 1]) + content[1:])
    manifest = resaved(checkpoint, {**TINY, EMBEDDING: other, HEAD: other})
    held = api.verify(manifest, checkpoint)
    assert [(tensor.name, tensor.copy_of) for tensor in held.tensors] == [
        (HEAD, None),
        (EMBEDDING, None),
    ]


CHANGES = {
    "nothing": lambda tensors: tensors,
    "one bit": lambda tensors: {
        **tensors,
        "model.norm": ("F32", [2], b"\1" + tensors["model.norm"][2][1:]),
    },
    "one tensor less": lambda tensors: dict(list(tensors.items())[1:]),
    "one tensor more": lambda tensors: {**tensors, "x": ("U8", [2], b"ab")},
    "another name": lambda tensors: {f"module.{name}": held for name, held in tensors.items()},
    "another dtype": lambda tensors: {
        **tensors,
        "model.norm": ("I32", [2], tensors["model.norm"][2]),
    },
    "another shape": lambda tensors: {**tensors, "model.norm": ("F32", [1], b"\0\0\0\0")},
    "all others": lambda tensors: {
        name: (dtype, shape, bytes(byte ^ 1 for byte in content))
        for name, (dtype, shape, content) in tensors.items()
    },
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_verify_says_of_any_change_what_compare_says(checkpoint, change):
    manifest = resaved(checkpoint, change(TINY))
    held = api.verify(manifest, checkpoint)
    assert held.relation is api.compare(manifest, checkpoint).relation
