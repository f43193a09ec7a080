"""`--save` leaves a whole file or none, whatever happens meanwhile."""

import hashlib
import json
import signal
import subprocess
import sys

import pytest
from tests.making.places import MADE_BY_MODEL_SIGNING
from tests.making.runs.disks import files_no_larger_than, mounted

TINY = MADE_BY_MODEL_SIGNING / "tiny"
KILLED_BETWEEN_WRITING_AND_NAMING = (
    "import os, signal, sys\n"
    "os.link = lambda *places: os.kill(os.getpid(), signal.SIGKILL)\n"
    "sys.argv[0] = 'weighin'\n"
    "from weighin.cli import main\n"
    "main()\n"
)


def test_manifest_that_does_not_fit_on_the_disk_leaves_no_file(weighin, tmp_path):
    path = tmp_path / "manifest.json"
    with files_no_larger_than(600):
        told = weighin("fingerprint", TINY, "--save", path)
    assert (told.code, told.output) == (75, "")
    assert "free some space" in told.errors
    assert list(tmp_path.iterdir()) == []


def test_full_disk_leaves_no_file(weighin, tmp_path):
    with mounted(tmp_path / "disk", "size=4k") as disk:
        (disk / "filler").write_bytes(bytes(4096))
        told = weighin("fingerprint", TINY, "--save", disk / "manifest.json")
        assert told.code == 75
        assert [path.name for path in disk.iterdir()] == ["filler"]


def test_folder_that_may_not_be_written_ends_with_2(weighin, tmp_path):
    with mounted(tmp_path / "disk", "ro") as disk:
        told = weighin("fingerprint", TINY, "--save", disk / "manifest.json")
    assert told.code == 2
    assert "give another place with --save" in told.errors


def test_kill_9_while_saving_leaves_no_file_under_the_name_and_a_rerun_makes_it(weighin, tmp_path):
    path = tmp_path / "manifest.json"
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED_BETWEEN_WRITING_AND_NAMING,
            "fingerprint",
            TINY,
            "--save",
            path,
        ],
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert not path.exists()

    told = weighin("fingerprint", TINY, "--save", path, "--json")

    assert told.code == 0
    saved_id = json.loads(told.output)["checkpoint_id"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == saved_id


@pytest.mark.parametrize("place", ["{tmp}", "{tmp}/file/manifest.json"])
def test_place_that_is_no_place_for_a_file_ends_with_2(weighin, tmp_path, place):
    (tmp_path / "file").write_text("")
    told = weighin("fingerprint", TINY, "--save", place.format(tmp=tmp_path))
    assert (told.code, told.output) == (2, "")


def test_a_folder_that_is_not_there_is_told_before_anything_is_hashed_and_not_made(
    weighin, tmp_path, monkeypatch
):
    monkeypatch.setattr("weighin.files.opened.opened", None)
    for place in (tmp_path / "gone" / "manifest.json", tmp_path / "a" / "b" / "manifest.json"):
        told = weighin("fingerprint", TINY, "--save", place)
        assert (told.code, told.output) == (2, "")
        assert f"found nothing at {place.parent}; make it" in told.errors
    (tmp_path / "link.json").symlink_to("nowhere")
    assert weighin("fingerprint", TINY, "--save", tmp_path / "link.json").code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["link.json"]
