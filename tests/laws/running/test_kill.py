"""Runs that are killed at many moments, that race, and that are interrupted.

`./run test` kills at a few moments of every kind, `./run soak` at all of them.
"""

import random
import re
import signal
import time
from pathlib import Path

import pytest
from tests.making.runs.runs import (
    TASKS,
    Server,
    commits,
    every_file,
    finished_files,
    require_sound,
    unrecorded,
    wait_until,
)

from weighin import api
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.evidence.store import RECORD_NAME as RECORD
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

FEW_KILLS, MANY_KILLS = 2, 40
SEED = 20261121


@pytest.fixture(scope="module")
def untouched(server, requirements, tmp_path_factory) -> tuple[list[str], float]:
    """What a run that nobody kills changes on disk, in order, and how many seconds it takes."""
    started = time.monotonic()
    run = server.start(requirements, tmp_path_factory.mktemp("untouched") / "results")
    assert run.wait() == 0, run.told
    return run.changes, time.monotonic() - started


def require_resumed(server: Server, requirements: Path, results: Path, moment: str) -> None:
    """After a kill nothing is half, and the same command keeps what is finished and ends met.

    Unless an attempt had answered and was not recorded: a score may be known that nobody sees.
    """
    before = finished_files(results) if results.exists() else {}
    ledger_before = (results / LEDGER_NAME).read_bytes() if before else b""
    if results.exists():
        require_sound(results)
    rerun = server.start(requirements, results)
    code = rerun.wait()
    left = unrecorded(results)
    assert code == left.code, f"{moment}\n{rerun.said}"
    verdict = api.check(requirements, [results])
    left.require_told(j.finding.statement for j in verdict.findings if j.rule == "one-attempt")
    after = every_file(results)
    for path, content in before.items():
        assert after[path] == content, f"{moment}: {path} was changed"
    assert after[LEDGER_NAME].startswith(ledger_before), moment
    assert sorted(commits(results)) == sorted(TASKS), moment
    assert len(list(results.rglob(RECORD))) == len(TASKS), f"{moment}: scored twice"
    ledger = require_sound(results)
    assert ledger.lines[-1].event == "run-finished", moment


@pytest.mark.parametrize("kills", [FEW_KILLS, pytest.param(MANY_KILLS, marks=pytest.mark.soak)])
def test_a_run_that_is_killed_at_random_moments_keeps_what_is_finished_and_ends_met(
    server, requirements, untouched, tmp_path, kills
):
    _, seconds = untouched
    moments = random.Random(SEED)
    kept = 0
    for number in range(kills):
        results = tmp_path / str(number)
        # One in each part of the run, so that few are spread as many are.
        after = (number + moments.random()) * seconds / kills
        print(f"kill {number} of seed {SEED}: after {after:.3f} of {seconds:.3f} s")
        run = server.start(requirements, results)
        time.sleep(after)
        run.kill()
        assert run.wait() in {-signal.SIGKILL, 0}
        kept += len(list(results.rglob(RECORD)))
        resumed = time.monotonic()
        require_resumed(server, requirements, results, f"killed after {after:.3f} s")
        # The machine may be slower by now: what begins anew here takes as long as a whole run.
        seconds = max(seconds, time.monotonic() - resumed)
    # On a busy machine even the last of a few may come before the first benchmark is finished.
    assert kept > 0 or kills == FEW_KILLS, "no kill came after a benchmark was finished"


def test_a_run_that_is_killed_again_and_again_ends_met(server, requirements, untouched, tmp_path):
    _, seconds = untouched
    moments = random.Random(SEED + 1)
    results = tmp_path / "results"
    for _ in range(8):
        run = server.start(requirements, results)
        time.sleep(moments.uniform(0, seconds))
        run.kill()
        run.wait()
        if results.exists():
            require_sound(results)
    require_resumed(server, requirements, results, "killed eight times")


def around_the_second_benchmark(changes: list[str]) -> list[int]:
    """Numbers of the changes from one record to past the next one: a benchmark in full.

    Most folders are there already, so that making one changes nothing.
    """
    records = [n for n, change in enumerate(changes) if "os.link" in change and RECORD in change]
    steps = range(records[0], records[1] + 10)
    return [number for number in steps if "os.mkdir" not in changes[number - 1]]


def one_of_each_kind(changes: list[str], steps: list[int]) -> list[int]:
    """The last of those that do the same to a file of the same kind."""
    kinds = {}
    for number in steps:
        event, _, path = changes[number - 1].partition(" ")
        name = re.match(r"\.?([a-z]+|\d)", Path(path).name)
        assert name is not None, path
        kinds[event, re.sub(r"\d", "n", name[0])] = number
    return list(kinds.values())


@pytest.mark.parametrize(
    "are_all",
    [False, pytest.param(True, marks=pytest.mark.soak)],
    ids=["one of each kind", "all of one benchmark"],
)
def test_a_run_that_is_killed_before_any_change_of_a_file_keeps_what_is_finished_and_ends_met(
    server, requirements, untouched, tmp_path, are_all
):
    changes, _ = untouched
    steps = around_the_second_benchmark(changes)
    assert sum("os.link" in changes[number - 1] for number in steps) >= 4
    for die_at in steps if are_all else one_of_each_kind(changes, steps):
        moment = f"killed before change {die_at}: {changes[die_at - 1]}"
        results = tmp_path / str(die_at)
        run = server.start(requirements, results, die_at=die_at)
        assert run.wait() == -signal.SIGKILL, moment
        require_resumed(server, requirements, results, moment)


def test_two_workers_that_race_leave_one_winner_and_keep_the_other_attempt(
    server, requirements, tmp_path
):
    results, gate = tmp_path / "results", tmp_path / "gate"
    # To their claims they are one worker, as a task that a queue starts again before it is dead.
    queue = {"SLURM_JOB_ID": "1"}
    runs = [
        server.start(
            requirements,
            results,
            gate=gate,
            environment=queue,
            prelude=f"import socket; socket.gethostname = lambda: 'node{number}'",
        )
        for number in range(2)
    ]
    # Both have found the job unrecorded before either begins: what is recorded is not scored again.
    for number in range(1, len(TASKS) + 1):
        opened = Path(f"{gate}.{number}")
        wait_until(lambda at=opened: len(list(tmp_path.glob(f"{at.name}.*"))) == len(runs))
        opened.touch()
    codes = [run.wait() for run in runs]
    # Who judges while the other still writes may read an attempt that is not told of as yet.
    assert 0 in codes, [run.told for run in runs]
    assert set(codes) <= {0, 11}, [run.told for run in runs]
    require_sound(results)
    assert sorted(commits(results)) == sorted(TASKS)
    assert len(list(results.rglob(RECORD))) == 2 * len(TASKS)
    finished = [
        line
        for line in read_ledger(results / LEDGER_NAME).lines
        if line.event == "benchmark-finished"
    ]
    for task in TASKS:
        told = [line.detail["is_first"] for line in finished if line.benchmark == task]
        assert sorted(map(bool, told)) == [False, True]
    verdict = api.check(requirements, [results])
    assert verdict.outcome is Outcome.MET
    (raced,) = [j.finding.statement for j in verdict.findings if j.rule == "one-attempt"]
    assert f"{len(TASKS)} further runs of the same job at the same time gave equal answers" in raced
    assert "an earlier attempt is recorded" in "".join(run.told for run in runs)


def test_an_interrupted_run_ends_with_130_and_keeps_what_is_finished(
    server, requirements, tmp_path
):
    results = tmp_path / "results"
    run = server.start(requirements, results)
    wait_until(lambda: any(results.glob("*/*/*/committed.json")))
    run.kill(signal.SIGINT)
    assert run.wait() == 130, run.told
    assert "weighin: interrupted; finished benchmarks are recorded" in run.told
    assert "Traceback" not in run.told
    ledger = require_sound(results)
    assert ledger.lines[-1].event == "run-interrupted"
    assert 1 <= len(list(commits(results))) < len(TASKS)
    require_resumed(server, requirements, results, "interrupted")
