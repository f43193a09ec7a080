"""What older versions said of two checkpoints is what this one says, and is read back whole."""

import json
from pathlib import Path

import pytest
from tests.making.places import ROOT, TESTS

from weighin import api
from weighin.files.canonical import canonical_json
from weighin.identity.comparison.manifests import Comparison, compare_manifests
from weighin.identity.fingerprint.checkpoint import load_manifest
from weighin.reports.checkpoint import comparison_json

KEPT = Path(__file__).parent / "comparisons" / "v1"
CHECKPOINTS = TESTS / "compat" / "v1" / "checkpoints"
DEMO = ROOT / "results" / "demo"


def named(path: Path) -> str:
    return path.name


def pair(path: Path) -> tuple[str, str]:
    first, _, second = path.name.partition(".")[0].partition("-and-")
    return first, second


OF_MANIFESTS = sorted(KEPT.glob("*-and-*.comparison.json"))
OF_CHECKPOINTS = sorted(KEPT.glob("*-and-*.compare.json"))


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.comparison.json")), ids=named)
def test_a_kept_comparison_is_read_without_loss(path):
    content = path.read_bytes()
    assert (
        canonical_json(Comparison.model_validate_json(content).model_dump(mode="json")) == content
    )


@pytest.mark.parametrize("path", OF_MANIFESTS, ids=named)
def test_two_manifests_compare_as_they_did(path):
    manifests = [load_manifest(CHECKPOINTS / f"{name}.json") for name in pair(path)]
    compared = compare_manifests(*manifests).model_dump(mode="json")
    assert compared == json.loads(path.read_text())


def test_the_manifests_of_the_demo_compare_as_they_did():
    kept = json.loads((KEPT / "demo-act-2.comparison.json").read_text())
    manifests = {
        path.stem: load_manifest(path)
        for act in ("act-1", "act-2")
        for path in (DEMO / act / "checkpoints").glob("*.json")
    }
    compared = compare_manifests(manifests[kept["first"]], manifests[kept["second"]])
    # The distances were measured on the files, which are not committed.
    assert compared.model_dump(mode="json") == kept | {"distances": [], "relative_frobenius": None}


@pytest.mark.parametrize("path", OF_CHECKPOINTS, ids=named)
def test_two_checkpoints_compare_as_they_did(path, monkeypatch):
    monkeypatch.chdir(CHECKPOINTS)
    told = comparison_json.render(api.compare(*pair(path)))
    assert json.loads(told) == json.loads(path.read_text())
