"""All files of a checkpoint are read at the start of a run and at its end, whatever it scores.

In between, those are read that moved; the tiny model, lm-eval and the file system are real.
"""

import mmap
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.checkpoints.reading import let_rest
from tests.making.runs.runs import TASKS
from tests.making.runs.scene import (
    UP_PROJECTION,
    At,
    change_tensor,
    copied_tasks,
    findings,
    overwrite_tensor_in_place,
    record_of,
    requirements_file,
)

import weighin
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.executors.events import SilentListener
from weighin.identity.fingerprint.states import file_states
from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.model

FIRST, SECOND, THIRD = TASKS
RULE = "weights-unchanged-during-run"
WEIGHTS = "model.safetensors"


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
    size = sum(path.stat().st_size for path in checkpoint.iterdir())
    read = sum(bytes_read[path.name] for path in checkpoint.iterdir())
    print(f"{read:,} bytes of {size:,}")
    assert 2 * size <= read <= 2.1 * size
    assert set(told(verdict, Outcome.MET)) == set(tasks)


def test_twelve_benchmarks_read_no_more_than_one(checkpoint, tmp_path, bytes_read):
    let_rest(checkpoint)
    tasks = copied_tasks(tmp_path / "tasks")
    for number in range(10):
        text = (tasks / "tiny_choice.yaml").read_text()
        (tasks / f"more_{number}.yaml").write_text(text.replace(FIRST, f"more_{number}"))
    names = (FIRST, SECOND, *(f"more_{number}" for number in range(10)))
    file = requirements_file(tmp_path, checkpoint, benchmarks=names, task_folder=tasks)
    verdict = weighin.run(file, results=tmp_path / "results", max_samples=1)
    size = sum(path.stat().st_size for path in checkpoint.iterdir())
    read = sum(bytes_read[path.name] for path in checkpoint.iterdir())
    assert len(verdict.records) == len(names)
    assert 2 * size <= read <= 2.1 * size


def test_both_readings_are_told_as_they_go(checkpoint, tmp_path):
    let_rest(checkpoint)

    class Reading(SilentListener):
        def __init__(self) -> None:
            self.told: list[list[tuple[int, int]]] = [[]]

        def fingerprinting(self, done_bytes: int, total_bytes: int) -> None:
            self.told[-1].append((done_bytes, total_bytes))

        def reading_again(self) -> None:
            self.told.append([])

    listener = Reading()
    file = requirements_file(tmp_path, checkpoint, benchmarks=(FIRST,))
    weighin.run(file, results=tmp_path / "results", listener=listener)
    first, last = listener.told
    for told in (first, last):
        assert told
        assert told == sorted(told)
        done, total = told[-1]
        assert done == total > 0


def test_nothing_is_read_a_second_time_where_all_is_recorded(checkpoint, tmp_path, bytes_read):
    scored(tmp_path, checkpoint)
    bytes_read.clear()
    scored(tmp_path, checkpoint)
    weights = (checkpoint / WEIGHTS).stat().st_size
    assert weights <= bytes_read[WEIGHTS] <= 1.1 * weights


def test_files_are_read_while_a_write_could_have_the_same_ctime(checkpoint, tmp_path, bytes_read):
    # What takes long the first time, before the clock runs.
    import weighin.harness.local.subject
    import weighin.harness.tasks.loading  # noqa: F401  # what is imported

    for path in checkpoint.iterdir():
        path.touch()
    verdict = scored(tmp_path, checkpoint)
    weights = (checkpoint / WEIGHTS).stat().st_size
    assert 3 * weights <= bytes_read[WEIGHTS] <= (2.2 + len(TASKS)) * weights
    assert record_of(verdict, FIRST).loaded.files_state == ""
    assert set(told(verdict, Outcome.MET)) == set(TASKS)


def test_a_touched_file_alone_is_read_again_and_leaves_what_was_before_undecided(
    checkpoint, tmp_path, bytes_read
):
    let_rest(checkpoint)
    config = checkpoint / "config.json"
    verdict = scored(tmp_path, checkpoint, act=config.touch)
    assert bytes_read[WEIGHTS] <= 2.1 * (checkpoint / WEIGHTS).stat().st_size
    assert set(told(verdict, Outcome.UNDECIDED)) == {FIRST}
    assert set(told(verdict, Outcome.MET)) == {SECOND, THIRD}


def overwrite_and_set_the_time_back(folder: Path) -> None:
    status = (folder / WEIGHTS).stat()
    overwrite_tensor_in_place(folder)
    os.utime(folder / WEIGHTS, ns=(status.st_atime_ns, status.st_mtime_ns))


def truncate(folder: Path) -> None:
    os.truncate(folder / WEIGHTS, (folder / WEIGHTS).stat().st_size - 4)


WAYS = {
    "overwritten in place": (overwrite_tensor_in_place, UP_PROJECTION),
    "overwritten, and the time set back": (overwrite_and_set_the_time_back, UP_PROJECTION),
    "another file renamed over it": (change_tensor, UP_PROJECTION),
    "truncated": (truncate, "truncated"),
    "removed": (lambda folder: (folder / WEIGHTS).unlink(), f"{WEIGHTS}: missing"),
    "a template that appears": (
        lambda folder: (folder / "chat_template.jinja").write_text("x"),
        "chat_template.jinja",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_happens_to_a_file_is_told_of_the_benchmark_and_of_later_ones(
    checkpoint, tmp_path, way
):
    act, words = WAYS[way]
    let_rest(checkpoint)
    (checkpoint / "chat_template.jinja").unlink(missing_ok=True)
    verdict = scored(tmp_path, checkpoint, act=lambda: act(checkpoint))
    violated = told(verdict, Outcome.VIOLATED)
    assert set(violated) == {SECOND, THIRD}
    assert all(words in statement for statement in violated.values())
    # What no state showed before, nobody can read any more; of a file that was not there, nothing.
    before = Outcome.MET if "appears" in way else Outcome.UNDECIDED
    assert FIRST in told(verdict, before)
    assert set(told(verdict, Outcome.MET)) <= {FIRST}


def test_a_link_that_leads_elsewhere_is_told(checkpoint, tmp_path):
    weights, blobs = checkpoint / WEIGHTS, checkpoint / ".blobs"
    blobs.mkdir()
    shutil.copy2(weights, blobs / "first")
    overwrite_tensor_in_place(checkpoint)
    weights.rename(blobs / "other")
    weights.symlink_to(".blobs/first")
    let_rest(checkpoint)

    def retarget() -> None:
        (checkpoint / ".link").symlink_to(".blobs/other")
        (checkpoint / ".link").replace(weights)

    verdict = scored(tmp_path, checkpoint, act=retarget)
    violated = told(verdict, Outcome.VIOLATED)
    assert set(violated) == {SECOND, THIRD}
    assert all(UP_PROJECTION in statement for statement in violated.values())


def test_a_file_that_is_put_back_is_told_of_the_benchmarks_that_saw_it(checkpoint, tmp_path):
    content = (checkpoint / WEIGHTS).read_bytes()
    let_rest(checkpoint)
    put_back = At(
        lambda: (checkpoint / WEIGHTS).write_bytes(content), benchmark=THIRD, requests=None
    )

    class Both(At):
        def benchmark_started(self, benchmark: str) -> None:
            super().benchmark_started(benchmark)
            put_back.benchmark_started(benchmark)

    file = requirements_file(tmp_path, checkpoint, benchmarks=TASKS)
    change = Both(lambda: overwrite_tensor_in_place(checkpoint), benchmark=SECOND, requests=None)
    verdict = weighin.run(file, results=tmp_path / "results", listener=change)
    assert put_back.has_acted()
    assert set(told(verdict, Outcome.VIOLATED)) == {SECOND}
    assert FIRST in told(verdict, Outcome.UNDECIDED)
    assert set(told(verdict, Outcome.MET)) == {THIRD}


def written_through_a_map(folder: Path) -> tuple[mmap.mmap, Callable[[], None]]:
    """A map of the weights whose last page is dirty, and what writes to that page once more.

    Linux sets the times of a file when a page becomes dirty, not at every write to it.
    """
    with (folder / WEIGHTS).open("r+b") as stream:
        mapped = mmap.mmap(stream.fileno(), 0)
    mapped[-1] = mapped[-1]

    def write() -> None:
        mapped[-1] ^= 1

    return mapped, write


def test_a_write_that_no_state_shows_lets_no_record_stand_that_was_not_read_for(
    checkpoint, tmp_path
):
    # What is in memory alone is never clean again.
    memory = Path("/dev/shm")
    folder = memory / f"weighin-{tmp_path.parent.name}-{os.getpid()}"
    if not memory.is_dir():
        pytest.skip("needs /dev/shm")
    shutil.copytree(checkpoint, folder)
    mapped, write = written_through_a_map(folder)
    try:
        let_rest(folder)
        before = file_states(folder)
        verdict = scored(tmp_path, folder, act=write)
        assert file_states(folder) == before, "the file system told of the write"
        violated = told(verdict, Outcome.VIOLATED)
        # When it happened cannot be known.
        assert set(violated) == set(TASKS)
        assert all("at the end of the run" in statement for statement in violated.values())
        assert all(record_of(verdict, t).loaded.files_changed_during_run == () for t in TASKS)
        (noted,) = (note for note in verdict.ignored if "when the run began" in note)
        assert WEIGHTS in noted
    finally:
        mapped.close()
        shutil.rmtree(folder)


def without_its_end(results: Path) -> None:
    """The results of a run that was killed after its last record."""
    ledger = results / LEDGER_NAME
    lines = ledger.read_bytes().splitlines(keepends=True)
    assert b"run-finished" in lines[-1]
    ledger.write_bytes(b"".join(lines[:-1]))


def test_records_of_a_run_that_was_killed_are_undecided_until_the_files_are_read(
    checkpoint, tmp_path
):
    let_rest(checkpoint)
    scored(tmp_path, checkpoint)
    results, file = tmp_path / "results", tmp_path / "requirements.yaml"
    without_its_end(results)
    assert set(told(weighin.check(file, [results]), Outcome.UNDECIDED)) == set(TASKS)

    resumed = weighin.run(file, results=results)
    assert len(resumed.records) == len(TASKS)
    assert set(told(resumed, Outcome.MET)) == set(TASKS)
    assert resumed.outcome is Outcome.MET


def test_files_that_were_touched_after_a_run_was_killed_settle_nothing(checkpoint, tmp_path):
    let_rest(checkpoint)
    scored(tmp_path, checkpoint, tasks=(FIRST,))
    results, file = tmp_path / "results", tmp_path / "requirements.yaml"
    without_its_end(results)
    (checkpoint / "config.json").touch()
    resumed = weighin.run(file, results=results)
    (statement,) = told(resumed, Outcome.UNDECIDED).values()
    assert "touched, replaced or removed" in statement


def test_what_another_checkpoint_is_settles_nothing_of_a_run_that_was_killed(checkpoint, tmp_path):
    let_rest(checkpoint)
    scored(tmp_path, checkpoint)
    results, file = tmp_path / "results", tmp_path / "requirements.yaml"
    without_its_end(results)
    change_tensor(checkpoint)
    weighin.run(file, results=results, only=[FIRST])
    undecided = told(weighin.check(file, [results], every=True), Outcome.UNDECIDED)
    assert set(undecided) == set(TASKS)


def test_an_interrupted_run_reads_the_files_for_what_is_finished(checkpoint, tmp_path):
    let_rest(checkpoint)

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scored(tmp_path, checkpoint, act=stop)
    verdict = weighin.check(tmp_path / "requirements.yaml", [tmp_path / "results"])
    assert set(told(verdict, Outcome.MET)) == {FIRST}


def test_a_run_that_is_interrupted_twice_leaves_that_to_the_next_one(checkpoint, tmp_path):
    let_rest(checkpoint)

    class Impatient(At):
        def noted(self, sentence: str) -> None:
            assert "interrupt again" in sentence
            raise KeyboardInterrupt

    def stop() -> None:
        raise KeyboardInterrupt

    results = tmp_path / "results"
    file = requirements_file(tmp_path, checkpoint, benchmarks=TASKS)
    listener = Impatient(stop, benchmark=SECOND, requests=None)
    with pytest.raises(KeyboardInterrupt):
        weighin.run(file, results=results, listener=listener)
    assert set(told(weighin.check(file, [results]), Outcome.UNDECIDED)) == {FIRST}
    assert read_ledger(results / LEDGER_NAME).lines[-1].event == "run-interrupted"
    assert weighin.run(file, results=results).outcome is Outcome.MET


def test_the_ledger_tells_of_both_readings(checkpoint, tmp_path):
    let_rest(checkpoint)
    scored(tmp_path, checkpoint)
    lines = read_ledger(tmp_path / "results" / LEDGER_NAME).lines
    readings = [
        (line.event, line.detail["files_hashed"]) for line in lines if "files_hashed" in line.detail
    ]
    assert [event for event, _ in readings] == ["run-started", "run-finished"]
    assert all(told["changes"] == [] for _, told in readings)
