"""Names and revisions that lm-eval takes on trust."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.making.runs.plain import differences, evaluate_plainly
from tests.making.runs.scene import CHOICE, record_of, requirements_file

import weighin
from weighin.errors import CheckpointError, RequirementsError
from weighin.files.canonical import sha256_hex
from weighin.identity.facets import Facet, Grade, Kind
from weighin.identity.fingerprint.file_digests import git_blob_sha1
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_a_revision_of_a_local_folder_is_refused(checkpoint: Path, tmp_path: Path):
    plain = evaluate_plainly(
        checkpoint, tmp_path / "plain", model_arguments={"revision": "deadbeef"}
    )
    as_key = requirements_file(tmp_path, checkpoint, model="  revision: deadbeef\n")

    assert _of_config(plain.document, "model_revision") == "deadbeef"
    with pytest.raises(RequirementsError, match=r"model\.revision: unknown key"):
        weighin.run(as_key, results=tmp_path / "results")
    as_suffix = requirements_file(tmp_path, f"{checkpoint}@deadbeef")
    with pytest.raises(CheckpointError, match="expected a checkpoint folder, found nothing"):
        weighin.run(as_suffix, results=tmp_path / "results")


@pytest.mark.parametrize("revision", ["main", "v1.0", "refs/pr/1", "deadbeef", COMMIT.upper()])
def test_a_revision_that_can_move_is_refused(revision: str, tmp_path: Path):
    file = requirements_file(tmp_path, f"hf://acme/tiny@{revision}")

    with pytest.raises(RequirementsError, match="pin the 40-hex commit"):
        weighin.run(file, results=tmp_path / "results")


def test_a_folder_named_like_a_hub_repository_is_never_looked_up(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import huggingface_hub

    asked: list[str] = []

    def model_info(_self, repo_id, **_settings):
        asked.append(repo_id)
        return SimpleNamespace(sha=COMMIT)

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(checkpoint, "acme/tiny")
    plain = evaluate_plainly("acme/tiny", tmp_path / "plain")
    asked_by_plain, asked[:] = tuple(asked), []
    file = requirements_file(tmp_path, "acme/tiny", benchmarks=(CHOICE,))
    verdict = weighin.run(file, results=tmp_path / "results")

    assert asked_by_plain == ("acme/tiny",)
    assert _of_config(plain.document, "model_sha") == COMMIT
    assert asked == []
    assert verdict.outcome is Outcome.MET
    weights = record_of(verdict, CHOICE).observation(Facet.WEIGHTS)
    assert Kind.COMMIT not in {identifier.kind for identifier in weights.identifiers}


def test_a_snapshot_of_the_hub_cache_is_pinned_to_its_commit(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from huggingface_hub import constants

    cache = tmp_path / "hub"
    _make_snapshot(cache, checkpoint)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    plain = evaluate_plainly("acme/tiny", tmp_path / "plain")
    file = requirements_file(tmp_path, f"hf://acme/tiny@{COMMIT}", benchmarks=(CHOICE,))
    verdict = weighin.run(file, results=tmp_path / "results")

    # The commit lies on disk, and lm-eval records the name of a branch and no commit.
    assert _of_config(plain.document, "model_revision") == "main"
    assert _of_config(plain.document, "model_sha") == ""
    assert verdict.outcome is Outcome.MET
    weights = record_of(verdict, CHOICE).observation(Facet.WEIGHTS)
    (commit,) = (i for i in weights.identifiers if i.kind is Kind.COMMIT)
    assert (commit.value, commit.grade) == (f"acme/tiny@{COMMIT}", Grade.PINNED)


def test_a_commit_that_is_not_in_the_cache_is_refused_offline(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from huggingface_hub import constants

    cache = tmp_path / "hub"
    _make_snapshot(cache, checkpoint)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    file = requirements_file(tmp_path, f"hf://acme/tiny@{'f' * 40}", benchmarks=(CHOICE,))

    with pytest.raises(CheckpointError, match="neither in the hub cache nor"):
        weighin.run(file, results=tmp_path / "results")


def test_a_branch_that_moved_between_two_plain_runs_is_recorded_by_its_name_only(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from huggingface_hub import constants
    from tests.making.runs.scene import change_tensor

    cache = tmp_path / "hub"
    _make_snapshot(cache, checkpoint)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    before = evaluate_plainly("acme/tiny", tmp_path / "plain1")
    change_tensor(checkpoint)
    _make_snapshot(cache, checkpoint, commit="f" * 40)
    after = evaluate_plainly("acme/tiny", tmp_path / "plain2")

    assert before.answers != after.answers
    assert differences(before, after) == ()


def _of_config(document, key: str) -> object:
    return document["config"][key]


def _make_snapshot(cache: Path, checkpoint: Path, *, commit: str = COMMIT) -> None:
    """Lay a checkpoint out as the hub's cache does: blobs, links to them, and a branch."""
    repository = cache / "models--acme--tiny"
    snapshot = repository / "snapshots" / commit
    for folder in (repository / "blobs", repository / "refs", snapshot):
        folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(checkpoint.iterdir()):
        content = file.read_bytes()
        is_large = file.suffix == ".safetensors"
        name = sha256_hex(content) if is_large else git_blob_sha1(content)
        blob = repository / "blobs" / name
        blob.write_bytes(content)
        (snapshot / file.name).symlink_to(f"../../blobs/{blob.name}")
    (repository / "refs" / "main").write_text(commit)
