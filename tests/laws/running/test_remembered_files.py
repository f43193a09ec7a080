"""A process that did not read a checkpoint, as digests of it were remembered, claims no more.

Real models, real files: what is loaded is hashed all the same, and the last reading reads all.
"""

import mmap
import shutil
from pathlib import Path

import pytest
from tests.making.checkpoints.reading import let_rest
from tests.making.runs.scene import (
    CHOICE,
    UP_PROJECTION,
    At,
    findings,
    overwrite_tensor_in_place,
    record_of,
    requirements_file,
    violated_rules,
)
from tests.making.tiny.checkpoint import save_tiny_checkpoint

import weighin
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.fingerprint.remembered.digests import RememberedDigests
from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.model

RULE = "weights-unchanged-during-run"
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """A checkpoint that is too large to be read with its header; no test may change it."""
    return save_tiny_checkpoint(tmp_path_factory.mktemp("large") / "checkpoint", hidden=128)


@pytest.fixture
def cache(tmp_path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def remembering(monkeypatch, cache) -> None:
    """Runs that open their checkpoint as one of several workers does."""
    from weighin.harness.local import subject

    def opened(*arguments: object, **settings: object) -> subject.CheckpointSubject:
        return whole(*arguments, **(settings | {"remembered": RememberedDigests(cache)}))

    whole = subject.CheckpointSubject
    monkeypatch.setattr(subject, "CheckpointSubject", opened)


def scored(folder: Path, checkpoint: Path, act=None, **settings: object) -> Verdict:
    listener = None if act is None else At(act, benchmark=CHOICE, requests=None)
    file = requirements_file(folder, checkpoint, benchmarks=(CHOICE,))
    return weighin.run(file, results=folder / "results", listener=listener, **settings)


def read_by_another(checkpoint: Path, cache: Path) -> None:
    let_rest(checkpoint)
    fingerprint(checkpoint, remembered=RememberedDigests(cache))


def told(results: Path) -> list[dict[str, object]]:
    lines = read_ledger(results / LEDGER_NAME).lines
    return [line.detail["files_hashed"] for line in lines if "files_hashed" in line.detail]


@pytest.mark.usefixtures("remembering")
def test_a_second_process_reads_once_and_says_so(large, cache, tmp_path, bytes_read):
    read_by_another(large, cache)
    bytes_read.clear()
    verdict = scored(tmp_path, large)
    size = (large / WEIGHTS).stat().st_size
    # At the end.
    assert size <= bytes_read[WEIGHTS] <= 1.1 * size
    (met,) = findings(verdict, RULE, Outcome.MET)
    record = record_of(verdict, CHOICE)
    assert record.loaded.files_remembered in met.statement
    first, last = told(tmp_path / "results")
    assert first["remembered"] == [WEIGHTS]
    assert first["began"] == record.loaded.files_remembered < record.run.started
    assert last["remembered"] == []
    assert last["began"] >= record.run.finished
    assert violated_rules(verdict) == set()


@pytest.mark.soak
@pytest.mark.usefixtures("remembering")
def test_what_is_remembered_settles_nothing_of_a_run_that_was_killed(large, cache, tmp_path):
    read_by_another(large, cache)
    scored(tmp_path, large)
    ledger, file = tmp_path / "results" / LEDGER_NAME, tmp_path / "requirements.yaml"
    *lines, last = ledger.read_bytes().splitlines(keepends=True)
    assert b"run-finished" in last
    ledger.write_bytes(b"".join(lines))
    resumed = weighin.run(file, results=tmp_path / "results")
    assert findings(resumed, RULE, Outcome.UNDECIDED)
    for entry in cache.iterdir():
        entry.unlink()
    assert findings(weighin.run(file, results=tmp_path / "results"), RULE, Outcome.MET)


@pytest.mark.usefixtures("remembering")
def test_a_write_that_no_state_shows_is_found_in_memory_and_forgotten(large, cache, tmp_path):
    folder = tmp_path / "checkpoint"
    shutil.copytree(large, folder)
    with (folder / WEIGHTS).open("r+b") as stream, mmap.mmap(stream.fileno(), 0) as mapped:
        mapped[-1] = mapped[-1]
        read_by_another(folder, cache)
        before = (folder / WEIGHTS).stat()
        # Of a page that is dirty already, the file system does not tell.
        mapped[-1] ^= 1
        if (folder / WEIGHTS).stat().st_ctime_ns != before.st_ctime_ns:
            pytest.skip("the page was written back")
        verdict = scored(tmp_path, folder)
        assert {"loaded-is-on-disk", RULE} <= violated_rules(verdict)
        # The next process reads.
        assert fingerprint(folder, remembered=RememberedDigests(cache)) == fingerprint(folder)


@pytest.mark.soak
@pytest.mark.usefixtures("remembering")
def test_an_overwrite_during_a_benchmark_is_still_told_of_it(large, cache, tmp_path):
    folder = tmp_path / "checkpoint"
    shutil.copytree(large, folder)
    read_by_another(folder, cache)
    verdict = scored(tmp_path, folder, act=lambda: overwrite_tensor_in_place(folder))
    violated = findings(verdict, RULE, Outcome.VIOLATED)
    assert any(UP_PROJECTION in finding.statement for finding in violated)
