import json
import os

import pytest

from weighin.identity.fingerprint.checkpoint import changed_files, file_states, fingerprint


@pytest.fixture
def before(checkpoint):
    return fingerprint(checkpoint)


def test_an_untouched_folder_has_no_changes(checkpoint, before):
    assert changed_files(before, checkpoint) == ()


def test_a_touched_file_is_no_change(checkpoint, before):
    (checkpoint / "config.json").touch()
    assert changed_files(before, checkpoint) == ()


def test_a_changed_small_file_is_named(checkpoint, before):
    (checkpoint / "config.json").write_text("{}")
    assert changed_files(before, checkpoint) == ("config.json: changed",)


def test_a_missing_file_is_named(checkpoint, before):
    (checkpoint / "config.json").unlink()
    (checkpoint / "model.safetensors").unlink()
    assert changed_files(before, checkpoint) == (
        "config.json: missing",
        "model.safetensors: missing",
    )


def test_a_file_that_appeared_is_named(checkpoint, before):
    (checkpoint / "chat_template.jinja").write_text("x")
    assert changed_files(before, checkpoint) == ("chat_template.jinja: appeared",)


def test_an_adapter_dropped_into_the_folder_is_named(checkpoint, before, write_safetensors):
    write_safetensors(checkpoint / "adapter_model.safetensors", {"a": ("U8", [1], b"x")})
    (checkpoint / "adapter_config.json").write_text("{}")
    assert changed_files(before, checkpoint) == (
        "adapter_config.json: appeared",
        "adapter_model.safetensors: appeared",
    )


def test_a_truncated_weight_file_is_a_change_and_no_error(checkpoint, before):
    size = (checkpoint / "model.safetensors").stat().st_size
    os.truncate(checkpoint / "model.safetensors", size - 1)
    expected = (
        "model.safetensors: tensor 'model.norm': data_offsets: expected 36 bytes of data, "
        "found 35: the file is truncated"
    )
    assert changed_files(before, checkpoint) == (expected,)


def test_a_file_that_became_a_folder_is_a_change_and_no_error(checkpoint, before):
    (checkpoint / "tokenizer.json").unlink()
    (checkpoint / "tokenizer.json").mkdir()
    assert changed_files(before, checkpoint) == (
        "tokenizer.json: expected a regular file, found something else",
    )


def test_a_file_replaced_by_a_link_out_of_the_folder_is_a_change(tmp_path, checkpoint, before):
    (checkpoint / "config.json").rename(tmp_path / "config.json")
    (checkpoint / "config.json").symlink_to(tmp_path / "config.json")
    (change,) = changed_files(before, checkpoint)
    assert change.startswith("config.json: points out of the checkpoint folder")


def test_a_folder_that_is_gone_is_a_change_of_every_file(tmp_path, checkpoint, before):
    checkpoint.rename(tmp_path / "elsewhere")
    assert changed_files(before, checkpoint) == tuple(
        f"{file.path}: missing" for file in before.files
    )


def test_ambiguous_weights_that_appeared_are_a_change(checkpoint, before, write_safetensors):
    write_safetensors(checkpoint / "other.safetensors", {"x": ("U8", [1], b"x")})
    (change,) = changed_files(before, checkpoint)
    assert "found 'other.safetensors': it is ambiguous" in change
    assert str(checkpoint) not in change


def test_tensors_that_appear_and_vanish_are_named(checkpoint, before, write_safetensors, tiny):
    tiny["new"] = tiny.pop("model.norm")
    write_safetensors(checkpoint / "model.safetensors", tiny)
    assert changed_files(before, checkpoint) == (
        "model.safetensors: tensor 'model.norm' missing",
        "model.safetensors: tensor 'new' appeared",
    )


def test_a_resave_with_other_metadata_is_said_to_leave_the_tensors(
    checkpoint, before, write_safetensors, tiny
):
    write_safetensors(checkpoint / "model.safetensors", tiny, {"format": "other"})
    assert changed_files(before, checkpoint) == (
        "model.safetensors: changed, but none of its tensors did",
    )


def test_a_changed_tensor_of_a_shard_is_named_with_its_shard(tmp_path, write_shards):
    x, y = ("U8", [1], b"x"), ("U8", [1], b"y")
    write_shards(tmp_path, {"a.safetensors": {"x": x}, "b.safetensors": {"y": y}})
    before = fingerprint(tmp_path)
    write_shards(tmp_path, {"a.safetensors": {"x": x}, "b.safetensors": {"y": x}})
    assert changed_files(before, tmp_path) == ("b.safetensors: tensor 'y' changed",)


def test_tensors_that_swap_their_shards_are_a_change(tmp_path, write_shards, write_safetensors):
    x, y = ("U8", [1], b"x"), ("U8", [1], b"y")
    write_shards(tmp_path, {"a.safetensors": {"x": x}, "b.safetensors": {"y": y}})
    before = fingerprint(tmp_path)
    write_safetensors(tmp_path / "a.safetensors", {"y": y})
    write_safetensors(tmp_path / "b.safetensors", {"x": x})
    (change,) = changed_files(before, tmp_path)
    assert "expected in this shard by the index" in change


def test_a_missing_shard_is_named_once(tmp_path, write_shards):
    x = ("U8", [1], b"x")
    write_shards(tmp_path, {"a.safetensors": {"x": x}, "b.safetensors": {"y": x, "z": x}})
    before = fingerprint(tmp_path)
    (tmp_path / "b.safetensors").unlink()
    assert changed_files(before, tmp_path) == ("b.safetensors: missing",)


@pytest.fixture
def adapter(tmp_path, write_safetensors):
    folder = tmp_path / "adapter"
    folder.mkdir()
    write_safetensors(folder / "adapter_model.safetensors", {"lora_A": ("U8", [1], b"x")})
    (folder / "adapter_config.json").write_text(json.dumps({"r": 1}))
    return folder


def test_an_untouched_attached_adapter_has_no_changes(checkpoint, adapter):
    before = fingerprint(checkpoint, adapter=adapter)
    assert changed_files(before, checkpoint, adapter=adapter) == ()


def test_a_changed_attached_adapter_is_named(checkpoint, adapter, write_safetensors):
    before = fingerprint(checkpoint, adapter=adapter)
    write_safetensors(adapter / "adapter_model.safetensors", {"lora_A": ("U8", [1], b"y")})
    (adapter / "adapter_config.json").write_text(json.dumps({"r": 2}))
    assert changed_files(before, checkpoint, adapter=adapter) == (
        "adapter: adapter_config.json: changed",
        "adapter: tensor 'lora_A' changed",
    )


def test_a_changed_tensor_of_an_adapter_in_the_folder_is_named(
    checkpoint, adapter, write_safetensors
):
    for path in adapter.iterdir():
        path.rename(checkpoint / path.name)
    before = fingerprint(checkpoint)
    write_safetensors(checkpoint / "adapter_model.safetensors", {"lora_A": ("U8", [1], b"y")})
    assert changed_files(before, checkpoint) == (
        "adapter_model.safetensors: tensor 'lora_A' changed",
    )


def test_file_states_stay_equal_while_nothing_is_written(checkpoint):
    assert file_states(checkpoint) == file_states(checkpoint)


def test_file_states_are_in_order_of_their_paths(checkpoint):
    found = [state.path for state in file_states(checkpoint)]
    assert found == sorted(path.name for path in checkpoint.iterdir())


def overwrite_in_place(path):
    status = path.stat()
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x01")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replace(path):
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)


@pytest.mark.parametrize(
    "write",
    [overwrite_in_place, replace, lambda path: path.unlink()],
    ids=["in place", "replaced", "gone"],
)
def test_file_states_show_every_write_even_if_the_time_is_set_back(checkpoint, write):
    before = file_states(checkpoint)
    write(checkpoint / "model.safetensors")
    assert file_states(checkpoint) != before


def test_a_folder_that_is_gone_has_no_file_states(tmp_path):
    assert file_states(tmp_path / "gone") == ()
