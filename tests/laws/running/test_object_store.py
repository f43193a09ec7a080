"""A run whose results lie in a bucket comes to the verdict of one whose results lie in a folder."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.making.stores.bucket import BUCKET, Bucket, served_bucket

import weighin
from weighin.errors import UsageError
from weighin.executors.events import SilentListener
from weighin.rules.interface import Outcome, Verdict

pytest.importorskip("obstore")
pytestmark = pytest.mark.model

RESULTS = f"s3://{BUCKET}/results"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with served_bucket() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served


class Listening(SilentListener):
    def __init__(self) -> None:
        self.scored: list[str] = []
        self.reused: tuple[str, ...] = ()

    def planned(self, _: tuple[str, ...], reused: tuple[str, ...]) -> None:
        self.reused = reused

    def benchmark_started(self, benchmark: str) -> None:
        self.scored.append(benchmark)


def jobs_of(verdict: Verdict) -> dict[str, str]:
    return {record.asked.task: record.run.job_id for record in verdict.records}


def test_a_run_into_a_bucket_is_resumed_there_and_comes_to_the_verdict_of_a_folder(
    tiny_checkpoint: Path,
    write_requirements: Callable[..., Path],
    tmp_path: Path,
    bucket: Bucket,
) -> None:
    file = write_requirements(tiny_checkpoint)
    first, second = Listening(), Listening()

    weighin.run(file, results=RESULTS, only=["tiny_choice"], listener=first)
    in_bucket = weighin.run(file, results=RESULTS, listener=second)
    in_folder = weighin.run(file, results=tmp_path / "results")

    assert (first.scored, second.scored) == (["tiny_choice"], ["tiny_generate"])
    assert second.reused == ("tiny_choice",)
    assert in_bucket.outcome is in_folder.outcome is Outcome.MET
    assert jobs_of(in_bucket) == jobs_of(in_folder)
    assert weighin.check(file, [RESULTS]).outcome is Outcome.MET
    assert weighin.inspect([RESULTS]).unread == ()
    assert all(record.origin.file.startswith(RESULTS) for record in in_bucket.records)
    events = [key for key in bucket.objects if key.startswith("results/ledger/")]
    assert {json.loads(bucket.objects[key])["event"] for key in events} >= {
        "run-started",
        "benchmark-finished",
        "run-finished",
    }
    assert not any("/lm-eval/" in key for key in bucket.objects)


def test_a_bucket_that_cannot_be_trusted_is_refused_before_anything_is_loaded(
    tiny_checkpoint: Path, write_requirements: Callable[..., Path], bucket: Bucket
) -> None:
    bucket.honours_conditions = False
    listener = Listening()
    with pytest.raises(UsageError, match="does not honour If-None-Match"):
        weighin.run(write_requirements(tiny_checkpoint), results=RESULTS, listener=listener)
    assert bucket.objects == {}
    assert listener.scored == []
