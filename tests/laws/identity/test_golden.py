import hashlib
import importlib.util
import json

import pytest
from tests.making.places import GOLDEN

from weighin.identity.fingerprint.checkpoint import fingerprint


@pytest.fixture
def independent():
    spec = importlib.util.spec_from_file_location("make_golden", GOLDEN / "make_golden.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def golden():
    return json.loads((GOLDEN / "golden.json").read_text(encoding="utf-8"))


def test_the_manifest_equals_the_one_of_an_independent_script(tmp_path, independent, golden):
    independent.build(tmp_path)
    assert fingerprint(tmp_path).model_dump(mode="json") == golden["manifest"]


def test_sha256_of_the_manifest_file_is_the_golden_checkpoint_id(tmp_path, independent, golden):
    independent.build(tmp_path)
    manifest = fingerprint(tmp_path)
    assert hashlib.sha256(manifest.canonical()).hexdigest() == golden["checkpoint_id"]
    assert manifest.checkpoint_id == golden["checkpoint_id"]


def test_the_committed_digests_are_those_of_the_independent_script(independent, golden):
    assert independent.golden() == golden


def test_the_manifest_of_a_torch_file_equals_the_one_of_an_independent_script(
    tmp_path, independent, golden
):
    independent.build(tmp_path, "pytorch_model.bin")
    manifest = fingerprint(tmp_path)
    assert manifest.model_dump(mode="json") == golden["torch"]["manifest"]
    assert manifest.checkpoint_id == golden["torch"]["checkpoint_id"]


def test_a_file_that_pytorch_wrote_has_the_golden_weights_digest(tmp_path, golden):
    # Written by torch.save of PyTorch 2.13 from the tensors of the independent script.
    saved = GOLDEN / "saved_by_pytorch_2_13.bin"
    (tmp_path / "pytorch_model.bin").write_bytes(saved.read_bytes())
    assert fingerprint(tmp_path).weights == golden["manifest"]["weights"]


FROZEN = json.loads((GOLDEN / "formats.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", FROZEN)
def test_the_manifest_of_every_format_equals_the_one_of_an_independent_script(
    tmp_path, formats, kind
):
    formats.build(tmp_path, kind)
    manifest = fingerprint(tmp_path)
    assert manifest.model_dump(mode="json") == FROZEN[kind]["manifest"]
    assert hashlib.sha256(manifest.canonical()).hexdigest() == FROZEN[kind]["checkpoint_id"]


def test_the_frozen_digests_of_every_format_are_those_of_the_independent_script(formats):
    assert formats.golden() == FROZEN


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("safetensors", "safetensors shards"),
        ("safetensors", "safetensors shards without index"),
        ("safetensors", "torch"),
        ("safetensors", "torch shards"),
        ("adapter", "adapter of torch"),
    ],
)
def test_the_frozen_weights_digest_does_not_depend_on_the_container(first, second):
    first_manifest, second_manifest = FROZEN[first]["manifest"], FROZEN[second]["manifest"]
    assert first_manifest["weights"] == second_manifest["weights"]
    assert first_manifest["adapter"] == second_manifest["adapter"]


def test_no_two_formats_share_a_checkpoint_id():
    ids = [frozen["checkpoint_id"] for frozen in FROZEN.values()]
    assert len(set(ids)) == len(ids)
