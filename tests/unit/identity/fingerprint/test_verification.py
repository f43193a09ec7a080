"""A checkpoint held against its manifest: what changed, by name."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest
from tests.making.checkpoints.files import TINY, write_safetensors, write_shards

from weighin.errors import CheckpointError
from weighin.identity.comparison.report import Kinship
from weighin.identity.facets import Facet
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.fingerprint.verification import Change, verify_checkpoint


def with_byte_flipped(name: str) -> dict:
    dtype, shape, content = TINY[name]
    return {**TINY, name: (dtype, shape, bytes([content[0] ^ 1]) + content[1:])}


def test_untouched_folder_is_unchanged(checkpoint):
    result = verify_checkpoint(fingerprint(checkpoint), checkpoint)
    assert result.is_unchanged
    assert result.found == result.expected == fingerprint(checkpoint).checkpoint_id
    assert (result.changes, result.files, result.tensors, result.facets) == ((), (), (), ())


def test_renamed_folder_and_new_times_are_unchanged(checkpoint, tmp_path):
    manifest = fingerprint(checkpoint)
    moved = shutil.move(checkpoint, tmp_path / "moved")
    os.utime(Path(moved) / "model.safetensors", (0, 0))
    assert verify_checkpoint(manifest, Path(moved)).is_unchanged


@pytest.mark.parametrize("name", TINY)
def test_one_flipped_bit_names_exactly_its_tensor(checkpoint, name):
    manifest = fingerprint(checkpoint)
    write_safetensors(checkpoint / "model.safetensors", with_byte_flipped(name), {"format": "pt"})
    result = verify_checkpoint(manifest, checkpoint)
    assert not result.is_unchanged
    assert [(t.name, t.change, t.part) for t in result.tensors] == [
        (name, Change.CHANGED, "weights")
    ]
    assert result.facets == (Facet.WEIGHTS,)
    assert f"tensor {name!r} changed" in result.changes


def test_tensor_of_another_dtype_is_told_with_both_dtypes(checkpoint):
    manifest = fingerprint(checkpoint)
    other = {**TINY, "model.norm": ("I32", [2], TINY["model.norm"][2])}
    write_safetensors(checkpoint / "model.safetensors", other, {"format": "pt"})
    result = verify_checkpoint(manifest, checkpoint)
    assert "tensor 'model.norm' changed: dtype was F32, is I32" in result.changes


def test_renamed_tensor_is_one_missing_and_one_that_appeared(checkpoint):
    manifest = fingerprint(checkpoint)
    renamed = {("model.morn" if n == "model.norm" else n): t for n, t in TINY.items()}
    write_safetensors(checkpoint / "model.safetensors", renamed, {"format": "pt"})
    result = verify_checkpoint(manifest, checkpoint)
    assert [(t.name, t.change) for t in result.tensors] == [
        ("model.morn", Change.APPEARED),
        ("model.norm", Change.MISSING),
    ]


def test_edited_chat_template_changes_that_file_and_that_facet_alone(checkpoint):
    manifest = fingerprint(checkpoint)
    config = {"bos_token": "a", "chat_template": "{{ other }}"}
    (checkpoint / "tokenizer_config.json").write_text(json.dumps(config))
    result = verify_checkpoint(manifest, checkpoint)
    assert [f.path for f in result.files] == ["tokenizer_config.json"]
    assert result.facets == (Facet.CHAT_TEMPLATE,)
    assert result.relation is Kinship.SAME_BUT_FOR_FACETS


@pytest.mark.parametrize(
    ("name", "facet"),
    [("generation_config.json", Facet.GENERATION_CONFIG), ("tokenizer.json", Facet.TOKENIZER)],
)
def test_missing_file_is_a_change_and_so_is_its_facet(checkpoint, name, facet):
    manifest = fingerprint(checkpoint)
    (checkpoint / name).unlink()
    result = verify_checkpoint(manifest, checkpoint)
    assert f"{name}: missing" in result.changes
    assert facet in result.facets


def test_code_that_appeared_is_told(checkpoint):
    manifest = fingerprint(checkpoint)
    (checkpoint / "modeling.py").write_text("ANSWER = 42\n")
    result = verify_checkpoint(manifest, checkpoint)
    assert [(f.path, f.change) for f in result.files] == [("modeling.py", Change.APPEARED)]
    assert result.facets == (Facet.REMOTE_CODE,)


def test_file_that_no_loader_reads_may_change(checkpoint):
    manifest = fingerprint(checkpoint)
    (checkpoint / "README.md").write_text("# other")
    assert verify_checkpoint(manifest, checkpoint).is_unchanged


def test_other_metadata_of_the_same_tensors_is_a_changed_file_if_its_digest_was_kept(checkpoint):
    detailed = fingerprint(checkpoint, with_file_digests=True)
    plain = fingerprint(checkpoint)
    write_safetensors(checkpoint / "model.safetensors", TINY, {"format": "tp"})
    result = verify_checkpoint(detailed, checkpoint)
    assert result.changes == ("model.safetensors: changed, but none of the tensors did",)
    assert result.relation is Kinship.SAME_CHECKPOINT
    assert verify_checkpoint(plain, checkpoint).is_unchanged


def test_resaved_in_shards_keeps_every_tensor_and_names_the_files(checkpoint, write_shards):
    manifest = fingerprint(checkpoint)
    (checkpoint / "model.safetensors").unlink()
    first = {name: TINY[name] for name in list(TINY)[:1]}
    second = {name: TINY[name] for name in list(TINY)[1:]}
    write_shards(checkpoint, {"a.safetensors": first, "b.safetensors": second})
    result = verify_checkpoint(manifest, checkpoint)
    assert (result.tensors, result.facets) == ((), ())
    assert {f.path for f in result.files} == {
        "a.safetensors",
        "b.safetensors",
        "model.safetensors",
        "model.safetensors.index.json",
    }
    assert not result.is_unchanged


def test_truncated_weights_are_a_change_though_the_folder_is_no_checkpoint_any_more(checkpoint):
    manifest = fingerprint(checkpoint)
    weights = checkpoint / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    result = verify_checkpoint(manifest, checkpoint)
    assert not result.is_unchanged
    assert result.found is None
    assert result.why_not_found.startswith(str(weights))
    assert any(change.startswith("model.safetensors: ") for change in result.changes)


def test_missing_shard_is_named_and_so_are_changes_elsewhere(tmp_path):
    halves = {
        "a.safetensors": {"x": TINY["model.norm"]},
        "b.safetensors": {"y": TINY["model.norm"]},
    }
    folder = write_shards(tmp_path, halves)
    (folder / "config.json").write_text("{}")
    manifest = fingerprint(folder)
    (folder / "b.safetensors").unlink()
    (folder / "config.json").write_text('{"a": 1}')
    result = verify_checkpoint(manifest, folder)
    assert result.changes == ("b.safetensors: missing", "config.json: changed")


def test_missing_folder_is_unknown_and_no_change(checkpoint, tmp_path):
    with pytest.raises(CheckpointError, match="nowhere"):
        verify_checkpoint(fingerprint(checkpoint), tmp_path / "nowhere")


def test_file_that_may_not_be_read_is_unknown_and_no_change(checkpoint, monkeypatch):
    manifest = fingerprint(checkpoint)
    open_file = os.open

    def forbidden(path, *rest, **options):
        if str(path).endswith("config.json"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_file(path, *rest, **options)

    # Root, as whom tests may run, is forbidden nothing.
    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(CheckpointError, match="Permission denied"):
        verify_checkpoint(manifest, checkpoint)


def test_attached_adapter_is_compared_tensor_by_tensor(checkpoint, tmp_path):
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text('{"base_model_name_or_path": "tiny"}')
    weights = adapter / "adapter_model.safetensors"
    write_safetensors(weights, {"lora_A": ("F32", [1], b"\0\0\0\0")})
    manifest = fingerprint(checkpoint, adapter=adapter)
    assert verify_checkpoint(manifest, checkpoint, adapter=adapter).is_unchanged
    write_safetensors(weights, {"lora_A": ("F32", [1], b"\0\0\0\1")})
    result = verify_checkpoint(manifest, checkpoint, adapter=adapter)
    assert [(t.name, t.part) for t in result.tensors] == [("lora_A", "adapter")]
    assert result.facets == (Facet.ADAPTERS,)
    forgotten = verify_checkpoint(manifest, checkpoint)
    assert forgotten.tensors[0].change is Change.MISSING


def test_digest_of_a_facet_that_nothing_explains_is_still_a_change(checkpoint):
    manifest = fingerprint(checkpoint).model_copy(update={"chat_template": "0" * 64})
    result = verify_checkpoint(manifest, checkpoint)
    assert result.changes == ("facet chat_template: changed",)
    assert not result.is_unchanged
