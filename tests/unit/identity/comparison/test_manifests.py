import json
import math
import shutil
import struct

import numpy as np
import pytest

from weighin.errors import CheckpointError, UsageError
from weighin.identity.comparison.distance import with_distances
from weighin.identity.comparison.manifests import Relation, compare_manifests
from weighin.identity.facets import Facet
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.numbers.decoding import decoded


@pytest.fixture
def pair(tmp_path, write_safetensors):
    """Writes two folders that hold nothing but weights, and gives them with their manifests."""

    def make(first, second):
        made = []
        for name, tensors in (("first", first), ("second", second)):
            folder = tmp_path / name
            folder.mkdir()
            write_safetensors(folder / "model.safetensors", tensors)
            made += [fingerprint(folder), folder]
        return tuple(made)

    return make


def floats(*numbers):
    return ("F32", [len(numbers)], struct.pack(f"<{len(numbers)}f", *numbers))


def distances(pair_of_folders):
    first, _, second, _ = pair_of_folders
    return with_distances(compare_manifests(first, second), *pair_of_folders)


def test_a_checkpoint_is_the_same_as_itself(checkpoint):
    manifest = fingerprint(checkpoint)
    comparison = compare_manifests(manifest, manifest)
    assert comparison.relation is Relation.SAME_CHECKPOINT
    assert comparison.parameters == 8 + 3 + 2
    assert comparison.parameters_differing == 0


def test_the_same_tensors_in_shards_are_the_same_checkpoint(tmp_path, write_shards, pair, tiny):
    first, *_ = pair(tiny, tiny)
    names = list(tiny)
    (tmp_path / "sharded").mkdir()
    shards = {f"{name}.safetensors": {name: tiny[name]} for name in names}
    second = fingerprint(write_shards(tmp_path / "sharded", shards))
    comparison = compare_manifests(first, second)
    assert comparison.relation is Relation.SAME_CHECKPOINT
    assert comparison.first != comparison.second


def test_the_order_of_the_two_does_not_matter(pair, tiny):
    first, _, second, _ = pair(tiny, tiny | {"more": floats(1)})
    comparison = compare_manifests(first, second)
    assert comparison == compare_manifests(second, first)
    assert comparison.first < comparison.second


def test_another_chat_template_is_the_only_facet_that_differs(checkpoint):
    before = fingerprint(checkpoint)
    (checkpoint / "chat_template.jinja").write_text("another")
    comparison = compare_manifests(before, fingerprint(checkpoint))
    assert comparison.relation is Relation.SAME_BUT_FOR_FACETS
    assert comparison.facets == (Facet.CHAT_TEMPLATE,)


def test_a_facet_set_in_one_and_unset_in_the_other_is_unknown(checkpoint):
    before = fingerprint(checkpoint)
    (checkpoint / "generation_config.json").unlink()
    comparison = compare_manifests(before, fingerprint(checkpoint))
    assert comparison.facets == ()
    assert comparison.facets_unknown == (Facet.GENERATION_CONFIG,)
    assert comparison.relation is Relation.SAME_BUT_FOR_FACETS


def test_remote_code_in_only_one_is_a_difference(checkpoint):
    before = fingerprint(checkpoint)
    (checkpoint / "modeling.py").write_text("x = 1")
    assert compare_manifests(before, fingerprint(checkpoint)).facets == (Facet.REMOTE_CODE,)


def test_an_adapter_in_only_one_is_a_difference(checkpoint, write_safetensors):
    before = fingerprint(checkpoint)
    write_safetensors(checkpoint / "adapter_model.safetensors", {"a": floats(1)})
    (checkpoint / "adapter_config.json").write_text(json.dumps({}))
    comparison = compare_manifests(before, fingerprint(checkpoint))
    assert comparison.facets == (Facet.ADAPTERS,)


def test_a_changed_tensor_makes_two_checkpoints_related(pair, tiny):
    first, _, second, _ = pair(tiny, tiny | {"model.norm": floats(0.5, -2)})
    comparison = compare_manifests(first, second)
    assert comparison.relation is Relation.RELATED
    assert comparison.differing == ("model.norm",)
    assert comparison.parameters_differing == 2
    assert comparison.facets == (Facet.WEIGHTS,)


def test_a_cast_makes_two_checkpoints_related_and_of_other_dtype(pair):
    half = ("BF16", [2], struct.pack("<2H", 0x3F80, 0xBF80))
    comparison = compare_manifests(*pair({"x": floats(1, -1)}, {"x": half})[::2])
    assert comparison.relation is Relation.RELATED
    assert comparison.facets == (Facet.WEIGHTS, Facet.DTYPE)


def test_a_tensor_stored_once_more_leaves_two_checkpoints_related(pair, tiny):
    first, _, second, _ = pair(tiny, tiny | {"lm_head.weight": tiny["model.embed.weight"]})
    comparison = compare_manifests(first, second)
    assert comparison.relation is Relation.RELATED
    assert {*comparison.only_in_first, *comparison.only_in_second} == {"lm_head.weight"}


@pytest.mark.parametrize(
    "change",
    [{"model.norm": floats(1, 2, 3)}, {"other": floats(1)}],
    ids=["another shape", "another name"],
)
def test_other_shapes_or_names_are_unrelated(pair, tiny, change):
    second = {name: t for name, t in tiny.items() if name != "model.norm"} | change
    first, _, other, _ = pair(tiny, second)
    assert compare_manifests(first, other).relation is Relation.UNRELATED


def test_a_few_tensors_of_many_are_unrelated(pair, tiny):
    first, _, second, _ = pair(tiny, {"model.norm": tiny["model.norm"]})
    assert compare_manifests(first, second).relation is Relation.UNRELATED


def test_distances_match_a_worked_example(pair):
    # |(3,4) - (3,1)| = 3; |(3,4)| = 5 and |(3,1)| = sqrt(10), whichever is the first.
    folders = pair({"x": floats(3, 4), "same": floats(9)}, {"x": floats(3, 1), "same": floats(9)})
    comparison = distances(folders)
    norm = 5 if comparison.first == folders[0].checkpoint_id else math.sqrt(10)
    (distance,) = comparison.distances
    assert (distance.name, distance.parameters, distance.max_abs) == ("x", 2, 3.0)
    assert distance.relative_frobenius == pytest.approx(3 / norm)
    assert comparison.relative_frobenius == pytest.approx(3 / norm)


def test_distances_do_not_depend_on_the_order_of_the_folders(pair):
    first, first_folder, second, second_folder = pair({"x": floats(3, 4)}, {"x": floats(3, 1)})
    comparison = compare_manifests(first, second)
    there = with_distances(comparison, first, first_folder, second, second_folder)
    assert there == with_distances(comparison, second, second_folder, first, first_folder)


def test_an_exact_cast_has_distance_zero(pair):
    half = ("BF16", [2], struct.pack("<2H", 0x3F80, 0xBF80))
    (distance,) = distances(pair({"x": floats(1, -1)}, {"x": half})).distances
    assert (distance.relative_frobenius, distance.max_abs) == (0.0, 0.0)


def test_a_tensor_of_many_blocks_and_two_widths_is_measured_exactly(pair):
    count = 1_200_000
    ones, halves = np.ones(count), np.full(count, 0.5)
    folders = pair(
        {"x": ("F64", [count], ones.astype("<f8").tobytes())},
        {"x": ("F16", [count], halves.astype("<f2").tobytes())},
    )
    comparison = distances(folders)
    expected = 0.5 if comparison.first == folders[0].checkpoint_id else 1.0
    assert comparison.relative_frobenius == pytest.approx(expected)
    assert comparison.distances[0].max_abs == 0.5


def test_a_tensor_of_zeros_is_measured_against_the_other(pair):
    comparison = distances(pair({"x": floats(0, 0)}, {"x": floats(0, 2)}))
    assert comparison.distances[0].relative_frobenius == 1.0


@pytest.mark.parametrize(
    "other",
    [floats(1, math.nan), floats(1, math.inf)],
    ids=["NaN", "infinity"],
)
def test_a_tensor_without_numbers_is_said_to_be_not_measured(pair, other):
    comparison = distances(pair({"x": floats(1, 2)}, {"x": other}))
    assert comparison.distances == ()
    assert comparison.not_measured == ("x",)
    assert comparison.relative_frobenius is None


def test_a_packed_tensor_is_said_to_be_not_measured(pair):
    comparison = distances(pair({"x": ("F4", [2], b"\x01")}, {"x": ("F4", [2], b"\x02")}))
    assert comparison.not_measured == ("x",)


def test_a_tensor_of_another_shape_has_no_distance(pair):
    comparison = distances(pair({"x": floats(1, 2)}, {"x": floats(1)}))
    assert comparison.distances == comparison.not_measured == ()


def test_a_folder_that_no_longer_holds_its_manifest_is_refused(pair, write_safetensors):
    folders = pair({"x": floats(1, 2)}, {"x": floats(1, 3)})
    write_safetensors(folders[3] / "model.safetensors", {"x": floats(1, 4)})
    with pytest.raises(CheckpointError, match="tensor 'x': expected the bytes with SHA-256"):
        distances(folders)


def test_a_tensor_of_another_dtype_than_in_the_manifest_is_refused(pair, write_safetensors):
    folders = pair({"x": floats(1, 2)}, {"x": floats(1, 3)})
    write_safetensors(folders[3] / "model.safetensors", {"x": ("I32", [2], floats(1, 3)[2])})
    with pytest.raises(CheckpointError, match=r"tensor 'x': expected F32 .* found I32"):
        distances(folders)


def test_a_tensor_that_is_gone_is_refused(pair, write_safetensors):
    folders = pair({"x": floats(1)}, {"x": floats(2)})
    write_safetensors(folders[3] / "model.safetensors", {"y": floats(2)})
    with pytest.raises(
        CheckpointError, match="tensor 'x': expected as in the manifest, found none"
    ):
        distances(folders)


def test_manifests_that_were_not_compared_are_refused(pair, checkpoint):
    first, first_folder, second, _ = pair({"x": floats(1)}, {"x": floats(2)})
    comparison = compare_manifests(first, second)
    with pytest.raises(UsageError, match="that were compared"):
        with_distances(comparison, first, first_folder, fingerprint(checkpoint), checkpoint)


def test_distances_are_read_through_the_links_of_a_hub_cache(tmp_path, pair):
    first, first_folder, second, second_folder = pair({"x": floats(3)}, {"x": floats(4)})
    blobs = tmp_path / "models--a--b" / "blobs"
    snapshot = tmp_path / "models--a--b" / "snapshots" / ("0" * 40)
    blobs.mkdir(parents=True)
    snapshot.mkdir(parents=True)
    shutil.copy(second_folder / "model.safetensors", blobs / "etag")
    (snapshot / "model.safetensors").symlink_to("../../blobs/etag")
    comparison = compare_manifests(first, second)
    found = with_distances(comparison, first, first_folder, second, snapshot)
    assert found.distances[0].max_abs == 1.0


TORCH_DTYPES = {
    "BF16": "bfloat16",
    "F16": "float16",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2": "float8_e5m2",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "F8_E8M0": "float8_e8m0fnu",
    "I8": "int8",
    "U8": "uint8",
    "I16": "int16",
}


@pytest.mark.model
@pytest.mark.parametrize(("dtype", "name"), TORCH_DTYPES.items())
def test_every_code_of_a_dtype_is_the_number_that_torch_reads(dtype, name):
    import torch

    width = torch.empty(0, dtype=getattr(torch, name)).element_size()
    codes = np.arange(256**width, dtype="<u2" if width == 2 else "u1").tobytes()
    tensor = torch.frombuffer(bytearray(codes), dtype=getattr(torch, name))
    # Through float32: not every dtype converts to float64, and every number fits.
    expected = tensor.to(torch.float32).to(torch.float64).numpy()
    np.testing.assert_array_equal(decoded(codes, dtype), expected)
