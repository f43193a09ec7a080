import hashlib
import json

import pytest

from weighin.errors import CheckpointError
from weighin.identity.fingerprint.adapter import fingerprint_adapter
from weighin.identity.fingerprint.checkpoint import fingerprint

# As git lfs 3 writes it; the specification's own example has these lines.
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    f"oid sha256:{hashlib.sha256(b'weights').hexdigest()}\nsize 2336927755350992\n"
)


@pytest.mark.parametrize(
    "name",
    ["model.safetensors", "tokenizer.json", "config.json", "generation_config.json", "code.py"],
)
def test_a_pointer_in_the_place_of_any_file_that_is_read_is_told_as_one(checkpoint, name):
    (checkpoint / name).write_text(POINTER)
    with pytest.raises(CheckpointError, match=r"Git-LFS pointer.*git lfs pull") as caught:
        fingerprint(checkpoint)
    assert name in str(caught.value)


@pytest.mark.parametrize("name", ["model.gguf", "pytorch_model.bin", "consolidated.00.pth"])
def test_of_any_container(tmp_path, name):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / name).write_text(POINTER)
    for place in (tmp_path, *([tmp_path / name] if name.endswith(".gguf") else [])):
        with pytest.raises(CheckpointError, match=r"Git-LFS pointer, not contents.*git lfs pull"):
            fingerprint(place)


def test_all_shards_are_named_once(tmp_path):
    shards = [f"model-0000{n}-of-00007.safetensors" for n in range(1, 8)]
    index = {"weight_map": {f"w{n}": shard for n, shard in enumerate(shards)}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    for shard in shards:
        (tmp_path / shard).write_text(POINTER)
    with pytest.raises(CheckpointError, match=r"Git-LFS pointers.*and 2 more"):
        fingerprint(tmp_path)


def test_of_an_adapter(tmp_path):
    (tmp_path / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    (tmp_path / "adapter_model.safetensors").write_text(POINTER)
    with pytest.raises(CheckpointError, match="Git-LFS pointer"):
        fingerprint_adapter(tmp_path)


def test_one_that_no_loader_reads_does_not_matter(checkpoint):
    before = fingerprint(checkpoint).checkpoint_id
    (checkpoint / "pytorch_model.bin").write_text(POINTER)
    (checkpoint / "README.md").write_text(POINTER)
    assert fingerprint(checkpoint).checkpoint_id == before


def test_a_file_that_speaks_of_git_lfs_and_is_none_is_read(checkpoint):
    (checkpoint / "code.py").write_text(f"'''{POINTER}'''")
    assert fingerprint(checkpoint).remote_code is not None
