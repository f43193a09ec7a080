"""Runs and jobs beside each other share the work: nothing is scored twice, and nothing is left."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.making.runs.scene import CHOICE, GENERATE, requirements_file

from weighin import api
from weighin.evidence.jobs.claims import claim, held
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.evidence.store import RECORD_NAME, Store, read_record
from weighin.executors.events import SilentListener
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model


class Heard(SilentListener):
    def __init__(self):
        self.sentences = []

    def noted(self, sentence):
        self.sentences.append(sentence)


def started(results: Path) -> list[str]:
    lines = read_ledger(results / LEDGER_NAME).lines
    return sorted(line.benchmark for line in lines if line.event == "benchmark-started")


def test_a_run_waits_for_what_another_worker_is_at_and_scores_what_it_leaves(
    tiny_checkpoint, tmp_path
):
    requirements = requirements_file(tmp_path, tiny_checkpoint)
    results = tmp_path / "results"
    planned = api.plan(requirements, results=results)
    store, (choice, *_) = Store(results), planned.jobs
    claimed = claim(
        store.storage,
        store.job_key(planned.model, choice.benchmark, choice.job_id),
        worker="another",
        run_id="another",
    )
    left = threading.Event()

    class Leaves(Heard):
        def noted(self, sentence):
            super().noted(sentence)
            left.set()

    def work():
        with held(claimed):
            left.wait(60)

    thread = threading.Thread(target=work)
    thread.start()
    listener = Leaves()
    verdict = api.run(requirements, results=results, listener=listener)
    thread.join()
    assert verdict.outcome is Outcome.MET
    assert [s for s in listener.sentences if "another" in s and choice.label in s] != []
    assert started(results) == sorted([CHOICE, GENERATE])


@pytest.mark.soak
def test_runs_beside_each_other_share_the_work(tiny_checkpoint, tmp_path):
    requirements = requirements_file(tmp_path, tiny_checkpoint)
    results = tmp_path / "results"
    line = [sys.executable, "-m", "weighin", "run", str(requirements), "--results", str(results)]
    runs = [
        subprocess.Popen(
            [*line, "-q"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    ended = [run.communicate(timeout=300)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], ended
    assert started(results) == sorted([CHOICE, GENERATE])
    found = [read_record(path)[0] for path in results.rglob(RECORD_NAME)]
    assert len(found) == 2
    assert api.check(requirements, [results]).outcome is Outcome.MET
