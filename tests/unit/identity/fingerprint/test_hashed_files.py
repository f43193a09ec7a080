"""Files are read again where they moved, and wherever it cannot be known that they did not."""

import shutil

import pytest
from tests.making.checkpoints.reading import let_rest

from weighin.identity.fingerprint import file_systems
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.fingerprint.hashed_files import HashedFiles

CONFIG, WEIGHTS = "config.json", "model.safetensors"


@pytest.fixture
def hashed(checkpoint, bytes_read):
    let_rest(checkpoint)
    files = HashedFiles(checkpoint, None)
    manifest = fingerprint(checkpoint)
    bytes_read.clear()
    return files, manifest


def test_nothing_is_read_while_nothing_moves(hashed, bytes_read):
    files, manifest = hashed
    first, second = files.look(manifest), files.look(manifest)
    assert first.changes == ()
    assert first == second
    assert first.state == files.state(manifest) != ""
    assert bytes_read == {}


def test_only_what_moved_is_read(hashed, checkpoint, bytes_read):
    files, manifest = hashed
    (checkpoint / CONFIG).touch()
    look = files.look(manifest)
    assert look.changes == ()
    assert look.state
    assert bytes_read[CONFIG]
    # Its header alone.
    assert bytes_read[WEIGHTS] < (checkpoint / WEIGHTS).stat().st_size


def test_a_look_that_read_all_files_rests_on_no_state(hashed, checkpoint):
    files, manifest = hashed
    for path in checkpoint.iterdir():
        path.touch()
    assert files.look(manifest).state == ""


def test_a_file_that_is_not_of_the_checkpoint_is_not_of_its_state(hashed, checkpoint):
    files, manifest = hashed
    before = files.look(manifest)
    (checkpoint / "notes.txt").write_text("x")
    assert files.look(manifest) == before


def test_everything_is_read_where_the_file_system_does_not_tell(
    hashed, checkpoint, bytes_read, monkeypatch, tmp_path
):
    files, manifest = hashed
    (tmp_path / "mounts").write_text("36 35 0:1 / / rw - fuse.bucket source rw\n")
    monkeypatch.setattr(file_systems, "MOUNTS", tmp_path / "mounts")
    assert files.look(manifest).state == ""
    assert bytes_read[WEIGHTS] >= (checkpoint / WEIGHTS).stat().st_size


def test_a_file_that_was_written_within_one_step_of_the_clock_is_read(checkpoint, bytes_read):
    (checkpoint / WEIGHTS).touch()
    files = HashedFiles(checkpoint, None)
    manifest = fingerprint(checkpoint)
    bytes_read.clear()
    files.look(manifest)
    assert bytes_read[WEIGHTS] >= (checkpoint / WEIGHTS).stat().st_size


def test_once_changed_all_is_read_until_it_is_as_it_was(hashed, checkpoint):
    files, manifest = hashed
    content = (checkpoint / CONFIG).read_bytes()
    (checkpoint / CONFIG).write_text("{}")
    assert files.look(manifest).changes == ("config.json: changed",)
    assert files.look(manifest).changes == ("config.json: changed",)
    (checkpoint / CONFIG).write_bytes(content)
    assert files.look(manifest).changes == ()


def test_what_a_look_found_or_a_state_shows_is_not_unseen(hashed, checkpoint):
    files, manifest = hashed
    (checkpoint / CONFIG).write_text("{}")
    files.look(manifest)
    (checkpoint / WEIGHTS).unlink()
    found = files.read(manifest)
    assert found.changes == ("config.json: changed", "model.safetensors: missing")
    assert found.unseen == ()


def test_an_adapter_is_read_again_as_a_whole_where_a_file_of_it_moved(
    checkpoint, tmp_path, write_safetensors
):
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    write_safetensors(adapter / "adapter_model.safetensors", {"a": ("U8", [1], b"x")})
    (adapter / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    let_rest(checkpoint, adapter)
    files = HashedFiles(checkpoint, adapter)
    manifest = fingerprint(checkpoint, adapter=adapter)
    assert files.look(manifest).changes == ()
    write_safetensors(adapter / "adapter_model.safetensors", {"a": ("U8", [1], b"y")})
    assert files.look(manifest).changes == ("adapter: tensor 'a' changed",)
    shutil.rmtree(adapter)
    (change,) = files.look(manifest).changes
    assert change.startswith("adapter: ")
