"""Offline, a revision is what huggingface_hub's own download left in its cache."""

import json
from pathlib import Path

import pytest
from huggingface_hub import constants, snapshot_download
from tests.making.hub.release import FIRST, SECOND
from tests.making.hub.server import COMMIT, REPOSITORY, Hub

from weighin import api
from weighin.errors import CheckpointError, UsageError
from weighin.identity.published.revision import parse_reference
from weighin.sources.hub.revisions import cached_folder, cached_revision
from weighin.sources.hub.snapshot import published_snapshot

PINNED = f"hf://{REPOSITORY}@{COMMIT}"
MAIN = f"hf://{REPOSITORY}@main"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch):
    def go() -> None:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)

    return go


@pytest.fixture
def stored(cache: Path) -> Path:
    """Where the cache keeps the repository."""
    return cache / "models--org--tiny"


def test_downloaded_revision_is_known_offline_as_the_hub_states_it(offline):
    online = api.fingerprint_revision(PINNED)
    snapshot_download(REPOSITORY, revision=COMMIT)
    offline()

    found = api.fingerprint_revision(PINNED)

    assert found.source == "hub cache"
    assert found.states_the_same_files_as(online)
    assert (found.tensors, found.files) == (online.tensors, online.files)


def test_revision_of_which_only_the_config_was_downloaded_has_digests_and_no_tensors(
    hub: Hub, offline
):
    snapshot_download(REPOSITORY, revision=COMMIT, allow_patterns="config.json")
    offline()

    found = api.fingerprint_revision(PINNED)

    assert {f.path: f.lfs_sha256 for f in found.files}[FIRST] == hub.files[FIRST].sha256
    assert (found.tensors, found.tensors_why_not) == (None, f"{FIRST} is not in the hub cache")


def test_branch_is_offline_the_commit_that_it_was(offline):
    snapshot_download(REPOSITORY, revision="main", allow_patterns="config.json")
    offline()

    found = api.fingerprint_revision(MAIN)

    assert (found.commit, found.is_pinned) == (COMMIT, False)


@pytest.mark.parametrize("reference", [PINNED, MAIN])
def test_offline_without_a_cache_is_a_usage_error_and_asks_nobody(hub: Hub, offline, reference):
    offline()

    with pytest.raises(UsageError, match="HF_HUB_OFFLINE forbids"):
        api.fingerprint_revision(reference)
    assert hub.requests == []


def test_snapshot_is_whole_with_everything_that_a_loader_reads(stored: Path):
    snapshot_download(REPOSITORY, revision=COMMIT, ignore_patterns=["*.md"])

    found = published_snapshot(parse_reference(PINNED))

    assert found is not None
    assert found.folder == stored / "snapshots" / COMMIT


@pytest.mark.parametrize("missing", [SECOND, "tokenizer.json"])
def test_snapshot_without_a_file_that_a_loader_reads_is_not_whole(missing):
    snapshot_download(REPOSITORY, revision=COMMIT, ignore_patterns=[missing])

    assert cached_folder(parse_reference(PINNED)) is not None
    assert published_snapshot(parse_reference(PINNED)) is None


def test_nothing_in_the_cache_is_nothing_known(hub: Hub):
    reference = parse_reference(PINNED)

    assert (cached_revision(reference), published_snapshot(reference)) == (None, None)
    assert hub.requests == []


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"format_version": 2, "files": {}}', b'{"format_version": 1}',
     b'{"format_version": 1, "files": {"../x": {"size": 1, "blob_id": "%s"}}}' % (b"0" * 40),
     b'{"format_version": 1, "files": {"x": {"size": -1, "blob_id": "%s"}}}' % (b"0" * 40),
     b'{"format_version": 1, "files": {"x": {"size": 1, "blob_id": "main"}}}'],
)  # fmt: skip
def test_damaged_list_of_files_is_refused(stored: Path, content):
    (stored / "trees").mkdir(parents=True)
    (stored / "trees" / f"{COMMIT}.json").write_bytes(content)

    with pytest.raises(CheckpointError):
        cached_revision(parse_reference(PINNED))


def test_damaged_ref_is_refused(stored: Path):
    (stored / "refs").mkdir(parents=True)
    (stored / "refs" / "main").write_text("../../elsewhere")

    with pytest.raises(CheckpointError, match="expected a 40-hex commit"):
        cached_revision(parse_reference(MAIN))


def test_cached_weights_of_another_size_than_published_are_refused(stored: Path):
    folder = Path(snapshot_download(REPOSITORY, revision=COMMIT))
    tree = stored / "trees" / f"{COMMIT}.json"
    listing = json.loads(tree.read_text())
    listing["files"][SECOND]["lfs_size"] += 1
    tree.write_text(json.dumps(listing))

    with pytest.raises(CheckpointError, match="as published"):
        cached_revision(parse_reference(PINNED))
    assert (folder / SECOND).exists()
