"""Layouts of checkpoint folders: adapters, shards, slices, mixed formats, hub snapshots."""

import json
from importlib import import_module

import pytest
from tests.making.checkpoints.files import write_safetensors, write_shards
from tests.making.checkpoints.torch_files import write_torch

from weighin.errors import CheckpointError
from weighin.identity.fingerprint.adapter import fingerprint_adapter
from weighin.identity.fingerprint.checkpoint import changed_files, fingerprint
from weighin.identity.fingerprint.verification import verify_checkpoint
from weighin.identity.folder.listing import is_adapter_alone, list_adapter, list_checkpoint

ONE = {"x": ("U8", [2], b"ab")}
TWO = {"y": ("U8", [2], b"cd")}
KINDS = (
    "safetensors", "safetensors shards", "safetensors shards without index", "torch",
    "torch shards", "meta", "meta slices", "adapter", "adapter of torch", "gptq", "awq",
    "bitsandbytes 4-bit", "compressed-tensors", "fused experts", "multi-modal",
)  # fmt: skip


def write_adapter(folder, *, weights="adapter_model.safetensors", tensors=ONE, **config):
    folder.mkdir(exist_ok=True)
    write = write_safetensors if weights.endswith(".safetensors") else write_torch
    write(folder / weights, tensors)
    config = {"peft_type": "LORA", "base_model_name_or_path": "org/base"} | config
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def weights_of(folder):
    return [file.path for file in list_checkpoint(folder).of_role("weights")]


# Adapters.


def test_an_adapter_of_pytorch_has_the_identity_of_the_same_in_safetensors(tmp_path):
    safe = write_adapter(tmp_path / "safe")
    torch = write_adapter(tmp_path / "torch", weights="adapter_model.bin")
    assert fingerprint_adapter(torch) == fingerprint_adapter(safe)


def test_an_adapter_of_pytorch_that_would_run_code_is_refused_and_runs_nothing(tmp_path):
    import os
    import pickle
    import zipfile

    class Payload:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    folder = write_adapter(tmp_path / "adapter", weights="adapter_model.bin")
    with zipfile.ZipFile(folder / "adapter_model.bin", "w") as archive:
        archive.writestr("a/data.pkl", pickle.dumps({"x": Payload()}, 2))
        archive.writestr("a/version", "3\n")
    with pytest.raises(CheckpointError, match=r"adapter_model\.bin: .* which was not executed"):
        fingerprint_adapter(folder)
    assert not (tmp_path / "ran").exists()


def test_the_safetensors_of_an_adapter_are_read_where_both_lie_as_peft_does(tmp_path):
    folder = write_adapter(tmp_path / "adapter")
    before = fingerprint_adapter(folder)
    write_torch(folder / "adapter_model.bin", TWO)
    assert fingerprint_adapter(folder) == before
    listing = list_adapter(folder)
    assert listing.ignored == listing.ignored_weights == ("adapter_model.bin",)


def test_what_lies_beside_an_adapter_is_listed_as_ignored(tmp_path):
    folder = write_adapter(tmp_path / "adapter")
    for name in ("README.md", "training_args.bin", "tokenizer.json"):
        (folder / name).write_bytes(b"{}")
    listing = list_adapter(folder)
    assert listing.ignored == ("README.md", "tokenizer.json", "training_args.bin")
    assert listing.ignored_weights == ()


@pytest.mark.parametrize("name", ["optimizer.pt", "training_args.bin", "rng_state.pth"])
def test_an_adapter_beside_the_state_of_its_training_is_still_alone(tmp_path, name):
    folder = write_adapter(tmp_path / "adapter")
    (folder / name).write_bytes(b"state")
    assert is_adapter_alone(folder)


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin", "m.gguf"])
def test_an_adapter_beside_weights_of_a_model_is_not_alone(tmp_path, name):
    folder = write_adapter(tmp_path / "adapter")
    (folder / name).write_bytes(b"weights")
    assert not is_adapter_alone(folder)


def test_the_version_of_peft_is_no_part_of_an_adapter(tmp_path):
    first = write_adapter(tmp_path / "first", peft_version="0.18.0")
    second = write_adapter(tmp_path / "second", peft_version="0.21.2")
    assert fingerprint_adapter(first) == fingerprint_adapter(second)


@pytest.mark.parametrize(
    "change", [{"lora_alpha": 32}, {"use_dora": True}, {"modules_to_save": ["lm_head"]}]
)
def test_every_other_setting_is_part_of_an_adapter(tmp_path, change):
    first = write_adapter(tmp_path / "first", lora_alpha=16)
    second = write_adapter(tmp_path / "second", **{"lora_alpha": 16} | change)
    before, after = fingerprint_adapter(first), fingerprint_adapter(second)
    assert before.weights == after.weights
    assert before.config_sha256 != after.config_sha256


def test_the_base_is_measured_and_the_one_that_the_adapter_names_is_recorded(tmp_path, checkpoint):
    adapter = write_adapter(tmp_path / "adapter", base_model_name_or_path="org/other")
    alone, both = fingerprint(checkpoint), fingerprint(checkpoint, adapter=adapter)
    assert both.weights == alone.weights
    assert both.adapter.base_model == "org/other"
    assert both.checkpoint_id != alone.checkpoint_id


@pytest.mark.parametrize("weights", ["adapter_model.safetensors", "adapter_model.bin"])
def test_a_changed_tensor_of_an_adapter_is_named(checkpoint, weights):
    write_adapter(checkpoint, weights=weights)
    before = fingerprint(checkpoint)
    assert verify_checkpoint(before, checkpoint).is_unchanged
    write_adapter(checkpoint, weights=weights, tensors={"x": ("U8", [2], b"ax")})
    assert changed_files(before, checkpoint) == (f"{weights}: tensor 'x' changed",)
    assert "adapter: tensor 'x' changed" in verify_checkpoint(before, checkpoint).changes


def test_weights_of_an_adapter_without_its_configuration_are_no_checkpoint(tmp_path):
    write_safetensors(tmp_path / "adapter_model.safetensors", ONE)
    with pytest.raises(CheckpointError, match=r"found neither, but 'adapter_model\.safetensors'"):
        fingerprint(tmp_path)


# Shards.


def test_shards_without_an_index_are_the_same_weights_as_with_it(new_folder):
    shards = {"model-00001-of-00002.safetensors": ONE, "model-00002-of-00002.safetensors": TWO}
    with_index, without = write_shards(new_folder(), shards), write_shards(new_folder(), shards)
    (without / "model.safetensors.index.json").unlink()
    assert fingerprint(without).weights == fingerprint(with_index).weights


@pytest.mark.parametrize(
    "names",
    [
        ["model-00001-of-00003.safetensors", "model-00003-of-00003.safetensors"],
        ["model-00002-of-00002.safetensors", "model-00003-of-00002.safetensors"],
        ["pytorch_model-00001-of-00003.bin", "pytorch_model-00002-of-00003.bin"],
        ["model-00001-of-00002.safetensors"],
        ["pytorch_model-00002-of-00002.bin"],
        ["m-1-of-2.safetensors", "m-01-of-2.safetensors", "m-2-of-2.safetensors"],
        [f"m-1-of-{10**20}.safetensors", f"m-2-of-{10**20}.safetensors"],
    ],
)
def test_a_missing_shard_is_refused_though_there_is_no_index(tmp_path, names):
    for name in names:
        write = write_torch if name.endswith(".bin") else write_safetensors
        write(tmp_path / name, {name: ONE["x"]})
    with pytest.raises(
        CheckpointError, match=r"expected the shards 1 to \d+ by their names, found"
    ):
        fingerprint(tmp_path)


@pytest.mark.parametrize(
    "names",
    [
        ["a-00001-of-00002.safetensors", "b-00002-of-00002.safetensors"],
        ["a-00001-of-00002.safetensors", "a-00002-of-00002.bin"],
        ["a.safetensors", "b.safetensors"],
        ["a.safetensors", "b.pt"],
        ["a.safetensors.index.json", "b.safetensors.index.json"],
    ],
)
def test_files_that_are_not_one_checkpoint_by_their_names_are_ambiguous(tmp_path, names):
    for name in names:
        (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(CheckpointError, match="it is ambiguous which are meant") as caught:
        fingerprint(tmp_path)
    assert all(repr(name) in str(caught.value) for name in names)


def test_a_tensor_in_two_shards_without_an_index_is_refused(tmp_path):
    for number in (1, 2):
        write_safetensors(tmp_path / f"model-0000{number}-of-00002.safetensors", ONE)
    with pytest.raises(CheckpointError, match="tensor 'x': expected once, found twice"):
        fingerprint(tmp_path)


@pytest.mark.parametrize("name", ["consolidated.safetensors", "weights.safetensors"])
def test_the_only_file_of_safetensors_is_the_weights(tmp_path, name):
    write_safetensors(tmp_path / name, ONE)
    assert weights_of(tmp_path) == [name]


def test_params_json_is_the_config_of_mistral(tmp_path):
    write_safetensors(tmp_path / "consolidated.safetensors", ONE)
    (tmp_path / "params.json").write_text('{"dim": 2}')
    manifest = fingerprint(tmp_path)
    assert {file.path: file.role for file in manifest.files}["params.json"] == "config"
    assert manifest.config is not None


def test_the_only_index_names_the_shards_whatever_its_name(tmp_path):
    write_shards(tmp_path, {"c-00001-of-00001.safetensors": ONE})
    (tmp_path / "model.safetensors.index.json").rename(
        tmp_path / "consolidated.safetensors.index.json"
    )
    manifest = fingerprint(tmp_path)
    assert [(f.path, f.role) for f in manifest.files] == [
        ("c-00001-of-00001.safetensors", "weights"),
        ("consolidated.safetensors.index.json", "index"),
    ]


# Slices of Meta.


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin", "consolidated.00.pth"])
def test_no_other_checkpoint_has_the_digest_of_the_slices_of_meta(tmp_path, name):
    write = write_safetensors if name.endswith(".safetensors") else write_torch
    write(tmp_path / name, {"consolidated.00/w": ONE["x"], "consolidated.01/w": TWO["y"]})
    with pytest.raises(CheckpointError, match=r"found one that stands for a tensor in a slice"):
        fingerprint(tmp_path)


def test_the_original_folder_beside_safetensors_is_listed_and_not_read(checkpoint):
    before = fingerprint(checkpoint)
    (checkpoint / "original").mkdir()
    write_torch(checkpoint / "original" / "consolidated.00.pth", TWO)
    (checkpoint / "original" / "params.json").write_text('{"dim": 2}')
    assert fingerprint(checkpoint) == before
    listing = list_checkpoint(checkpoint)
    assert {"original/consolidated.00.pth", "original/params.json"} < set(listing.ignored)
    assert listing.ignored_weights == ("original/consolidated.00.pth",)


def test_the_original_folder_is_a_checkpoint_of_its_own(checkpoint):
    original = checkpoint / "original"
    original.mkdir()
    write_torch(original / "consolidated.00.pth", TWO)
    (original / "params.json").write_text('{"dim": 2}')
    assert [tensor.name for tensor in fingerprint(original).tensors] == ["y"]


# Mixed and unknown formats.

OTHERS = [
    "flax_model.msgpack", "model.mlmodel", "model.npz", "model.onnx", "rust_model.ot",
    "saved_model.pb", "tf_model.h5", "weights.ckpt", "model.gguf", "pytorch_model.bin",
]  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_weights_that_are_not_read_are_named_among_the_ignored_files(checkpoint, name):
    before = fingerprint(checkpoint)
    (checkpoint / name).write_bytes(b"anything")
    listing = list_checkpoint(checkpoint)
    assert fingerprint(checkpoint) == before
    assert listing.ignored_weights == (name,)
    assert set(listing.ignored) == {"README.md", name}


@pytest.mark.parametrize("name", OTHERS[:-2])
def test_a_format_that_is_not_read_is_refused_by_name_where_it_is_alone(tmp_path, name):
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(CheckpointError, match=f"found '{name}'; this version reads safetensors"):
        fingerprint(tmp_path)


def test_an_unknown_file_alone_is_refused_by_name(tmp_path):
    (tmp_path / "weights.xyz").write_bytes(b"anything")
    with pytest.raises(CheckpointError, match=r"found neither, but 'weights\.xyz'"):
        fingerprint(tmp_path)


def test_a_pipeline_of_models_in_folders_is_refused_naming_their_weights(tmp_path):
    (tmp_path / "model_index.json").write_text("{}")
    (tmp_path / "unet").mkdir()
    write_safetensors(tmp_path / "unet" / "diffusion_pytorch_model.safetensors", ONE)
    with pytest.raises(
        CheckpointError, match=r"in folders below: 'unet/diffusion_pytorch_model\.safetensors'"
    ):
        fingerprint(tmp_path)
    assert weights_of(tmp_path / "unet") == ["diffusion_pytorch_model.safetensors"]


@pytest.mark.parametrize(
    "others",
    [
        ("model.safetensors.index.json", "model-1-of-1.safetensors"),
        ("consolidated.safetensors",),
        ("model.fp16.safetensors",),
    ],
)
def test_two_sets_of_safetensors_are_refused_by_name(checkpoint, others):
    for name in others:
        write_safetensors(checkpoint / name, ONE)
    with pytest.raises(CheckpointError, match="it is ambiguous which are meant") as caught:
        fingerprint(checkpoint)
    assert repr(others[-1]) in str(caught.value)


# Multi-modal models.


@pytest.mark.parametrize("name", ["preprocessor_config.json", "processor_config.json"])
def test_a_processor_belongs_to_the_config_facet_and_no_other(formats, tmp_path, name):
    formats.build(tmp_path, "multi-modal")
    before = fingerprint(tmp_path).model_dump()
    (tmp_path / name).write_text('{"size": 29}')
    after = fingerprint(tmp_path).model_dump()
    assert {key for key in before if before[key] != after[key]} == {"config", "files"}


# Snapshots of a hub cache.


def hub_snapshot(cache, checkpoint, links):
    """Snapshot -> blobs of the repository -> blobs that all repositories share, if two links."""
    repository = cache / "models--org--name"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    shared = cache / "blobs" / "xx"
    shared.mkdir(parents=True)
    for number, file in enumerate(sorted(checkpoint.iterdir())):
        blob = repository / "blobs" / f"etag{number}"
        target = blob if links == 1 else shared / f"hash{number}"
        target.write_bytes(file.read_bytes())
        if links == 2:
            blob.symlink_to(f"../../blobs/xx/hash{number}")
        (snapshot / file.name).symlink_to(f"../../blobs/etag{number}")
    return snapshot


@pytest.mark.parametrize("links", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_a_hub_snapshot_of_any_format_is_the_same_checkpoint(formats, tmp_path, kind, links):
    plain = tmp_path / "plain"
    plain.mkdir()
    formats.build(plain, kind)
    snapshot = hub_snapshot(tmp_path / "hub", plain, links)
    before = fingerprint(plain)
    assert fingerprint(snapshot) == before
    assert verify_checkpoint(before, snapshot).is_unchanged


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_out_of_the_folder_is_refused_in_any_format(formats, tmp_path, kind):
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    for path in sorted(formats.FORMATS[kind]):
        folder.mkdir()
        outside.mkdir()
        formats.build(folder, kind)
        (folder / path).rename(outside / path)
        (folder / path).symlink_to(outside / path)
        with pytest.raises(CheckpointError, match="points out of the checkpoint folder") as caught:
            fingerprint(folder)
        assert str(caught.value).startswith(f"{folder / path}: ")
        for made in (folder, outside):
            for file in made.iterdir():
                file.unlink()
            made.rmdir()


@pytest.fixture
def gguf(formats, tmp_path):  # noqa: ARG001  # the scripts are importable while it lives
    folder = tmp_path / "gguf"
    folder.mkdir()
    return import_module("make_gguf_golden").build(folder)


@pytest.mark.parametrize("links", [1, 2])
def test_a_hub_snapshot_of_a_gguf_file_is_the_same_checkpoint(gguf, tmp_path, links):
    snapshot = hub_snapshot(tmp_path / "hub", gguf.parent, links)
    assert fingerprint(snapshot) == fingerprint(snapshot / gguf.name) == fingerprint(gguf)


def test_a_gguf_file_that_is_a_link_out_of_its_folder_is_refused(gguf, tmp_path):
    gguf.rename(tmp_path / "elsewhere.gguf")
    gguf.symlink_to(tmp_path / "elsewhere.gguf")
    for given in (gguf, gguf.parent):
        with pytest.raises(CheckpointError, match="points out of the checkpoint folder"):
            fingerprint(given)


def test_a_snapshot_of_an_adapter_alone_is_the_same_adapter(tmp_path):
    adapter = write_adapter(tmp_path / "adapter", weights="adapter_model.bin")
    snapshot = hub_snapshot(tmp_path / "hub", adapter, 2)
    assert is_adapter_alone(snapshot)
    assert fingerprint_adapter(snapshot) == fingerprint_adapter(adapter)


def test_an_attached_adapter_that_is_a_link_out_of_its_folder_is_refused(tmp_path, checkpoint):
    adapter = write_adapter(tmp_path / "adapter")
    (adapter / "adapter_model.safetensors").rename(tmp_path / "weights")
    (adapter / "adapter_model.safetensors").symlink_to(tmp_path / "weights")
    with pytest.raises(CheckpointError, match="points out of the checkpoint folder"):
        fingerprint(checkpoint, adapter=adapter)


# What PEFT itself writes.


@pytest.mark.model
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
@pytest.mark.filterwarnings("ignore:Model has `tie_word_embeddings=True`:UserWarning")
@pytest.mark.parametrize(
    ("settings", "suffix"),
    [
        ({}, "lora_A.weight"),
        ({"use_dora": True}, "lora_magnitude_vector"),
        ({"modules_to_save": ["lm_head"]}, "lm_head.weight"),
    ],
    ids=["lora", "dora", "modules to save"],
)
def test_an_adapter_that_peft_wrote_is_the_same_in_both_of_its_formats(
    tmp_path, tiny_checkpoint, settings, suffix
):
    import torch
    from peft import LoraConfig, get_peft_model
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(tiny_checkpoint)
    torch.manual_seed(0)
    model = get_peft_model(base, LoraConfig(r=2, target_modules=["q_proj"], **settings))
    model.save_pretrained(tmp_path / "safe", save_embedding_layers=False)
    tensors = load_file(tmp_path / "safe" / "adapter_model.safetensors")
    (tmp_path / "torch").mkdir()
    # As PEFT did before safetensors, and still reads.
    torch.save(tensors, tmp_path / "torch" / "adapter_model.bin")
    config = (tmp_path / "safe" / "adapter_config.json").read_bytes()
    (tmp_path / "torch" / "adapter_config.json").write_bytes(config)

    entry = fingerprint_adapter(tmp_path / "safe")

    assert fingerprint_adapter(tmp_path / "torch") == entry
    assert {tensor.name for tensor in entry.tensors} == set(tensors)
    assert any(tensor.name.endswith(suffix) for tensor in entry.tensors)
    assert entry.base_model == str(tiny_checkpoint)
