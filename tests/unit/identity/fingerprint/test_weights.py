"""What changes the weights digest of a checkpoint, and what never does."""

import hashlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighin.errors import CheckpointError
from weighin.identity.comparison.manifests import compare_manifests
from weighin.identity.fingerprint.checkpoint import changed_files, fingerprint

ITEM_BYTES = {"BF16": 2, "F16": 2, "I16": 2, "F32": 4, "I32": 4, "U8": 1, "I8": 1}
SAME_SIZE = {"BF16": "F16", "F16": "I16", "I16": "BF16", "F32": "I32", "I32": "F32"}
SAME_SIZE |= {"U8": "I8", "I8": "U8"}
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=5).filter(
    lambda name: name != "__metadata__"
)


@st.composite
def tensor(draw):
    dtype = draw(st.sampled_from(sorted(ITEM_BYTES)))
    shape = draw(st.lists(st.integers(1, 3), max_size=3))
    size = ITEM_BYTES[dtype]
    for dimension in shape:
        size *= dimension
    return dtype, shape, draw(st.binary(min_size=size, max_size=size))


checkpoints = st.dictionaries(NAMES, tensor(), min_size=1, max_size=5)
each_example_in_a_new_folder = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def saved(new_folder, write_safetensors, tensors):
    folder = new_folder()
    write_safetensors(folder / "model.safetensors", tensors)
    return folder


@each_example_in_a_new_folder
@given(tensors=checkpoints, data=st.data())
def test_order_metadata_and_shards_never_change_the_weights_digest(
    new_folder, write_safetensors, write_shards, tensors, data
):
    single = saved(new_folder, write_safetensors, tensors)
    order = data.draw(st.permutations(list(tensors)))
    resaved = new_folder()
    metadata = data.draw(st.dictionaries(NAMES, NAMES, max_size=3))
    write_safetensors(
        resaved / "model.safetensors", {name: tensors[name] for name in order}, metadata
    )
    cut = data.draw(st.integers(1, len(order)))
    shards = {"a.safetensors": order[:cut], "b.safetensors": order[cut:]}
    sharded = write_shards(
        new_folder(),
        {
            shard: {name: tensors[name] for name in names}
            for shard, names in shards.items()
            if names
        },
    )
    digests = {fingerprint(folder).weights for folder in (single, resaved, sharded)}
    assert len(digests) == 1


@each_example_in_a_new_folder
@given(tensors=checkpoints, data=st.data())
def test_any_flipped_bit_changes_the_digest_and_names_its_tensor(
    new_folder, write_safetensors, tensors, data
):
    folder = saved(new_folder, write_safetensors, tensors)
    before = fingerprint(folder)
    name = data.draw(st.sampled_from(sorted(tensors)))
    dtype, shape, content = tensors[name]
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    flipped = bytearray(content)
    flipped[bit // 8] ^= 1 << bit % 8
    write_safetensors(
        folder / "model.safetensors", {**tensors, name: (dtype, shape, bytes(flipped))}
    )
    after = fingerprint(folder)
    assert after.weights != before.weights
    assert compare_manifests(before, after).differing == (name,)
    assert changed_files(before, folder) == (f"model.safetensors: tensor {name!r} changed",)


@each_example_in_a_new_folder
@given(tensors=checkpoints, data=st.data())
def test_a_renamed_tensor_changes_the_digest(new_folder, write_safetensors, tensors, data):
    name = data.draw(st.sampled_from(sorted(tensors)))
    new_name = data.draw(NAMES.filter(lambda text: text not in tensors))
    renamed = {new_name if key == name else key: value for key, value in tensors.items()}
    before = fingerprint(saved(new_folder, write_safetensors, tensors))
    after = fingerprint(saved(new_folder, write_safetensors, renamed))
    assert after.weights != before.weights
    # The comparison puts the two in order of their ids.
    comparison = compare_manifests(before, after)
    only = {*comparison.only_in_first, *comparison.only_in_second}
    assert only == {name, new_name}


@each_example_in_a_new_folder
@given(tensors=checkpoints, data=st.data())
def test_the_same_bytes_as_another_dtype_or_shape_change_the_digest(
    new_folder, write_safetensors, tensors, data
):
    name = data.draw(st.sampled_from(sorted(tensors)))
    dtype, shape, content = tensors[name]
    other = data.draw(
        st.sampled_from([(SAME_SIZE[dtype], shape, content), (dtype, [1, *shape], content)])
    )
    before = fingerprint(saved(new_folder, write_safetensors, tensors))
    after = fingerprint(saved(new_folder, write_safetensors, {**tensors, name: other}))
    assert after.weights != before.weights
    assert compare_manifests(before, after).differing == (name,)


def test_swapping_the_bytes_of_two_tensors_changes_the_digest(new_folder, write_safetensors, tiny):
    tiny["other"] = ("F32", [3], bytes(12))
    swapped = tiny | {"other": tiny["model.layers.0.w"], "model.layers.0.w": tiny["other"]}
    before = fingerprint(saved(new_folder, write_safetensors, tiny))
    after = fingerprint(saved(new_folder, write_safetensors, swapped))
    assert before.weights != after.weights


def test_dtypes_are_listed_by_parameters(tmp_path, write_safetensors, tiny):
    write_safetensors(tmp_path / "model.safetensors", tiny)
    assert fingerprint(tmp_path).dtype == "BF16+F32"


def test_the_checkpoint_id_does_not_depend_on_the_folder_or_the_clock(checkpoint, tmp_path):
    before = fingerprint(checkpoint).checkpoint_id
    moved = checkpoint.rename(tmp_path / "elsewhere")
    for path in moved.iterdir():
        path.touch()
    assert fingerprint(moved).checkpoint_id == before


def test_a_file_digest_of_the_weights_is_taken_only_on_demand(checkpoint):
    def weights(manifest):
        return next(file for file in manifest.files if file.role == "weights")

    content = (checkpoint / "model.safetensors").read_bytes()
    assert weights(fingerprint(checkpoint)).sha256 is None
    asked = weights(fingerprint(checkpoint, with_file_digests=True))
    assert asked.sha256 == hashlib.sha256(content).hexdigest()


def test_a_weight_file_that_changes_while_it_is_read_is_refused(checkpoint):
    weights = checkpoint / "model.safetensors"

    def write(_done, _total):
        weights.write_bytes(weights.read_bytes())

    with pytest.raises(CheckpointError, match="found that it changed while it was read"):
        fingerprint(checkpoint, on_progress=write)


def test_progress_counts_every_byte_of_the_tensors_once(checkpoint, tiny):
    seen = []
    fingerprint(checkpoint, on_progress=lambda done, total: seen.append((done, total)))
    size = sum(len(content) for _, _, content in tiny.values())
    assert seen[-1] == (size, size)
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("name", "facet"),
    [
        ("config.json", "config"),
        ("generation_config.json", "generation_config"),
        ("tokenizer.json", "tokenizer"),
        ("tokenizer_config.json", "special_tokens"),
    ],
)
def test_a_changed_file_changes_its_facet_and_leaves_the_weights(checkpoint, name, facet):
    before = fingerprint(checkpoint)
    content = json.loads((checkpoint / name).read_text())
    (checkpoint / name).write_text(json.dumps({**content, "eos_token": "z"}))
    after = fingerprint(checkpoint)
    assert getattr(after, facet) != getattr(before, facet)
    assert after.weights == before.weights
