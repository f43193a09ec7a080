"""kill -9 inside one generating benchmark: no answer is lost, asked again or counted twice.

`./run test` kills once, `./run soak` at 20 random moments.
"""

import random
import signal
import time
from datetime import datetime
from pathlib import Path

import pytest
from tests.making.runs.runs import Server, require_sound, wait_until
from tests.making.runs.scene import requirements_file

from weighin import api
from weighin.evidence.records import Record
from weighin.evidence.store import JOURNAL_NAME, RECORD_NAME, read_record
from weighin.evidence.store.journals import read_journal

pytestmark = pytest.mark.model

# Sampled, each document several times, in many batches.
TASK = "tiny_generate\n    repeats: 4\n    decoding: {do_sample: true, temperature: 0.8}"
REQUESTS = 24 * 4
KILLS, SEED = 20, 20261130


@pytest.fixture(scope="module")
def generating(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return requirements_file(
        tmp_path_factory.mktemp("generating"),
        tiny_checkpoint,
        benchmarks=(TASK,),
        model="  batch_size: 2\n",
        rest="profile: comparable\n",
    )


@pytest.fixture(scope="module")
def whole(server: Server, generating: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run that nobody kills."""
    results = tmp_path_factory.mktemp("whole") / "results"
    run = server.start(generating, results)
    assert run.wait() == 0, run.told
    return results


def record_in(results: Path) -> Record:
    (path,) = results.rglob(RECORD_NAME)
    return read_record(path)[0]


def seconds_of(record: Record) -> float:
    began, ended = map(datetime.fromisoformat, (record.run.started, record.run.finished))
    return (ended - began).total_seconds()


def samples(record: Record) -> set[str]:
    return {file.sha256 for file in record.files if file.role == "samples"}


def judged(requirements: Path, results: Path) -> set[tuple[object, ...]]:
    return {
        (j.rule, j.finding.facet, j.finding.benchmarks, j.finding.outcome)
        for j in api.check(requirements, [results]).findings
    }


def killed(server: Server, requirements: Path, results: Path, *, after: float) -> int:
    """Kill a run so long after its first answer may come; how many answers it had kept."""
    run = server.start(requirements, results)
    wait_until(lambda: any(results.rglob(JOURNAL_NAME)) or any(results.rglob(RECORD_NAME)))
    time.sleep(after)
    run.kill()
    assert run.wait() in {-signal.SIGKILL, 0}
    journals = [
        read_journal(path)
        for path in results.rglob(JOURNAL_NAME)
        if not path.with_name(RECORD_NAME).exists()
    ]
    # Answers of an lm-eval whose files were edited are not taken.
    assert all("harness" in journal.start.held for journal in journals)
    return sum(len(journal.answers) for journal in journals)


def require_as_if_nobody_killed(
    server: Server, requirements: Path, results: Path, whole: Path, *, kept: int
) -> None:
    run = server.start(requirements, results)
    assert run.wait() == 0, run.told
    require_sound(results)
    record, other = record_in(results), record_in(whole)
    assert record.sent is not None
    taken = sum(sum(part.answers.values()) for part in record.taken)
    here = record.sent.answers.get("generate_until", 0)
    assert record.sent.requests == {"generate_until": REQUESTS}
    assert taken + here == REQUESTS
    assert taken == kept
    assert samples(record) == samples(other)
    assert (record.scores, record.facts) == (other.scores, other.facts)
    assert judged(requirements, results) == judged(requirements, whole)
    assert list(results.rglob(JOURNAL_NAME)) == []


@pytest.mark.parametrize("kills", [1, pytest.param(KILLS, marks=pytest.mark.soak)])
def test_a_benchmark_that_is_killed_goes_on_where_it_was(
    server: Server, generating: Path, whole: Path, tmp_path: Path, kills: int
):
    seconds, moments = seconds_of(record_in(whole)), random.Random(SEED)
    for number in range(kills):
        results = tmp_path / str(number)
        after = (number + moments.random()) * seconds / kills
        kept = killed(server, generating, results, after=after)
        print(f"kill {number}: {after:.3f} of {seconds:.3f} s in, {kept} of {REQUESTS} answers")
        require_as_if_nobody_killed(server, generating, results, whole, kept=kept)


@pytest.mark.soak
def test_a_benchmark_that_is_killed_again_and_again_goes_on_where_it_was(
    server: Server, generating: Path, whole: Path, tmp_path: Path
):
    results, moments = tmp_path / "results", random.Random(SEED)
    seconds, before = seconds_of(record_in(whole)), 0
    for _ in range(6):
        kept = killed(server, generating, results, after=moments.random() * seconds / 6)
        assert kept >= before
        before = kept
    require_as_if_nobody_killed(server, generating, results, whole, kept=before)
