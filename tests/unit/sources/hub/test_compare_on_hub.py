"""`weighin compare` with a revision of a hub: read where it lies, never the same by its name."""

import json
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import snapshot_download
from safetensors.numpy import load_file, save_file
from tests.making.hub.release import FIRST, MAIN, PINNED, SECOND, change_a_bit, save_release
from tests.making.hub.server import COMMIT, REPOSITORY, Hub

from weighin import api
from weighin.errors import CheckpointError, InfrastructureError, UsageError
from weighin.identity.comparison.report import Kinship
from weighin.identity.facets import Agreement, Facet


def change_tensor(file: Path, name: str, tensor: np.ndarray) -> None:
    save_file(load_file(file) | {name: tensor}, file, metadata={"format": "pt"})


def test_equal_files_are_the_same_files(release: Path):
    report = api.compare(release, PINNED)
    assert report.relation is Kinship.SAME_FILES
    assert "equal by sha256" in report.headline
    assert report.second.checkpoint_id == COMMIT
    assert not report.second.is_readable
    assert report.not_measured == ()


def test_a_changed_bit_of_the_weights_is_not_known_to_be_another_tensor(release: Path):
    change_a_bit(release / FIRST)
    report = api.compare(release, PINNED)
    assert report.relation is Kinship.NOT_MEASURED
    ((facet, agreement),) = ((d.facet, d.agreement) for d in report.facets)
    assert (facet, agreement) == (Facet.WEIGHTS, Agreement.UNKNOWN)
    assert "only their bytes could tell" in report.not_measured[0].reason


def test_another_shape_is_told_by_the_headers(release: Path):
    change_tensor(release / SECOND, "norm.weight", np.zeros(5, np.float32))
    report = api.compare(release, PINNED)
    assert report.shapes_differ == ("norm.weight",)
    assert report.relation is Kinship.UNKNOWN
    assert "the weights differ, 1 tensor of other names, dtypes or shapes" in report.headline


def test_another_tokenizer_is_unknown_and_never_the_same(release: Path):
    (release / "tokenizer.json").write_text('{"version": "1.0", "model": {"vocab": {"a": 0}}}')
    report = api.compare(release, PINNED)
    assert report.relation is Kinship.SAME_BUT_FOR_FACETS
    assert {d.agreement for d in report.facets} == {Agreement.UNKNOWN}
    assert Facet.TOKENIZER in {d.facet for d in report.facets}
    assert [entry.name for entry in report.not_measured] == ["tokenizer.json"]


def test_the_revision_may_be_the_first(release: Path):
    change_tensor(release / SECOND, "more.weight", np.zeros(5, np.float32))
    index = release / "model.safetensors.index.json"
    content = json.loads(index.read_text())
    content["weight_map"]["more.weight"] = SECOND
    index.write_text(json.dumps(content))
    report = api.compare(PINNED, release)
    assert report.first.checkpoint_id == COMMIT
    assert report.only_in_second == ("more.weight",)


def test_two_names_of_one_commit_are_the_same_files():
    report = api.compare(PINNED, MAIN)
    assert report.relation is Kinship.SAME_FILES


def test_a_snapshot_in_the_cache_is_read_tensor_by_tensor(release: Path, hub: Hub, tmp_path: Path):
    snapshot_download(REPOSITORY, revision=COMMIT)
    hub.requests.clear()
    other = save_release(tmp_path / "other", seed=1)
    report = api.compare(PINNED, other)
    assert hub.requests == []
    assert report.first.is_readable
    assert {tensor.name for tensor in report.measured} == {
        "embed.weight",
        "layers.0.weight",
        "norm.weight",
    }
    assert api.compare(PINNED, release).relation is Kinship.SAME_FILES


def test_a_snapshot_in_the_cache_that_is_not_what_was_published_is_refused(release: Path):
    folder = Path(snapshot_download(REPOSITORY, revision=COMMIT))
    change_a_bit((folder / SECOND).resolve())
    with pytest.raises(CheckpointError, match="as published, found sha256"):
        api.compare(PINNED, release)


def test_an_adapter_needs_the_bytes(release: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="download the revision first"):
        api.compare(PINNED, release, adapter=tmp_path)


def test_a_hub_that_cannot_be_reached_is_no_answer(release: Path, hub: Hub):
    hub.status[".*"] = (503, "")
    with pytest.raises(InfrastructureError):
        api.compare(release, PINNED)
