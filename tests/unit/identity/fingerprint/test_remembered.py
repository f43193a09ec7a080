"""A file that was read is not read again while it is as it was; whatever is odd is read.

Real files on a real file system. A reading is counted where files are read.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from weighin.files.canonical import sha256_hex
from weighin.identity.fingerprint import file_systems
from weighin.identity.fingerprint.adapter import fingerprint_adapter
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.fingerprint.remembered import digests as module
from weighin.identity.fingerprint.remembered import entry, turns
from weighin.identity.fingerprint.remembered.digests import RememberedDigests
from weighin.identity.fingerprint.remembered.folder import cache_folder, why_not_private

WEIGHTS = "model.safetensors"
MIB = 1 << 20
RIGHTS_OF_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs to give files to others")


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache" / "weighin"


@pytest.fixture(autouse=True)
def rests_at_once(monkeypatch):
    """A file has come to rest a tick of the clock after it was written."""
    monkeypatch.setattr(module, "CLOCK_STEP_NS", 0)


@pytest.fixture
def large(checkpoint, write_safetensors, tiny):
    """A checkpoint whose weights are too large to be hashed while their header is read."""
    tensors = tiny | {"model.large": ("U8", [2 * MIB], bytes(2 * MIB))}
    write_safetensors(checkpoint / WEIGHTS, tensors)
    time.sleep(0.02)
    return checkpoint


def opened(folder: Path, cache: Path, **choices) -> tuple[str, RememberedDigests]:
    remembered = RememberedDigests(cache, **choices)
    return fingerprint(folder, remembered=remembered).checkpoint_id, remembered


def is_read(folder: Path, cache: Path) -> bool:
    """Whether the weights are read, and the fingerprint is the one that reading all gives."""
    found, remembered = opened(folder, cache)
    assert found == fingerprint(folder).checkpoint_id
    assert remembered.bytes_read + remembered.bytes_recalled == (folder / WEIGHTS).stat().st_size
    assert bool(remembered.recalled) is (remembered.began_ns is not None)
    return remembered.bytes_read > 0


def remembered_file(cache: Path) -> Path:
    (place,) = (path for path in cache.iterdir() if path.suffix != ".lock")
    return place


def rewrite(place: Path, **changes: object) -> None:
    """Forge an entry whose checksum fits."""
    content = json.loads(place.read_bytes().partition(b"\n")[2]) | changes
    text = json.dumps(content).encode()
    place.write_bytes(sha256_hex(text).encode() + b"\n" + text)


def test_what_was_read_is_not_read_again(large, cache, bytes_read):
    before = time.time_ns()
    assert is_read(large, cache)
    between = time.time_ns()
    bytes_read.clear()
    found, remembered = opened(large, cache)
    assert bytes_read[WEIGHTS] < 4096
    assert remembered.recalled == (large / WEIGHTS,)
    # What is remembered is as old as its reading.
    assert before <= remembered.began_ns < between
    assert found == fingerprint(large).checkpoint_id


def test_a_small_file_is_read(checkpoint, cache):
    assert is_read(checkpoint, cache)
    assert is_read(checkpoint, cache)


def test_the_digest_of_the_whole_file_is_remembered_only_if_it_was_taken(large, cache):
    def whole(remembered):
        found = fingerprint(large, with_file_digests=True, remembered=remembered)
        return next(file.sha256 for file in found.files if file.path == WEIGHTS)

    assert is_read(large, cache)
    truth = sha256_hex((large / WEIGHTS).read_bytes())
    first, second = RememberedDigests(cache), RememberedDigests(cache)
    assert (whole(first), first.recalled) == (truth, ())
    assert (whole(second), second.recalled) == (truth, (large / WEIGHTS,))
    assert not is_read(large, cache)


def test_an_adapter_is_remembered_too(tmp_path, cache, write_safetensors):
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / "adapter_config.json").write_text("{}")
    tensors = {"a": ("U8", [2 * MIB], bytes(2 * MIB))}
    write_safetensors(folder / "adapter_model.safetensors", tensors)
    time.sleep(0.02)
    first, second = RememberedDigests(cache), RememberedDigests(cache)
    assert fingerprint_adapter(folder, remembered=first) == fingerprint_adapter(
        folder, remembered=second
    )
    assert (len(first.recalled), len(second.recalled)) == (0, 1)


def test_one_that_only_remembers_reads(large, cache):
    is_read(large, cache)
    _, remembered = opened(large, cache, recalls=False)
    assert remembered.recalled == ()
    assert remembered.bytes_read == (large / WEIGHTS).stat().st_size


# Files that seem to be the one that was read.


def write_in_place(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"x")


def write_and_set_the_time_back(path: Path) -> None:
    status = path.stat()
    write_in_place(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replace_by_one_of_the_same_size_and_time(path: Path) -> None:
    other = path.with_name("other")
    shutil.copy2(path, other)
    write_and_set_the_time_back(other)
    other.replace(path)


def reuse_the_inode(path: Path) -> None:
    """A file of another name that becomes this one: the number stays, as after a removal."""
    status = path.stat()
    path.rename(path.with_name("kept"))
    write_in_place(path.with_name("kept"))
    os.utime(path.with_name("kept"), ns=(status.st_atime_ns, status.st_mtime_ns))
    path.with_name("kept").rename(path)
    assert path.stat().st_ino == status.st_ino


def lead_elsewhere(path: Path) -> None:
    (path.parent / ".other").mkdir()
    shutil.copy2(path, path.parent / ".other" / path.name)
    write_and_set_the_time_back(path.parent / ".other" / path.name)
    path.unlink()
    path.symlink_to(Path(".other", path.name))


@pytest.mark.parametrize(
    "act",
    [
        write_in_place,
        write_and_set_the_time_back,
        replace_by_one_of_the_same_size_and_time,
        reuse_the_inode,
        lead_elsewhere,
        lambda path: os.truncate(path, path.stat().st_size),
        Path.touch,
    ],
)
def test_a_file_that_moved_is_read(large, cache, act):
    is_read(large, cache)
    assert not is_read(large, cache)
    time.sleep(0.02)
    act(large / WEIGHTS)
    assert is_read(large, cache)


def test_a_file_is_not_remembered_within_a_step_of_the_clock(large, cache, monkeypatch):
    monkeypatch.setattr(module, "CLOCK_STEP_NS", file_systems.CLOCK_STEP_NS)
    assert is_read(large, cache)
    assert is_read(large, cache)
    status = (large / WEIGHTS).stat()
    monkeypatch.setattr(module, "CLOCK_STEP_NS", 0)
    assert is_read(large, cache)
    # An old mtime is no rest: whoever wrote the file set it.
    os.utime(large / WEIGHTS, ns=(0, 0))
    monkeypatch.setattr(module, "CLOCK_STEP_NS", file_systems.CLOCK_STEP_NS)
    assert is_read(large, cache)
    assert is_read(large, cache)
    assert status.st_mtime_ns


def test_nothing_is_remembered_where_the_file_system_does_not_tell(
    large, cache, tmp_path, monkeypatch
):
    is_read(large, cache)
    (tmp_path / "mounts").write_text("36 35 0:1 / / rw - fuse.bucket source rw\n")
    monkeypatch.setattr(file_systems, "MOUNTS", tmp_path / "mounts")
    assert is_read(large, cache)
    remembered_file(cache).unlink()
    assert is_read(large, cache)
    assert [path for path in cache.iterdir() if path.suffix != ".lock"] == []


def test_nothing_is_remembered_over_a_start_of_the_machine(large, cache, tmp_path, monkeypatch):
    is_read(large, cache)
    (tmp_path / "boot").write_text("another\n")
    monkeypatch.setattr(entry, "_BOOT_ID", tmp_path / "boot")
    assert is_read(large, cache)
    assert not is_read(large, cache)
    (tmp_path / "boot").unlink()
    assert is_read(large, cache)
    assert "started" in RememberedDigests(cache).why_not


def test_what_was_found_to_be_other_is_forgotten(large, cache):
    is_read(large, cache)
    RememberedDigests(cache).forget([large / WEIGHTS, large / "config.json"])
    assert is_read(large, cache)


# Entries that are not what a reading left.


def other_digest(place: Path) -> None:
    content = json.loads(place.read_bytes().partition(b"\n")[2])
    content["parts"][0][2] = "0" * 64
    text = json.dumps(content).encode()
    # A bit that fell over, or a writer that knows nothing of the checksum.
    place.write_bytes(place.read_bytes()[:65] + text)


ODD = {
    "torn": lambda place: os.truncate(place, place.stat().st_size // 2),
    "empty": lambda place: place.write_bytes(b""),
    "not text": lambda place: place.write_bytes(bytes(range(256))),
    "another digest": other_digest,
    "another format": lambda place: rewrite(place, format="weighin.hashed-file/2"),
    "an unknown field": lambda place: rewrite(place, more=1),
    "a part is missing": lambda place: rewrite(place, parts=[]),
    "parts that are none": lambda place: rewrite(place, parts=[[0, "1", "0" * 64]]),
    "a digest that is none": lambda place: rewrite(place, parts=[[0, 1, "0"]]),
    "of another file": lambda place: rewrite(place, location="0" * 64),
    "of the future": lambda place: rewrite(place, asked_ns=time.time_ns() + 10**12),
    "of a file in motion": lambda place: rewrite(place, asked_ns=1),
    "NaN": lambda place: rewrite(place, asked_ns=float("nan")),
    "open to others": lambda place: place.chmod(0o666),
    "a folder": lambda place: (place.unlink(), place.mkdir()),
    "a link": lambda place: (
        place.rename(place.parent.parent / "moved"),
        place.symlink_to(place.parent.parent / "moved"),
    ),
    "a pipe": lambda place: (place.unlink(), os.mkfifo(place)),
}


@pytest.mark.parametrize("way", ODD)
def test_an_entry_that_does_not_fit_is_not_believed(large, cache, way):
    is_read(large, cache)
    ODD[way](remembered_file(cache))
    assert is_read(large, cache)


@RIGHTS_OF_ROOT
def test_an_entry_of_another_user_is_not_believed(large, cache):
    is_read(large, cache)
    os.chown(remembered_file(cache), 12345, -1)
    assert is_read(large, cache)


# Folders.


def test_the_folder_is_made_for_the_user_alone(large, cache):
    is_read(large, cache)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert remembered_file(cache).stat().st_mode & 0o777 == 0o600
    # Nothing is left of drafts.
    assert all(not path.name.startswith(".") for path in cache.iterdir())


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o750, 0o702])
def test_a_folder_that_others_can_open_is_not_used(large, cache, mode):
    cache.mkdir(parents=True)
    cache.chmod(mode)
    assert is_read(large, cache)
    assert is_read(large, cache)
    assert list(cache.iterdir()) == []
    assert "0700" in RememberedDigests(cache).why_not


@RIGHTS_OF_ROOT
def test_a_folder_of_another_user_is_not_used(large, cache):
    is_read(large, cache)
    os.chown(cache, 12345, -1)
    assert is_read(large, cache)
    assert "user 12345" in RememberedDigests(cache).why_not


def test_a_folder_that_cannot_be_made_stops_nothing(large, tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/none/weighin")):
        assert is_read(large, place)
        assert RememberedDigests(place).why_not
    assert RememberedDigests(None).why_not


def test_a_folder_that_vanishes_stops_nothing(large, cache):
    remembered = RememberedDigests(cache)
    cache.rmdir()
    assert fingerprint(large, remembered=remembered) == fingerprint(large)


def test_a_full_disk_stops_nothing(large, cache, monkeypatch):
    def full(*_arguments: object, **_settings: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert is_read(large, cache)
    assert [path for path in cache.iterdir() if path.suffix != ".lock"] == []


def test_the_folder_is_the_one_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/a")
    assert cache_folder({}) == Path("/home/a/.cache/weighin")
    assert cache_folder({"XDG_CACHE_HOME": "/var/x"}) == Path("/var/x/weighin")
    assert cache_folder({"XDG_CACHE_HOME": "relative"}) == Path("/home/a/.cache/weighin")
    monkeypatch.chdir(tmp_path)
    chosen = {"XDG_CACHE_HOME": "/var/x", "WEIGHIN_CACHE": "here"}
    assert cache_folder(chosen) == tmp_path / "here"
    assert why_not_private(tmp_path / "here") == ""


def test_what_is_old_is_removed(large, cache):
    is_read(large, cache)
    old = cache / ("0" * 64)
    old.write_text("")
    os.utime(old, (1, 1))
    (large / WEIGHTS).touch()
    is_read(large, cache)
    assert not old.exists()


# Several at once.

READ = """
import sys
from pathlib import Path
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.fingerprint.remembered import digests
digests.CLOCK_STEP_NS = 0
remembered = digests.RememberedDigests(Path(sys.argv[2]))
print(fingerprint(Path(sys.argv[1]), remembered=remembered).checkpoint_id, remembered.bytes_read)
"""


@pytest.mark.child
def test_of_processes_that_begin_at_once_one_reads(large, cache, write_safetensors):
    content = bytes(64 * MIB)
    write_safetensors(large / WEIGHTS, {"a": ("U8", [len(content)], content)})
    time.sleep(0.02)
    command = [sys.executable, "-c", READ, str(large), str(cache)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate(timeout=60)[0].split() for process in processes]
    assert {identity for identity, _ in answers} == {fingerprint(large).checkpoint_id}
    size = (large / WEIGHTS).stat().st_size
    assert sorted(int(read) for _, read in answers) == [0, 0, size]


def test_whoever_gives_no_sign_is_not_waited_for(cache, monkeypatch):
    monkeypatch.setattr(turns, "SECONDS_WITHOUT_A_SIGN", 0.3)
    cache.mkdir(parents=True)
    waited: list[str] = []
    lock = cache / "a.lock"
    with turns.turn(lock, lambda: None) as sign, turns.turn(lock, lambda: waited.append("x")):
        assert waited == ["x"]
        sign()


def test_whoever_gives_signs_is_waited_for(cache, monkeypatch):
    monkeypatch.setattr(turns, "SECONDS_WITHOUT_A_SIGN", 0.3)
    cache.mkdir(parents=True)
    lock, order = cache / "a.lock", []
    begun = threading.Event()

    def read() -> None:
        with turns.turn(lock, lambda: None) as sign:
            begun.set()
            for _ in range(8):
                time.sleep(0.1)
                sign()
            order.append("first")

    reader = threading.Thread(target=read)
    reader.start()
    begun.wait()
    with turns.turn(lock, lambda: None):
        order.append("second")
    reader.join()
    assert order == ["first", "second"]


@pytest.mark.child
def test_a_reader_that_dies_leaves_the_turn_to_the_next(cache):
    cache.mkdir(parents=True)
    lock = cache / "a.lock"
    hold = (
        "import sys, time; from pathlib import Path\n"
        "from weighin.identity.fingerprint.remembered.turns import turn\n"
        "with turn(Path(sys.argv[1]), lambda: None): print('held', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", hold, str(lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
        holder.wait()
    began = time.monotonic()
    with turns.turn(lock, lambda: None):
        assert time.monotonic() - began < turns.SECONDS_WITHOUT_A_SIGN / 2


def test_a_lock_that_cannot_be_had_stops_nothing(tmp_path):
    with turns.turn(tmp_path / "none" / "a.lock", lambda: None) as sign:
        sign()
