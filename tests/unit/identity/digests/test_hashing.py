"""Parts of files and whole files, hashed on all cores from one reading."""

import hashlib
import os
import resource
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighin.errors import CheckpointError
from weighin.files import opened as file_reading
from weighin.files.opened import state_of_path
from weighin.identity.digests import hashing
from weighin.identity.digests.hashing import FileParts, hash_parts, on_all_cores
from weighin.identity.fingerprint.checkpoint import fingerprint

BLOCK = 64


@contextmanager
def small_blocks(cores=2):
    """Blocks and jobs so small that a few hundred bytes are many of them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hashing, "BLOCK_BYTES", BLOCK)
        patched.setattr(hashing, "_JOB_BYTES", 3 * BLOCK)
        patched.setattr(hashing, "_MAX_GAP_BYTES", BLOCK // 2)
        patched.setattr(hashing, "usable_cores", lambda: cores)
        yield patched


def parts_of(path, parts, *, is_hashed_whole=False):
    return FileParts(path, path, state_of_path(path), parts, is_hashed_whole)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@st.composite
def contents_and_parts(draw):
    content = draw(st.binary(max_size=12 * BLOCK))
    offset = st.integers(0, len(content))
    pairs = st.tuples(offset, offset).map(sorted).map(tuple)
    return content, draw(st.lists(pairs, max_size=12))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    given_files=st.lists(contents_and_parts(), max_size=4),
    is_hashed_whole=st.booleans(),
    cores=st.sampled_from([1, 2, 7]),
)
def test_every_digest_is_hashlibs_of_those_bytes(new_folder, given_files, is_hashed_whole, cores):
    folder = new_folder()
    files = []
    for number, (content, parts) in enumerate(given_files):
        path = folder / str(number)
        path.write_bytes(content)
        files.append(parts_of(path, parts, is_hashed_whole=is_hashed_whole))
    with small_blocks(cores):
        found = hash_parts(files)
    assert len(found) == len(given_files)
    for digests, (content, parts) in zip(found, given_files, strict=True):
        assert digests.parts == {(b, e): sha256(content[b:e]) for b, e in parts}
        assert digests.whole == (sha256(content) if is_hashed_whole else None)


@pytest.mark.parametrize("is_hashed_whole", [False, True])
def test_every_byte_is_read_once(tmp_path, is_hashed_whole):
    path = tmp_path / "f"
    path.write_bytes(os.urandom(20 * BLOCK))
    read = []

    def counting(descriptor, place, buffer, offset):
        count = file_reading.read_at(descriptor, place, buffer, offset)
        read.extend(range(offset, offset + count))
        return count

    parts = [(3, 500), (500, 501), (501, 20 * BLOCK)]
    with small_blocks() as patched:
        patched.setattr(hashing, "read_at", counting)
        hash_parts([parts_of(path, parts, is_hashed_whole=is_hashed_whole)])
    assert sorted(read) == list(range(0 if is_hashed_whole else 3, 20 * BLOCK))


@pytest.mark.parametrize("is_hashed_whole", [False, True])
def test_progress_never_falls_and_ends_with_all_that_is_hashed(tmp_path, is_hashed_whole):
    path = tmp_path / "f"
    path.write_bytes(bytes(10 * BLOCK))
    seen = []
    file = parts_of(path, [(0, 100), (100, 640), (100, 640)], is_hashed_whole=is_hashed_whole)
    with small_blocks():
        hash_parts([file], on_progress=lambda done, total: seen.append((done, total)))
    total = 640 + (640 if is_hashed_whole else 0)
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)


def test_a_file_that_is_shorter_than_its_parts_is_refused(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(bytes(100))
    with pytest.raises(CheckpointError, match="found 100: it is truncated"):
        hash_parts([parts_of(path, [(0, 101)])])


@pytest.mark.parametrize("change", ["written", "replaced", "removed"])
def test_a_file_that_is_not_the_one_whose_parts_became_known_is_refused(tmp_path, change):
    path = tmp_path / "f"
    path.write_bytes(bytes(100))
    file = parts_of(path, [(0, 100)])
    if change == "written":
        path.write_bytes(bytes(100))
    elif change == "replaced":
        (tmp_path / "other").write_bytes(bytes(100))
        (tmp_path / "other").replace(path)
    else:
        path.unlink()
    with pytest.raises(CheckpointError, match=r"changed while it was read|cannot be opened"):
        hash_parts([file])


def test_a_file_that_changes_after_its_last_block_is_refused(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(bytes(100))
    file = parts_of(path, [(0, 100)])
    with pytest.raises(CheckpointError, match="found that it changed while it was read"):
        hash_parts([file], on_progress=lambda _done, _total: path.write_bytes(b"x" * 100))


def test_a_listener_that_fails_ends_the_work(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(bytes(100))

    def fail(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hash_parts([parts_of(path, [(0, 100)])], on_progress=fail)


def test_the_error_is_that_of_the_first_item_that_fails():
    def work(number, _buffer):
        if number >= 3:
            raise CheckpointError(f"item {number}")
        return number

    for _ in range(20):
        with pytest.raises(CheckpointError, match="item 3"):
            on_all_cores(work, range(100))


def test_a_bug_in_the_work_is_not_taken_for_its_end():
    with pytest.raises(IndexError):
        on_all_cores(lambda number, _buffer: (0,)[number + 1], range(3))


def test_a_checkpoint_may_have_more_shards_than_a_process_may_open(tmp_path, write_shards):
    shards = {
        f"{number:03}.safetensors": {str(number): ("U8", [1], bytes([number]))}
        for number in range(200)
    }
    write_shards(tmp_path, shards)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 20, hard)
    )
    try:
        manifest = fingerprint(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(manifest.tensors) == 200


def test_large_and_small_shards_have_the_same_digests_as_their_bytes(tmp_path, write_shards):
    tensors = {
        "small": ("U8", [10], os.urandom(10)),
        "large": ("U8", [3_000_000], os.urandom(3_000_000)),
        "empty": ("F32", [0], b""),
    }
    write_shards(tmp_path, {f"{name}.safetensors": {name: t} for name, t in tensors.items()})
    manifest = fingerprint(tmp_path, with_file_digests=True)
    assert {tensor.name: tensor.sha256 for tensor in manifest.tensors} == {
        name: sha256(content) for name, (_, _, content) in tensors.items()
    }
    for file in manifest.files:
        assert file.sha256 == sha256((tmp_path / file.path).read_bytes())


PEAK_AFTER = """
import sys
from pathlib import Path
from weighin.identity.fingerprint.checkpoint import fingerprint
fingerprint(Path(sys.argv[1]), with_file_digests=sys.argv[2] == "True")
(line,) = (l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM"))
print(int(line.split()[1]) * 1024)
"""


@pytest.mark.child
@pytest.mark.parametrize("with_files", [False, True])
def test_a_checkpoint_larger_than_the_bound_is_read_in_less_memory(
    tmp_path, write_safetensors, with_files
):
    size = 400_000_000
    path = write_safetensors(tmp_path / "model.safetensors", {"w": ("U8", [0], b"")})
    # As sparse as the file system likes: 400 MB that take no disk.
    header = b'{"w":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' % (size, size)
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    os.truncate(path, 8 + len(header) + size)
    done = subprocess.run(
        [sys.executable, "-c", PEAK_AFTER, tmp_path, str(with_files)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 300_000_000
