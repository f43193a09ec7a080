import hashlib

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from weighin.errors import CheckpointError
from weighin.identity.digests.merkle import merkle_root, weights_digest
from weighin.identity.manifest import TensorEntry

# Certificate Transparency's reference test vectors (google/certificate-transparency, merkletree).
CT_ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

tensor_entries = st.lists(
    st.builds(
        TensorEntry,
        name=st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
        dtype=st.sampled_from(["BF16", "F32"]),
        shape=st.lists(st.integers(0, 5), max_size=3).map(tuple),
        sha256=st.binary(max_size=3).map(lambda content: hashlib.sha256(content).hexdigest()),
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda tensor: tensor.name,
)


@pytest.mark.parametrize("size", range(9))
def test_merkle_root_matches_the_certificate_transparency_vectors(size):
    assert merkle_root(CT_ENTRIES[:size]).hex() == CT_ROOTS[size]


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=40))
def test_merkle_root_matches_the_recursive_definition_of_rfc_6962(entries):
    def tree_hash(part):
        if len(part) == 1:
            return hashlib.sha256(b"\x00" + part[0]).digest()
        split = max(2**i for i in range(8) if 2**i < len(part))
        children = tree_hash(part[:split]) + tree_hash(part[split:])
        return hashlib.sha256(b"\x01" + children).digest()

    assert merkle_root(entries) == tree_hash(entries)


@given(tensor_entries, st.randoms())
def test_the_order_of_tensors_never_changes_the_weights_digest(tensors, random):
    shuffled = random.sample(tensors, len(tensors))
    assert weights_digest(shuffled) == weights_digest(tensors)


@pytest.mark.parametrize(
    "change",
    [{"name": "y"}, {"dtype": "I32"}, {"shape": (3, 2)}, {"sha256": "1" * 64}],
    ids=lambda change: next(iter(change)),
)
def test_every_field_of_a_tensor_is_part_of_the_weights_digest(change):
    tensor = TensorEntry(name="x", dtype="F32", shape=(2, 3), sha256="0" * 64)
    changed = tensor.model_copy(update=change)
    assert weights_digest([tensor]) != weights_digest([changed])


def test_names_are_ordered_by_utf8_and_not_by_utf16():
    # U+FF5E sorts before U+1F600 in UTF-8, after it in UTF-16.
    names = ["\uff5e", "\U0001f600"]
    entries = [TensorEntry(name=n, dtype="U8", shape=(1,), sha256="0" * 64) for n in names]
    leaves = [
        f'{{"dtype":"U8","name":"{name}","sha256":"{"0" * 64}","shape":[1]}}'.encode()
        for name in names
    ]
    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    expected = hashlib.sha256(b"\x01" + hashes[0] + hashes[1]).hexdigest()
    assert weights_digest(reversed(entries)) == expected


# What a foreign manifest may hold: quotes, escapes, integers beyond those of a double.
any_text = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0x2FFFF), max_size=8)


@given(any_text, any_text, any_text, st.lists(st.integers(0, 2**53 - 1), max_size=3).map(tuple))
def test_a_leaf_is_the_canonical_json_of_rfc_8785(name, dtype, sha256, shape):
    tensor = TensorEntry(name=name, dtype=dtype, shape=shape, sha256=sha256)
    leaf = rfc8785.dumps({"dtype": dtype, "name": name, "sha256": sha256, "shape": list(shape)})
    assert weights_digest([tensor]) == hashlib.sha256(b"\x00" + leaf).hexdigest()


def test_a_checkpoint_without_tensors_has_no_weights_digest():
    with pytest.raises(CheckpointError, match="holds no tensors"):
        weights_digest([])


def test_two_tensors_of_one_name_are_refused():
    tensor = TensorEntry(name="x", dtype="F32", shape=(), sha256="0" * 64)
    with pytest.raises(CheckpointError, match="tensor 'x': expected once, found twice"):
        weights_digest([tensor, tensor.model_copy(update={"sha256": "1" * 64})])
