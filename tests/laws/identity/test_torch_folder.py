"""Folders whose weights were written by torch.save: which are read, under which names."""

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.making.checkpoints.files import TINY, write_safetensors
from tests.making.checkpoints.torch_files import write_torch

from weighin.errors import CheckpointError
from weighin.identity.comparison.distance import with_distances
from weighin.identity.comparison.manifests import compare_manifests
from weighin.identity.fingerprint.checkpoint import changed_files, fingerprint
from weighin.identity.folder.listing import list_checkpoint
from weighin.identity.folder.tensor_bytes import tensor_reader

ONE = {"x": ("U8", [2], b"ab")}


@pytest.fixture
def folder(checkpoint):
    """The checkpoint with its weights as PyTorch would have saved them."""
    write_torch(checkpoint / "pytorch_model.bin", TINY)
    (checkpoint / "model.safetensors").unlink()
    return checkpoint


def write_bin_shards(folder, shards):
    for name, tensors in shards.items():
        write_torch(folder / name, tensors)
    weight_map = {tensor: name for name, tensors in shards.items() for tensor in tensors}
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    return folder


def bytes_of(folder, name):
    return b"".join(bytes(chunk) for chunk in tensor_reader(folder)(name))


def paths(folder, role):
    return [file.path for file in list_checkpoint(folder).of_role(role)]


def test_a_checkpoint_differs_from_its_safetensors_in_its_files_only(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for file in folder.iterdir():
        if file.suffix == ".json":
            (other / file.name).write_bytes(file.read_bytes())
    write_safetensors(other / "model.safetensors", TINY)
    ours, theirs = fingerprint(folder), fingerprint(other)
    assert ours.model_copy(update={"files": theirs.files}) == theirs
    assert [file.path for file in ours.files if file.role == "weights"] == ["pytorch_model.bin"]


tensor = st.tuples(st.just("U8"), st.just([3]), st.binary(min_size=3, max_size=3))
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
each_example_in_a_new_folder = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@each_example_in_a_new_folder
@given(tensors=st.dictionaries(names, tensor, min_size=2, max_size=5), data=st.data())
def test_container_order_and_shards_never_change_the_weights_digest(new_folder, tensors, data):
    safe, single, sharded = new_folder(), new_folder(), new_folder()
    if "__metadata__" in tensors:  # a name that safetensors keeps for itself
        return
    write_safetensors(safe / "model.safetensors", tensors)
    order = data.draw(st.permutations(list(tensors)))
    write_torch(single / "pytorch_model.bin", {name: tensors[name] for name in order})
    cut = data.draw(st.integers(1, len(order) - 1))
    parts = {"b-1.bin": order[:cut], "a-2.bin": order[cut:]}
    write_bin_shards(
        sharded, {part: {name: tensors[name] for name in names} for part, names in parts.items()}
    )
    assert len({fingerprint(folder).weights for folder in (safe, single, sharded)}) == 1


@each_example_in_a_new_folder
@given(data=st.data())
def test_any_flipped_bit_of_a_tensor_changes_the_digest_and_names_it(new_folder, data):
    folder = new_folder()
    path = write_torch(folder / "pytorch_model.bin", TINY)
    before = fingerprint(folder)
    name = data.draw(st.sampled_from(sorted(TINY)))
    content = TINY[name][2]
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    whole = bytearray(path.read_bytes())
    whole[whole.index(content) + bit // 8] ^= 1 << bit % 8
    path.write_bytes(whole)
    after = fingerprint(folder)
    assert after.weights != before.weights
    assert compare_manifests(before, after).differing == (name,)
    assert changed_files(before, folder) == (f"pytorch_model.bin: tensor {name!r} changed",)


def test_the_bytes_of_a_tensor_are_read_by_its_name(folder):
    assert {name: bytes_of(folder, name) for name in TINY} == {n: t[2] for n, t in TINY.items()}


def test_distances_are_measured_between_containers(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    # 3 4 5 against 1 2 3: a difference of 2, 2, 2.
    changed = ("F32", [3], bytes.fromhex("000040400000804000 00a040".replace(" ", "")))
    write_safetensors(other / "model.safetensors", {**TINY, "model.layers.0.w": changed})
    first, second = fingerprint(folder), fingerprint(other)
    compared = with_distances(compare_manifests(first, second), first, folder, second, other)
    (distance,) = compared.distances
    assert (distance.name, distance.max_abs) == ("model.layers.0.w", 2.0)


def test_an_untouched_folder_has_no_changes(folder):
    assert changed_files(fingerprint(folder), folder) == ()


def test_a_truncated_file_is_a_change_and_no_error(folder):
    before = fingerprint(folder)
    size = (folder / "pytorch_model.bin").stat().st_size
    os.truncate(folder / "pytorch_model.bin", size - 1)
    (change,) = changed_files(before, folder)
    assert change.startswith("pytorch_model.bin: expected to end with the directory of a zip file")


def test_a_tensor_that_left_its_file_is_named(folder):
    before = fingerprint(folder)
    kept = {name: TINY[name] for name in TINY if name != "model.norm"}
    write_torch(folder / "pytorch_model.bin", kept)
    assert "pytorch_model.bin: tensor 'model.norm' missing" in changed_files(before, folder)


def test_file_digests_are_those_of_the_files(folder):
    import hashlib

    entries = {e.path: e for e in fingerprint(folder, with_file_digests=True).files}
    content = (folder / "pytorch_model.bin").read_bytes()
    assert entries["pytorch_model.bin"].sha256 == hashlib.sha256(content).hexdigest()


def test_a_link_of_a_hub_cache_is_read_by_its_own_name(tmp_path):
    repository = tmp_path / "models--org--name"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    write_torch(repository / "blobs" / "etag", ONE)
    (snapshot / "pytorch_model.bin").symlink_to("../../blobs/etag")
    assert [tensor.name for tensor in fingerprint(snapshot).tensors] == ["x"]


def test_safetensors_are_read_where_both_lie(folder):
    write_safetensors(folder / "model.safetensors", ONE)
    listing = list_checkpoint(folder)
    assert [file.path for file in listing.of_role("weights")] == ["model.safetensors"]
    assert "pytorch_model.bin" in listing.ignored


def test_safetensors_shards_are_read_before_one_file_of_pytorch(folder, write_shards):
    write_shards(folder, {"a.safetensors": ONE})
    assert paths(folder, "weights") == ["a.safetensors"]


def test_one_file_of_pytorch_beside_shards_of_pytorch_is_ambiguous(folder):
    write_bin_shards(folder, {"a.bin": ONE})
    with pytest.raises(CheckpointError, match=r"found 'a\.bin': it is ambiguous which are meant"):
        fingerprint(folder)


@pytest.mark.parametrize(
    "name", ["pytorch_model.fp16.bin", "model.fp16.safetensors", "consolidated.00.pth", "other.pt"]
)
def test_weights_beside_those_of_pytorch_are_refused_by_name(folder, name):
    (folder / name).write_bytes(b"x")
    with pytest.raises(CheckpointError, match=f"found '{name}': it is ambiguous which are meant"):
        fingerprint(folder)


TRAINING = ["training_args.bin", "optimizer.pt", "scheduler.pt", "rng_state_0.pth", "scaler.pt"]
OTHERS = ["README.md", "figure.png", "notes.txt", "tf_model.h5", "LICENSE", ".gitattributes"]


@pytest.mark.parametrize("name", [*TRAINING, *OTHERS])
def test_what_no_loader_reads_is_ignored_and_listed(folder, name):
    before = fingerprint(folder)
    (folder / name).write_bytes(b"anything")
    assert fingerprint(folder) == before
    assert name in list_checkpoint(folder).ignored


def test_every_file_is_read_or_listed_as_ignored(folder):
    (folder / "figures").mkdir()
    (folder / "figures" / "loss.png").write_bytes(b"png")
    (folder / os.fsdecode(b"\xff.txt")).write_bytes(b"")
    listing = list_checkpoint(folder)
    assert set(listing.ignored) == {"README.md", "figures/loss.png", "\\udcff.txt"}
    assert {file.path for file in listing.files} == {
        "config.json",
        "generation_config.json",
        "pytorch_model.bin",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_the_state_of_a_training_alone_is_no_checkpoint(tmp_path):
    for name in TRAINING:
        write_torch(tmp_path / name, ONE)
    with pytest.raises(CheckpointError, match=r"expected model\.safetensors or .* found neither"):
        fingerprint(tmp_path)


@pytest.mark.parametrize("name", ["model.pt", "weights.pth", "consolidated.pth", "model.bin"])
def test_the_only_file_of_pytorch_is_the_weights(tmp_path, name):
    write_torch(tmp_path / name, ONE)
    assert [tensor.name for tensor in fingerprint(tmp_path).tensors] == ["x"]


def test_two_files_of_pytorch_are_ambiguous(tmp_path):
    write_torch(tmp_path / "a.pt", ONE)
    write_torch(tmp_path / "b.pt", ONE)
    with pytest.raises(CheckpointError, match=r"found 'a\.pt', 'b\.pt': it is ambiguous"):
        fingerprint(tmp_path)


@pytest.mark.parametrize(
    ("weight_map", "complaint"),
    [
        ({"x": "a.safetensors"}, "tensor 'x': expected the plain name of a bin file .* found 'a.s"),
        ({"x": "../a.bin"}, "tensor 'x': expected the plain name of a bin file"),
        ({"x": "gone.bin"}, "expected the shards that it names, missing: 'gone.bin'"),
        ({"x": "a.bin", "y": "a.bin"}, "a.bin: tensor 'y': expected in this shard by the index"),
        ({"y": "a.bin"}, "a.bin: tensor 'y': expected in this shard by the index"),
    ],
)
def test_an_index_that_disagrees_with_its_shards_is_refused(tmp_path, weight_map, complaint):
    write_torch(tmp_path / "a.bin", ONE)
    index = tmp_path / "pytorch_model.bin.index.json"
    index.write_text(json.dumps({"weight_map": weight_map}))
    with pytest.raises(CheckpointError, match=complaint):
        fingerprint(tmp_path)


@pytest.fixture
def meta(tmp_path):
    """A checkpoint as Meta ships it, in two slices."""
    (tmp_path / "params.json").write_text('{"dim": 2}')
    (tmp_path / "tokenizer.model").write_bytes(b"IQ== 0\n")
    write_torch(tmp_path / "consolidated.00.pth", {"w": ("U8", [2], b"ab")})
    write_torch(tmp_path / "consolidated.01.pth", {"w": ("U8", [2], b"cd")})
    return tmp_path


def test_one_file_of_meta_keeps_the_names_of_its_tensors(meta):
    (meta / "consolidated.01.pth").unlink()
    assert [tensor.name for tensor in fingerprint(meta).tensors] == ["w"]


def test_slices_of_meta_are_told_apart_by_their_file(meta):
    names = ["consolidated.00/w", "consolidated.01/w"]
    assert [tensor.name for tensor in fingerprint(meta).tensors] == names
    assert [bytes_of(meta, name) for name in names] == [b"ab", b"cd"]


def test_a_change_in_a_slice_of_meta_is_named(meta):
    before = fingerprint(meta)
    assert changed_files(before, meta) == ()
    write_torch(meta / "consolidated.01.pth", {"w": ("U8", [2], b"cx")})
    expected = "consolidated.01.pth: tensor 'consolidated.01/w' changed"
    assert changed_files(before, meta) == (expected,)


def test_swapped_slices_of_meta_are_another_checkpoint(meta):
    before = fingerprint(meta).weights
    (meta / "consolidated.00.pth").rename(meta / "x")
    (meta / "consolidated.01.pth").rename(meta / "consolidated.00.pth")
    (meta / "x").rename(meta / "consolidated.01.pth")
    assert fingerprint(meta).weights != before


def test_a_missing_slice_of_meta_is_refused(meta):
    (meta / "consolidated.00.pth").unlink()
    with pytest.raises(CheckpointError, match=r"expected the slices .* found 'consolidated\.01"):
        fingerprint(meta)


def test_params_json_is_the_config_of_meta_and_tokenizer_model_its_tokenizer(meta):
    before = fingerprint(meta)
    assert paths(meta, "config") == ["params.json"]
    assert paths(meta, "tokenizer") == ["tokenizer.model"]
    (meta / "params.json").write_text('{"dim": 3}')
    (meta / "tokenizer.model").write_bytes(b"IQ== 1\n")
    after = fingerprint(meta)
    assert before.config != after.config
    assert before.tokenizer != after.tokenizer
    assert before.weights == after.weights


def test_params_json_is_no_config_beside_other_weights(folder):
    before = fingerprint(folder)
    (folder / "params.json").write_text('{"dim": 2}')
    assert fingerprint(folder) == before


def test_an_adapter_lies_beside_weights_of_pytorch(folder):
    write_safetensors(folder / "adapter_model.safetensors", {"lora_A": ("F32", [1], bytes(4))})
    (folder / "adapter_config.json").write_text("{}")
    adapter = fingerprint(folder).adapter
    assert adapter is not None
    assert [tensor.name for tensor in adapter.tensors] == ["lora_A"]


def test_an_adapter_of_pytorch_alone_is_no_checkpoint(tmp_path):
    write_torch(tmp_path / "adapter_model.bin", ONE)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(CheckpointError, match="found an adapter only"):
        fingerprint(tmp_path)
