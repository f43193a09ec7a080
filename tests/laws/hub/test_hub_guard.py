"""The hub cache stands for a revision only if its blobs are what their names say."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import constants, snapshot_download
from tests.making.hub.release import (
    FIRST,
    PINNED,
    SECOND,
    change_a_bit,
    write_record,
    write_requirements_for,
)
from tests.making.hub.server import COMMIT, REPOSITORY

from weighin import api
from weighin.errors import CheckpointError
from weighin.files.canonical import sha256_hex
from weighin.identity.fingerprint.file_digests import git_blob_sha1
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Finding, Outcome

READ = (
    FIRST,
    SECOND,
    "model.safetensors.index.json",
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
)


@pytest.fixture
def snapshot(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The release in the hub cache, as huggingface_hub downloads it; the hub is offline then."""
    folder = Path(snapshot_download(REPOSITORY, revision=COMMIT))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return folder


def released(folder: Path, scored: Path) -> Finding:
    write_record(folder / "results", scored)
    verdict = api.check(write_requirements_for(folder, PINNED), [folder / "results"])
    return next(j.finding for j in verdict.findings if j.rule == "released-is-scored")


def run(folder: Path) -> None:
    from weighin.harness.local.disk.folder import checkpoint_folder
    from weighin.harness.local.subject import CheckpointSubject

    path = folder / "requirements.yaml"
    path.write_text(
        f"weighin: 1\nmodel:\n  name: tiny\n  checkpoint: {PINNED}\nbenchmarks:\n  - task: gsm8k\n"
    )
    requirements = load_requirements(path, rule_shapes())
    CheckpointSubject(requirements, *checkpoint_folder(requirements), lambda *_: None)


COMMANDS: dict[str, Callable[[Path, Path], object]] = {
    "compare": lambda release, _: api.compare(PINNED, release),
    "fingerprint": lambda *_: api.fingerprint_revision(PINNED),
    "verify": lambda release, _: api.verify_published(PINNED, release),
    "run": lambda _, folder: run(folder),
}
WITH_MODEL = [pytest.param(c, marks=pytest.mark.model if c == "run" else ()) for c in COMMANDS]


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("command", WITH_MODEL)
def test_a_blob_that_is_not_what_its_name_says_is_refused(
    snapshot: Path, release: Path, tmp_path: Path, name: str, command: str
):
    change_a_bit_of_text((snapshot / name).resolve())

    with pytest.raises(CheckpointError, match="as published, found sha256"):
        COMMANDS[command](release, tmp_path)


@pytest.mark.parametrize("name", READ)
def test_a_blob_that_is_not_what_its_name_says_decides_nothing(
    snapshot: Path, scored: Path, tmp_path: Path, name: str
):
    change_a_bit_of_text((snapshot / name).resolve())

    finding = released(tmp_path, scored)

    assert finding.outcome is Outcome.UNDECIDED
    assert "as published, found sha256" in finding.statement


def test_a_list_of_files_is_no_witness(snapshot: Path, scored: Path, tmp_path: Path):
    """The blob and the list were both changed to fit each other."""
    blob = (snapshot / "config.json").resolve()
    change_a_bit_of_text(blob)
    tree = snapshot.parents[1] / "trees" / f"{COMMIT}.json"
    listing = json.loads(tree.read_text())
    listing["files"]["config.json"]["blob_id"] = git_blob_sha1(blob.read_bytes())
    tree.write_text(json.dumps(listing))

    assert released(tmp_path, scored).outcome is Outcome.UNDECIDED
    tree.unlink()
    assert released(tmp_path, scored).outcome is Outcome.UNDECIDED


def test_an_intact_cache_stands_for_the_revision(snapshot: Path, scored: Path, tmp_path: Path):
    assert released(tmp_path, scored).outcome is Outcome.MET
    (snapshot.parents[1] / "trees" / f"{COMMIT}.json").unlink()
    assert released(tmp_path, scored).outcome is Outcome.MET


def test_a_cache_of_copies_decides_only_what_the_hub_confirms(
    snapshot: Path, scored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    copies = shutil.copytree(snapshot, tmp_path / "copies")
    shutil.rmtree(snapshot)
    shutil.move(copies, snapshot)

    finding = released(tmp_path, scored)

    assert finding.outcome is Outcome.UNDECIDED
    assert "of which only the hub can tell" in finding.statement
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    verdict = api.check(tmp_path / "requirements.yaml", [tmp_path / "results"], online=True)
    (finding,) = [j.finding for j in verdict.findings if j.rule == "released-is-scored"]
    assert finding.outcome is Outcome.MET


def test_the_hub_sees_a_snapshot_that_links_another_blob(
    snapshot: Path, scored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    content = (snapshot / SECOND).read_bytes()
    change_a_bit(scored / SECOND)
    changed = (scored / SECOND).read_bytes()
    assert changed != content
    blob = snapshot.parents[1] / "blobs" / sha256_hex(changed)
    blob.write_bytes(changed)
    (snapshot / SECOND).unlink()
    (snapshot / SECOND).symlink_to(f"../../blobs/{blob.name}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    write_record(tmp_path / "results", scored)

    verdict = api.check(
        write_requirements_for(tmp_path, PINNED), [tmp_path / "results"], online=True
    )

    (finding,) = [j.finding for j in verdict.findings if j.rule == "released-is-scored"]
    assert finding.outcome is Outcome.UNDECIDED
    assert "as published, found sha256" in finding.statement


def change_a_bit_of_text(path: Path) -> None:
    """A change after which every file still parses."""
    content = path.read_bytes()
    if content.startswith(b"{"):
        path.write_bytes(content + b" ")
    else:
        change_a_bit(path)
