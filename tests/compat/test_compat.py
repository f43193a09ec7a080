"""Files of older versions: they verify, are judged as they were, and lose nothing when read."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest

from weighin import api
from weighin.cli.application import run_application
from weighin.evidence.ledger import Event, LedgerLine, read_ledger
from weighin.evidence.store import read_commit, read_record
from weighin.identity.checkpoint import fingerprint, load_manifest
from weighin.identity.containers import read_header

HERE = Path(__file__).parent
VERSIONS = sorted(path for path in HERE.glob("v*") if path.is_dir())
MANIFESTS = sorted(HERE.glob("v*/checkpoints/*.json"))
RECORDS = sorted(HERE.glob("v*/evidence/*/*/*/*/*/record.json"))
COMMITS = sorted(HERE.glob("v*/evidence/*/*/*/*/committed.json"))
LEDGERS = sorted(HERE.glob("v*/evidence/*/ledger.jsonl"))


def named(path):
    return path.relative_to(HERE).as_posix()


def every(paths):
    assert paths
    return pytest.mark.parametrize("path", paths, ids=named)


@every(VERSIONS)
def test_no_file_of_an_older_version_was_ever_changed(path):
    sums = (path / "SHA256SUMS").read_text().splitlines()
    stated = {name: digest for digest, _, name in (line.partition("  ") for line in sums)}
    found = {
        file.relative_to(path).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in path.rglob("*")
        if file.is_file() and file.name != "SHA256SUMS"
    }
    assert found == stated


@every(MANIFESTS)
def test_an_older_manifest_is_read_without_loss(path):
    assert load_manifest(path).canonical() == path.read_bytes()


@every(MANIFESTS)
def test_an_older_manifest_is_the_one_of_its_checkpoint_to_this_day(path):
    manifest = fingerprint(path.with_suffix(""))
    assert manifest.checkpoint_id == hashlib.sha256(path.read_bytes()).hexdigest()


@every(MANIFESTS)
def test_weighin_verify_verifies_an_older_manifest(path, monkeypatch, capfd):
    folder = path.with_suffix("")
    monkeypatch.setattr(sys, "argv", ["weighin", "verify", str(path), str(folder)])
    assert run_application() == 0
    assert "Traceback" not in "".join(capfd.readouterr())


@every(MANIFESTS)
def test_a_changed_checkpoint_is_found_with_an_older_manifest(path, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(path.with_suffix(""), folder)
    manifest = load_manifest(path)
    weights = next(entry.path for entry in manifest.files if entry.role == "weights")
    content = bytearray((folder / weights).read_bytes())
    tensor = next(span for span in read_header(folder / weights).tensors if span.size_bytes)
    content[tensor.begin] ^= 1
    (folder / weights).write_bytes(content)
    assert [change.change.value for change in api.verify(path, folder).tensors] == ["changed"]


@every(RECORDS)
def test_an_older_record_is_read_without_loss(path):
    record, sha256 = read_record(path)
    content = path.read_bytes()
    assert record.model_dump(mode="json", exclude_unset=True) == json.loads(content)
    assert sha256 == hashlib.sha256(content).hexdigest()


@every(COMMITS)
def test_an_older_commit_is_read_without_loss(path):
    commit = read_commit(path)
    assert commit.model_dump(mode="json", exclude_unset=True) == json.loads(path.read_bytes())


@every(LEDGERS)
def test_an_older_ledger_is_read_without_loss(path):
    lines = path.read_text().splitlines()
    for line in lines:
        kind = Event if "format" in json.loads(line) else LedgerLine
        parsed = kind.model_validate_json(line)
        assert parsed.model_dump(mode="json", exclude_unset=True) == json.loads(line)
    assert len(read_ledger(path).lines) == len(lines)


def judged(version, evidence):
    folder = version / "evidence"
    return api.check(folder / "requirements.yaml", evidence)


def answers(verdict):
    return {
        (judgement.rule, judgement.finding.facet or "", benchmark, judgement.finding.outcome.value)
        for judgement in verdict.findings
        for benchmark in judgement.finding.benchmarks
    }


@every(VERSIONS)
@pytest.mark.parametrize("scene", ["met", "violated"])
def test_older_evidence_is_judged_as_it_was(path, scene):
    recorded = json.loads((path / "evidence/verdicts.json").read_text())[scene]
    verdict = judged(path, [path / "evidence" / scene])
    assert verdict.outcome.value == recorded["outcome"] == scene
    assert {tuple(answer) for answer in recorded["answers"]} <= answers(verdict)


@every(VERSIONS)
def test_an_older_log_of_lm_eval_alone_stays_undecided(path):
    recorded = json.loads((path / "evidence/verdicts.json").read_text())["undecided"]
    logs = sorted((path / "evidence/met").rglob("results_*.json"))
    assert judged(path, logs).outcome.value == recorded["outcome"] == "undecided"
