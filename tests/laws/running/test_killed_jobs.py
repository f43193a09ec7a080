"""Shells that score the jobs of one plan side by side, and are killed at random moments."""

import random
import signal
import time
from pathlib import Path

import pytest
from tests.making.runs.runs import (
    TASKS,
    Run,
    Server,
    commits,
    every_file,
    finished_files,
    require_sound,
    unrecorded,
)

from weighin import api
from weighin.evidence.store import RECORD_NAME, read_record
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

FEW_KILLS, MANY_KILLS = 1, 30
SEED = 20261130


def planned(server: Server, requirements: Path, results: Path) -> str:
    """The id of a plan that the results hold."""
    run = server.command("plan", str(requirements), "--results", str(results))
    assert run.wait() == 0, run.told
    (plan,) = (results / "plans").glob("*.json")
    return plan.stem


def shell(server: Server, plan: str, index: int, results: Path) -> Run:
    return server.command("job", plan, "--index", str(index), "--results", str(results))


def job_ids(results: Path) -> dict[str, str]:
    found = (read_record(path)[0] for path in results.rglob(RECORD_NAME))
    return {record.asked.task: record.run.job_id for record in found}


@pytest.fixture(scope="module")
def untouched(server, requirements, tmp_path_factory) -> tuple[Path, float]:
    """What shells leave that nobody kills, and how many seconds they take."""
    results = tmp_path_factory.mktemp("untouched") / "results"
    plan = planned(server, requirements, results)
    started = time.monotonic()
    runs = [shell(server, plan, index, results) for index in range(len(TASKS))]
    for run in runs:
        assert run.wait() == 0, run.told
    return results, time.monotonic() - started


def test_shells_score_what_one_run_scores(server, requirements, untouched, tmp_path):
    results, _ = untouched
    plain = tmp_path / "results"
    assert server.start(requirements, plain).wait() == 0
    assert job_ids(results) == job_ids(plain)
    assert api.check(requirements, [results]).outcome is Outcome.MET


@pytest.mark.parametrize("kills", [FEW_KILLS, pytest.param(MANY_KILLS, marks=pytest.mark.soak)])
def test_shells_that_are_killed_at_random_moments_lose_nothing_and_score_nothing_twice(
    server, requirements, untouched, tmp_path, kills
):
    _, seconds = untouched
    moments = random.Random(SEED)
    for number in range(kills):
        results = tmp_path / str(number)
        plan = planned(server, requirements, results)
        killed = moments.randrange(len(TASKS))
        # One in each part of the run, so that few are spread as many are.
        after = (number + moments.random()) * seconds / kills
        moment = f"kill {number} of seed {SEED}: job {killed} after {after:.3f} s"
        print(moment)
        started = time.monotonic()
        runs = [shell(server, plan, index, results) for index in range(len(TASKS))]
        time.sleep(after)
        runs[killed].kill()
        codes = [run.wait() for run in runs]
        assert codes.pop(killed) in {-signal.SIGKILL, 0}, moment
        assert codes == [0, 0], (moment, [run.told for run in runs])
        seconds = max(seconds, time.monotonic() - started)
        require_sound(results)
        before = finished_files(results)
        again = shell(server, plan, killed, results)
        assert again.wait() == 0, (moment, again.told)
        require_finished(requirements, results, before, moment)


def require_finished(
    requirements: Path, results: Path, before: dict[str, bytes], moment: str
) -> None:
    """Nothing is lost and nothing is there twice; an attempt that was cut short is told."""
    after = every_file(results)
    for path, content in before.items():
        assert after[path] == content, f"{moment}: {path} was changed"
    require_sound(results)
    assert sorted(commits(results)) == sorted(TASKS), moment
    assert len(list(results.rglob(RECORD_NAME))) == len(TASKS), f"{moment}: scored twice"
    verdict = api.check(requirements, [results])
    left = unrecorded(results)
    assert verdict.outcome is left.outcome, moment
    assert sorted(record.asked.task for record in verdict.records) == sorted(TASKS), moment
    left.require_told(j.finding.statement for j in verdict.findings if j.rule == "one-attempt")


def test_a_shell_that_is_called_again_scores_nothing_and_ends_with_0(server, untouched):
    results, _ = untouched
    before = every_file(results)
    (plan,) = (results / "plans").glob("*.json")
    run = shell(server, plan.stem, 0, results)
    assert run.wait() == 0, run.told
    assert "recorded already" in run.told
    after = every_file(results)
    assert {path: after[path] for path in before if "ledger" not in path} == {
        path: content for path, content in before.items() if "ledger" not in path
    }
