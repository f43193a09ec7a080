"""One job on a loaded model: what it leaves behind, and what is told of one that has no record."""

import pickle
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from tests.making.runs.disks import files_no_larger_than
from tests.making.runs.jobs import Planned, planned
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    At,
    copied_tasks,
    edit_text,
    requirements_file,
)

from weighin import api
from weighin.errors import EvidenceError, InfrastructureError, RunError, UsageError
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.evidence.records import Record
from weighin.evidence.store import COMMIT_NAME, RECORD_NAME, Store, read_record
from weighin.executors.job import Reason, Recorded, Unrecorded, score
from weighin.files.canonical import sha256_hex

pytestmark = pytest.mark.model

SCORED = [
    "benchmark-started",
    "benchmark-answering",
    "benchmark-answered",
    "benchmark-finished",
]


@pytest.fixture(scope="module")
def requirements(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return requirements_file(tmp_path_factory.mktemp("job"), tiny_checkpoint)


@pytest.fixture(scope="module")
def tiny_jobs(requirements: Path, tiny_checkpoint: Path) -> Planned:
    """Loaded once: where it scores what is told anew each time."""
    found = planned(requirements, tiny_checkpoint)
    found.worker.subject.load()
    return found


def events(results: Path) -> list[str]:
    return [line.event for line in read_ledger(results / LEDGER_NAME).lines]


def records(results: Path) -> list[Path]:
    return sorted(results.rglob(RECORD_NAME))


def apart_from_times_and_names(record: Record) -> dict[str, object]:
    told = record.model_dump(exclude={"files"})
    for key in ("run_id", "attempt_id", "started", "finished", "command"):
        del told["run"][key]
    # Where it looks is drawn at random, and what libraries hold grows as they are used.
    del told["watch"]["looks"], told["watch"]["functions_sha256"]
    # Files that were written a moment ago are read again, others are known by their state.
    del told["loaded"]["files_state"]
    return told


def test_two_calls_for_one_job_leave_one_record(tiny_jobs: Planned, tmp_path: Path):
    first, second = tiny_jobs.score(tmp_path), tiny_jobs.score(tmp_path)
    assert isinstance(first, Recorded)
    assert second == replace(first, is_reused=True)
    assert len(records(tmp_path)) == 1
    assert events(tmp_path) == [*SCORED, "benchmark-reused"]


def test_a_new_attempt_is_kept_beside_the_first(tiny_jobs: Planned, tmp_path: Path):
    plans = [replace(tiny_jobs.plan, new_attempt=True, run_id=name) for name in "ab"]
    results = [replace(tiny_jobs, plan=plan).score(tmp_path) for plan in plans]
    assert [r.is_first for r in results if isinstance(r, Recorded)] == [True, False]
    assert len(records(tmp_path)) == 2


def test_a_new_attempt_is_made_once_a_run(tiny_jobs: Planned, tmp_path: Path):
    again = replace(tiny_jobs, plan=replace(tiny_jobs.plan, new_attempt=True))
    results = [again.score(tmp_path) for _ in range(2)]
    assert [r.is_reused for r in results if isinstance(r, Recorded)] == [False, True]
    assert len(records(tmp_path)) == 1


def test_a_job_leaves_what_a_run_leaves(tiny_jobs: Planned, requirements: Path, tmp_path: Path):
    api.run(requirements, results=tmp_path / "run")
    for task in (CHOICE, GENERATE):
        tiny_jobs.score(tmp_path / "jobs", task)
    of_run, of_jobs = (
        [read_record(path)[0] for path in records(tmp_path / name)] for name in ("run", "jobs")
    )
    assert [apart_from_times_and_names(record) for record in of_jobs] == [
        apart_from_times_and_names(record) for record in of_run
    ]
    of_a_run = {"run-started", "run-finished"}
    assert events(tmp_path / "jobs") == [
        event for event in events(tmp_path / "run") if event not in of_a_run
    ]


def test_the_ledger_holds_the_digest_of_the_record(tiny_jobs: Planned, tmp_path: Path):
    tiny_jobs.score(tmp_path)
    line = read_ledger(tmp_path / LEDGER_NAME).lines[-1]
    assert line.detail["record_sha256"] == sha256_hex(records(tmp_path)[0].read_bytes())
    assert (line.run_id, line.job_id) == (tiny_jobs.plan.run_id, tiny_jobs.job().job_id)


def test_a_benchmark_that_fails_is_a_value_and_the_next_job_is_scored(
    tiny_checkpoint: Path, tmp_path: Path
):
    tasks = copied_tasks(tmp_path / "tasks")
    edit_text(
        tasks / "tiny_choice.yaml",
        "doc_to_choice:",
        "process_results: !function load.fail\ndoc_to_choice:",
    )
    with (tasks / "load.py").open("a") as code:
        code.write("\n\ndef fail(*_): raise KeyError('no such answer')\n")
    file = requirements_file(tmp_path, tiny_checkpoint, task_folder=tasks)
    jobs = planned(file, tiny_checkpoint)
    jobs.worker.subject.load()

    failed, recorded = (jobs.score(tmp_path / "results", task) for task in (CHOICE, GENERATE))

    assert isinstance(failed, Unrecorded)
    assert failed.reason is Reason.FAILED
    assert isinstance(failed.error, RunError)
    assert "KeyError: 'no such answer'" in str(failed.error)
    assert isinstance(recorded, Recorded)
    assert events(tmp_path / "results") == [
        "benchmark-started",
        "benchmark-answering",
        "benchmark-answered",
        "benchmark-failed",
        *SCORED,
    ]


def test_a_machine_that_fails_leaves_an_interrupted_attempt_and_a_value(
    tiny_jobs: Planned, tmp_path: Path
):
    with ExitStack() as disk:
        is_full = At(
            lambda: disk.enter_context(files_no_larger_than(1500)), benchmark=CHOICE, requests=1
        )
        result = tiny_jobs.score(tmp_path, listener=is_full)
    assert isinstance(result, Unrecorded)
    assert result.reason is Reason.INTERRUPTED
    assert isinstance(result.error, InfrastructureError)
    assert events(tmp_path) == ["benchmark-started", "benchmark-answering", "benchmark-answered"]
    assert records(tmp_path) == []
    (attempt,) = tmp_path.glob("tiny/*/*/*")
    assert attempt.is_dir()

    again = tiny_jobs.score(tmp_path)
    assert isinstance(again, Recorded)
    assert not again.is_reused
    assert len(list(tmp_path.glob("tiny/*/*/*/"))) == 2


def test_weights_other_than_planned_are_refused_and_nothing_is_written(
    tiny_jobs: Planned, requirements: Path, tmp_path: Path
):
    from tests.making.tiny.checkpoint import save_tiny_checkpoint

    other = planned(requirements, save_tiny_checkpoint(tmp_path / "other", seed=1))
    result = replace(other, plan=tiny_jobs.plan).score(tmp_path / "results")
    assert isinstance(result, Unrecorded)
    assert result.reason is Reason.REFUSED
    manifests = (tiny_jobs.worker.subject.manifest, other.worker.subject.manifest)
    for manifest in manifests:
        assert manifest is not None
        assert manifest.checkpoint_id in str(result.error)
    assert not (tmp_path / "results").exists()


def test_a_task_other_than_planned_is_refused_and_nothing_is_written(
    tiny_jobs: Planned, tmp_path: Path
):
    job = replace(tiny_jobs.job(), task_digest="0" * 64)
    result = score(tiny_jobs.plan, job, Store(tmp_path), tiny_jobs.worker)
    assert isinstance(result, Unrecorded)
    assert result.reason is Reason.REFUSED
    assert list(tmp_path.iterdir()) == []


def test_results_that_cannot_be_written_are_a_refusal(tiny_jobs: Planned, tmp_path: Path):
    (tmp_path / "results").write_text("a file")
    result = tiny_jobs.score(tmp_path / "results")
    assert isinstance(result, Unrecorded)
    assert result.reason is Reason.REFUSED
    assert isinstance(result.error, UsageError)


def test_a_damaged_record_is_a_value_that_says_how_to_go_on(tiny_jobs: Planned, tmp_path: Path):
    tiny_jobs.score(tmp_path)
    (marker,) = tmp_path.rglob(COMMIT_NAME)
    marker.write_text("{}")
    result = tiny_jobs.score(tmp_path)
    assert isinstance(result, Unrecorded)
    assert result.reason is Reason.FAILED
    assert isinstance(result.error, EvidenceError)
    assert f"{marker}: " in str(result.error)
    assert "delete it" in str(result.error)
    assert events(tmp_path)[-1] == "benchmark-failed"
    marker.unlink()
    again = tiny_jobs.score(tmp_path)
    assert isinstance(again, Recorded)
    assert again.is_reused


@pytest.mark.parametrize("results", ["results", "a-file"])
def test_a_result_may_travel_to_another_process(tiny_jobs: Planned, tmp_path: Path, results: str):
    (tmp_path / "a-file").touch()
    result = tiny_jobs.score(tmp_path / results)
    travelled = pickle.loads(pickle.dumps(result))
    if isinstance(result, Recorded):
        assert travelled == result
    else:
        assert travelled.reason is result.reason
        assert (type(travelled.error), str(travelled.error)) == (UsageError, str(result.error))


def test_an_interruption_is_no_value(tiny_jobs: Planned, tmp_path: Path):
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny_jobs.score(tmp_path, listener=At(stop, benchmark=CHOICE, requests=1))
    assert events(tmp_path) == ["benchmark-started", "benchmark-answering"]
