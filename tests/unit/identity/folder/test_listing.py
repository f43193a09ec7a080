import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighin.errors import CheckpointError, WeighinError
from weighin.identity.fingerprint.adapter import fingerprint_adapter
from weighin.identity.fingerprint.checkpoint import fingerprint, load_manifest


def paths(manifest):
    return [file.path for file in manifest.files]


def write_adapter(folder, write_safetensors, weights="adapter_model.safetensors"):
    folder.mkdir(exist_ok=True)
    write_safetensors(folder / weights, {"lora_A": ("F32", [1], bytes(4))})
    config = {"peft_type": "LORA", "base_model_name_or_path": "org/base"}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def test_only_what_a_loader_reads_is_listed(checkpoint):
    (checkpoint / "pytorch_model.bin").write_bytes(b"pickle")
    (checkpoint / "training_args.bin").write_bytes(b"pickle")
    (checkpoint / "figure.png").write_bytes(b"png")
    assert paths(fingerprint(checkpoint)) == [
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ]


def test_python_files_in_folders_are_remote_code(checkpoint):
    (checkpoint / "custom_generate").mkdir()
    (checkpoint / "custom_generate" / "generate.py").write_text("x = 1")
    manifest = fingerprint(checkpoint)
    assert "custom_generate/generate.py" in paths(manifest)
    assert manifest.remote_code is not None


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(
        CheckpointError, match="gone: expected a checkpoint folder, found nothing there"
    ):
        fingerprint(tmp_path / "gone")


def test_a_file_is_not_a_folder(checkpoint):
    with pytest.raises(CheckpointError, match="expected a checkpoint folder: Not a directory"):
        fingerprint(checkpoint / "config.json")


@pytest.mark.parametrize("name", ["model.ckpt", "flax_model.msgpack", "model.onnx", "tf_model.h5"])
def test_weights_of_another_format_alone_are_refused_by_name(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(CheckpointError, match=f"found '{name}'; this version reads safetensors"):
        fingerprint(tmp_path)


def test_a_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"expected model\.safetensors or .* found neither"):
        fingerprint(tmp_path)


def test_weights_without_tensors_are_refused(tmp_path, write_safetensors):
    write_safetensors(tmp_path / "model.safetensors", {})
    with pytest.raises(CheckpointError, match="holds no tensors"):
        fingerprint(tmp_path)


def test_weights_beside_the_chosen_ones_are_refused_by_name(checkpoint, write_safetensors):
    write_safetensors(checkpoint / "model.fp16.safetensors", {"x": ("U8", [1], b"x")})
    with pytest.raises(CheckpointError, match=r"found 'model\.fp16\.safetensors': it is ambiguous"):
        fingerprint(checkpoint)


def test_a_single_file_beside_an_index_with_shards_is_refused(checkpoint, write_shards):
    write_shards(checkpoint, {"a.safetensors": {"x": ("U8", [1], b"x")}})
    with pytest.raises(CheckpointError, match=r"found 'a\.safetensors': it is ambiguous"):
        fingerprint(checkpoint)


def test_transformers_weights_in_the_config_chooses_the_file(checkpoint):
    before = fingerprint(checkpoint).weights
    (checkpoint / "model.safetensors").rename(checkpoint / "own.safetensors")
    (checkpoint / "config.json").write_text('{"transformers_weights": "own.safetensors"}')
    assert fingerprint(checkpoint).weights == before


@pytest.mark.parametrize("stated", ["../x.safetensors", "config.json", "gone.safetensors", 3])
def test_transformers_weights_outside_the_folder_are_refused(checkpoint, stated):
    (checkpoint / "config.json").write_text(json.dumps({"transformers_weights": stated}))
    with pytest.raises(CheckpointError, match=r"config\.json: transformers_weights: expected"):
        fingerprint(checkpoint)


def index_of(folder, weight_map):
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))


SHARD = {"x": ("U8", [1], b"x"), "y": ("U8", [1], b"y")}


@pytest.mark.parametrize(
    ("weight_map", "complaint"),
    [
        ({"x": "a.safetensors"}, "a.safetensors: tensor 'y': .* places in none"),
        (
            {"x": "a.safetensors", "y": "a.safetensors", "z": "a.safetensors"},
            "a.safetensors: tensor 'z': expected in this shard by the index, found none",
        ),
        (
            {"x": "a.safetensors", "y": "b.safetensors"},
            "missing: 'b.safetensors'",
        ),
        ({"x": "../a.safetensors"}, "tensor 'x': expected the plain name .* found '../a.safe"),
        ({"x": "/a.safetensors"}, "tensor 'x': expected the plain name"),
        ({"x": "a.bin"}, "tensor 'x': expected the plain name of a safetensors file"),
        ({"x": None}, "tensor 'x': expected the plain name"),
        ({}, "weight_map: expected an object of shards"),
        ([], "weight_map: expected an object of shards"),
        (None, "weight_map: expected an object of shards"),
    ],
)
def test_an_index_that_disagrees_with_its_shards_is_refused_by_name(
    tmp_path, write_safetensors, weight_map, complaint
):
    write_safetensors(tmp_path / "a.safetensors", SHARD)
    index_of(tmp_path, weight_map)
    with pytest.raises(CheckpointError, match=complaint):
        fingerprint(tmp_path)


def test_a_tensor_in_two_shards_is_refused(tmp_path, write_safetensors):
    write_safetensors(tmp_path / "a.safetensors", SHARD)
    write_safetensors(tmp_path / "b.safetensors", {"x": SHARD["x"], "z": SHARD["y"]})
    index_of(tmp_path, {"x": "a.safetensors", "y": "a.safetensors", "z": "b.safetensors"})
    with pytest.raises(CheckpointError, match=r"b\.safetensors: tensor 'x': .* a\.safetensors"):
        fingerprint(tmp_path)


def test_an_index_with_a_tensor_twice_is_refused(tmp_path, write_safetensors):
    write_safetensors(tmp_path / "a.safetensors", SHARD)
    text = '{"weight_map":{"x":"a.safetensors","x":"a.safetensors","y":"a.safetensors"}}'
    (tmp_path / "model.safetensors.index.json").write_text(text)
    with pytest.raises(CheckpointError, match=r"index\.json: .* key 'x' stands twice"):
        fingerprint(tmp_path)


def hub_snapshot(cache, checkpoint, *, shared=False):
    """The layout of huggingface_hub: snapshot -> blobs, and -> the cache's own blobs if shared."""
    repository = cache / "models--org--name"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    for number, file in enumerate(sorted(checkpoint.iterdir())):
        blob = repository / "blobs" / f"etag{number}"
        if shared:
            store = cache / "blobs" / "xx"
            store.mkdir(parents=True, exist_ok=True)
            (store / f"hash{number}").write_bytes(file.read_bytes())
            blob.symlink_to(f"../../blobs/xx/hash{number}")
        else:
            blob.write_bytes(file.read_bytes())
        (snapshot / file.name).symlink_to(f"../../blobs/etag{number}")
    return snapshot


@pytest.mark.parametrize("shared", [False, True], ids=["one link", "two links"])
def test_a_hub_snapshot_is_the_same_checkpoint_as_the_plain_folder(tmp_path, checkpoint, shared):
    snapshot = hub_snapshot(tmp_path / "hub", checkpoint, shared=shared)
    assert fingerprint(snapshot) == fingerprint(checkpoint)


def test_a_link_to_the_folder_itself_is_followed(tmp_path, checkpoint):
    (tmp_path / "link").symlink_to(checkpoint)
    assert fingerprint(tmp_path / "link") == fingerprint(checkpoint)


def test_a_link_within_the_folder_is_followed(checkpoint):
    before = fingerprint(checkpoint).weights
    (checkpoint / "model.safetensors").rename(checkpoint / "data")
    (checkpoint / "model.safetensors").symlink_to("data")
    assert fingerprint(checkpoint).weights == before


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_link_out_of_the_folder_is_refused_by_name(tmp_path, checkpoint, name):
    (checkpoint / name).rename(tmp_path / name)
    (checkpoint / name).symlink_to(tmp_path / name)
    with pytest.raises(CheckpointError, match=f"{name}: points out of the checkpoint folder"):
        fingerprint(checkpoint)


def test_a_link_out_of_the_hub_cache_is_refused(tmp_path, checkpoint):
    snapshot = hub_snapshot(tmp_path / "hub", checkpoint)
    (snapshot / "config.json").unlink()
    (snapshot / "config.json").symlink_to(checkpoint / "config.json")
    with pytest.raises(CheckpointError, match="points out of the checkpoint folder"):
        fingerprint(snapshot)


def test_a_dangling_link_is_refused(checkpoint):
    (checkpoint / "vocab.json").symlink_to("gone")
    with pytest.raises(CheckpointError, match=r"vocab\.json: cannot be found"):
        fingerprint(checkpoint)


def test_a_link_in_a_circle_is_refused(checkpoint):
    (checkpoint / "vocab.json").symlink_to("vocab.json")
    with pytest.raises(CheckpointError, match=r"vocab\.json: cannot be found: Too many levels"):
        fingerprint(checkpoint)


def test_a_linked_folder_is_refused(tmp_path, checkpoint):
    (tmp_path / "code").mkdir()
    (checkpoint / "code").symlink_to(tmp_path / "code")
    with pytest.raises(CheckpointError, match="code: expected a folder, found a link to one"):
        fingerprint(checkpoint)


def test_a_file_name_that_is_not_text_is_refused(checkpoint):
    (checkpoint / os.fsdecode(b"\xff.py")).write_text("")
    with pytest.raises(CheckpointError, match="expected file names in UTF-8"):
        fingerprint(checkpoint)


def test_a_folder_in_place_of_a_file_is_refused(checkpoint):
    (checkpoint / "vocab.json").mkdir()
    with pytest.raises(CheckpointError, match=r"vocab\.json: expected a regular file"):
        fingerprint(checkpoint)


def test_an_adapter_in_the_folder_is_part_of_the_manifest(checkpoint, write_safetensors):
    before = fingerprint(checkpoint)
    write_adapter(checkpoint, write_safetensors)
    after = fingerprint(checkpoint)
    assert before.adapter is None
    assert after.adapter is not None
    assert after.adapter.base_model == "org/base"
    assert [tensor.name for tensor in after.adapter.tensors] == ["lora_A"]
    assert after.weights == before.weights
    assert after.checkpoint_id != before.checkpoint_id


def test_an_attached_adapter_has_the_identity_of_its_own_folder(
    tmp_path, checkpoint, write_safetensors
):
    adapter = write_adapter(tmp_path / "adapter", write_safetensors)
    assert fingerprint(checkpoint, adapter=adapter).adapter == fingerprint_adapter(adapter)


def test_two_adapters_are_refused(tmp_path, checkpoint, write_safetensors):
    adapter = write_adapter(tmp_path / "adapter", write_safetensors)
    write_adapter(checkpoint, write_safetensors)
    with pytest.raises(CheckpointError, match="expected one adapter"):
        fingerprint(checkpoint, adapter=adapter)


def test_a_folder_with_an_adapter_only_is_no_checkpoint(tmp_path, write_safetensors):
    adapter = write_adapter(tmp_path / "adapter", write_safetensors)
    with pytest.raises(CheckpointError, match="found an adapter only"):
        fingerprint(adapter)


def test_a_folder_without_an_adapter_is_no_adapter(checkpoint):
    with pytest.raises(CheckpointError, match=r"expected adapter_config\.json"):
        fingerprint_adapter(checkpoint)


def test_an_adapter_in_another_format_is_refused_by_name(checkpoint, write_safetensors):
    write_adapter(checkpoint, write_safetensors, weights="adapter_model.pt")
    with pytest.raises(CheckpointError, match=r"beside it, found 'adapter_model\.pt'"):
        fingerprint(checkpoint)


BAD_JSON = {
    "cut": ('{"a":', "expected strict JSON"),
    "empty": ("", "expected strict JSON"),
    "list": ("[]", "expected a JSON object, found list"),
    "twice": ('{"a":1,"a":2}', "key 'a' stands twice"),
    "NaN": ('{"a":NaN}', "NaN is not JSON"),
    "infinity": ('{"a":1e999}', "too large for a double"),
    "surrogate": ('{"a":"\\ud800"}', "lone surrogate"),
    "nested": ('{"a":' + "[" * 300 + "]" * 300 + "}", "nested"),
}


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "quantize_config.json",
        "chat_template.json",
    ],
)
@pytest.mark.parametrize(("content", "complaint"), BAD_JSON.values(), ids=BAD_JSON.keys())
def test_bad_json_is_refused_naming_the_file(checkpoint, name, content, complaint):
    config = json.loads((checkpoint / "tokenizer_config.json").read_text())
    del config["chat_template"]
    (checkpoint / "tokenizer_config.json").write_text(json.dumps(config))
    (checkpoint / name).write_text(content)
    with pytest.raises(CheckpointError, match=complaint) as caught:
        fingerprint(checkpoint)
    assert str(caught.value).startswith(f"{checkpoint / name}: ")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(["config.json", "tokenizer.json", "tokenizer_config.json", "code.py"]),
    content=st.one_of(
        st.binary(max_size=20),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "bos_token",
                            "chat_template",
                            "added_tokens",
                            "added_tokens_decoder",
                            "extra_special_tokens",
                            "additional_special_tokens",
                            "quantization_config",
                            "transformers_weights",
                            "name",
                            "template",
                            "content",
                            "id",
                        ]
                    ),
                    inner,
                    max_size=4,
                )
            ),
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_only_our_errors_leave_the_readers_of_the_small_files(checkpoint, name, content):
    kept = (checkpoint / name).read_bytes() if (checkpoint / name).exists() else b""
    (checkpoint / name).write_bytes(content)
    try:
        fingerprint(checkpoint)
    except WeighinError:
        return
    finally:
        (checkpoint / name).write_bytes(kept)


def test_a_manifest_is_read_back_from_its_file(checkpoint, tmp_path):
    manifest = fingerprint(checkpoint)
    (tmp_path / "m.json").write_bytes(manifest.canonical())
    assert load_manifest(tmp_path / "m.json") == manifest


def altered(manifest, **fields):
    return json.dumps(manifest.model_dump(mode="json") | fields)


MANIFEST_CHANGES = {
    "format": (lambda m: altered(m, format="weighin.checkpoint/2"), "format: expected weighin"),
    "weights": (lambda m: altered(m, weights="0" * 64), "weights: expected .* found '000"),
    "unknown field": (lambda m: altered(m, extra=1), "extra: Extra inputs"),
    "wrong type": (lambda m: altered(m, dtype=3), "dtype: Input should be a valid string"),
    "no tensors": (lambda m: altered(m, tensors=[]), "holds no tensors"),
    "order": (
        lambda m: altered(m, tensors=m.model_dump(mode="json")["tensors"][::-1]),
        "tensors: expected in order",
    ),
    "digest": (
        lambda m: m.canonical().decode().replace(m.tensors[0].sha256, "not hex"),
        "tensor 'model.embed.weight': expected a hex SHA-256",
    ),
    "not JSON": (lambda _: "{", "expected strict JSON"),
    "a key twice": (lambda m: '{"format":1,' + m.canonical().decode()[1:], "stands twice"),
}


@pytest.mark.parametrize(
    ("change", "complaint"), MANIFEST_CHANGES.values(), ids=MANIFEST_CHANGES.keys()
)
def test_a_manifest_that_does_not_hold_is_refused(checkpoint, tmp_path, change, complaint):
    path = tmp_path / "m.json"
    path.write_text(change(fingerprint(checkpoint)))
    with pytest.raises(CheckpointError, match=complaint):
        load_manifest(path)
