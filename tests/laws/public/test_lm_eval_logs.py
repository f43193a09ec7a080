"""Real public files of lm-eval, of all its versions, where a copy of them is at hand."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from tests.making.logs.lm_eval import read_log
from tests.making.places import CORPUS

from weighin.evidence.records import Record
from weighin.files.json.foreign import read_json
from weighin.identity.facets import Facet, Grade
from weighin.sources.formats.lm_eval.reader import is_lm_eval_log
from weighin.sources.formats.lm_eval.samples import read_samples

pytestmark = pytest.mark.skipif(
    not (CORPUS / "index.csv").is_file(), reason="the public result files are not at hand"
)


def files(framework: str, kind: str) -> list[Path]:
    with (CORPUS / "index.csv").open() as stream:
        rows = [
            r for r in csv.DictReader(stream) if (r["framework"], r["kind"]) == (framework, kind)
        ]
    return [path for row in rows if (path := CORPUS / row["file"]).is_file()]


@pytest.fixture(scope="module")
def records() -> dict[str, list[Record]]:
    return {
        path.name: [record for record, _ in read_log(path, path.name).records]
        for path in files("lm_eval", "results")
    }


def test_every_results_file_is_read(records: dict[str, list[Record]]):
    assert len(records) >= 300
    assert [name for name, found in records.items() if not found] == []


def test_every_task_of_every_file_is_a_record(records: dict[str, list[Record]]):
    for path in files("lm_eval", "results"):
        stated = set(json.loads(path.read_bytes())["results"])
        assert {record.asked.task for record in records[path.name]} == stated, path.name


def test_no_log_measures_or_pins_anything(records: dict[str, list[Record]]):
    grades = Counter(
        record.observation(facet).grade
        for found in records.values()
        for record in found[:1]
        for facet in Facet
    )
    assert set(grades) <= {Grade.DECLARED, Grade.NAMED, Grade.ABSENT}


def test_weights_are_declared_where_the_file_has_a_commit(records: dict[str, list[Record]]):
    for path in files("lm_eval", "results"):
        config = json.loads(path.read_bytes()).get("config") or {}
        has_commit = len(config.get("model_sha") or "") == 40
        grades = {record.observation(Facet.WEIGHTS).grade for record in records[path.name]}
        assert (Grade.DECLARED in grades) is has_commit, path.name


def test_base_and_its_adapter_do_not_share_their_weights(records: dict[str, list[Record]]):
    """Logs of one base with a LoRA or steering vectors carry the base's commit as `model_sha`."""
    by_commit: dict[str, set[str]] = {}
    for found in records.values():
        for identifier in found[0].observation(Facet.WEIGHTS).identifiers[:1]:
            by_commit.setdefault(str(identifier.value), set()).add(identifier.scope)
    adapted = {value: scopes for value, scopes in by_commit.items() if len(scopes) > 1}
    assert any("peft=" in scope for scopes in adapted.values() for scope in scopes)
    assert any("steer_path=" in scope for scopes in adapted.values() for scope in scopes)


def test_every_samples_file_has_lm_evals_hashes():
    paths = files("lm_eval", "samples")
    assert len(paths) >= 10
    for path in paths:
        content = read_samples(path, check_hashes=True)
        assert content.documents_digest is not None, path.name
        # The first hash covers a list of messages where the model was a chat endpoint.
        assert content.altered == [], path.name


def test_task_hashes_of_results_files_are_those_of_their_samples():
    results = {
        stamp: json.loads(path.read_bytes()).get("task_hashes") or {}
        for path in files("lm_eval", "results")
        if (stamp := _stamp(path))
    }
    compared = 0
    for path in files("lm_eval", "samples"):
        content = read_samples(path)
        for task, stated in results.get(_stamp(path), {}).items():
            if f"samples_{task}_" in path.name and "perturbed" not in path.name:
                assert content.task_hash == stated, path.name
                compared += 1
    assert compared >= 5


def _stamp(path: Path) -> str:
    """The moment in a file's name, to the second."""
    tail = path.name.rpartition("_20")[2]
    return tail[:17] if "_20" in path.name else ""


@pytest.mark.parametrize("framework", ["lighteval", "helm", "inspect", "eee"])
def test_files_of_other_harnesses_are_not_taken_for_lm_evals(framework: str):
    paths = [p for p in sorted((CORPUS / framework).rglob("*.json"))[:60] if p.stat().st_size]
    assert paths
    assert [path.name for path in paths if is_lm_eval_log(read_json(path))] == []
