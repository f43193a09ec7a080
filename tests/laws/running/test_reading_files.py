"""All files of a checkpoint are read at the start of a run and at its end, whatever it scores.

In between, those are read that moved; the tiny model, lm-eval and the file system are real.
"""

import mmap
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.runs.runs import TASKS
from tests.making.runs.scene import (
    UP_PROJECTION,
    At,
    change_tensor,
    findings,
    overwrite_tensor_in_place,
    record_of,
    requirements_file,
)

import weighin
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.identity.fingerprint.hashed_files import CLOCK_STEP_NS
from weighin.identity.fingerprint.states import file_states
from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.model

FIRST, SECOND, THIRD = TASKS
RULE = "weights-unchanged-during-run"
WEIGHTS = "model.safetensors"


def let_rest(checkpoint: Path) -> Path:
    """The checkpoint, once no write can have the ctime that its files have."""
    newest = max(state.ctime_ns for state in file_states(checkpoint))
    time.sleep(max(0, newest + CLOCK_STEP_NS - time.time_ns() + 50_000_000) / 1e9)
    return checkpoint


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


@pytest.fixture
def bytes_read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Bytes by name of file that weighin reads; those that load models read otherwise."""
    counted: Counter[str] = Counter()
    preadv = os.preadv

    def counting(descriptor, buffers, offset):
        count = preadv(descriptor, buffers, offset)
        counted[Path(os.readlink(f"/proc/self/fd/{descriptor}")).name] += count
        return count

    monkeypatch.setattr(os, "preadv", counting)
    return counted


def scored(folder: Path, checkpoint: Path, *, act=None, before: str = SECOND, tasks=TASKS):
    """The verdict on a run in which something is done right before a benchmark."""
    listener = None if act is None else At(act, benchmark=before, requests=None)
    file = requirements_file(folder, checkpoint, benchmarks=tasks)
    verdict = weighin.run(file, results=folder / "results", listener=listener)
    assert listener is None or listener.has_acted()
    return verdict


def told(verdict: Verdict, outcome: Outcome) -> dict[str, str]:
    """What the rule says with an outcome, by benchmark."""
    return {
        task: finding.statement
        for finding in findings(verdict, RULE, outcome)
        for task in finding.benchmarks
    }


@pytest.mark.parametrize("tasks", [TASKS[:1], TASKS], ids=["one benchmark", "three"])
def test_a_run_reads_a_checkpoint_twice(checkpoint, tmp_path, bytes_read, tasks):
    let_rest(checkpoint)
    verdict = scored(tmp_path, checkpoint, tasks=tasks)
    weights = (checkpoint / WEIGHTS).stat().st_size
    assert 2 * weights <= bytes_read[WEIGHTS] <= 2.1 * weights
    assert set(told(verdict, Outcome.MET)) == set(tasks)
