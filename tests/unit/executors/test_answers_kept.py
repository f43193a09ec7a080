"""A job that is ended while the model answers: what it had answered is not asked again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.making.runs.jobs import Planned, planned
from tests.making.runs.scene import CHOICE, GENERATE, At, requirements_file

from weighin import api
from weighin.evidence.records import Record
from weighin.evidence.store import JOURNAL_NAME
from weighin.evidence.store.journals import read_journal
from weighin.evidence.watched import WatchState
from weighin.executors.job import Recorded
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

ROLLING = "tiny_rolling"
DRAWN = f"{GENERATE}\n    repeats: 3\n    decoding: {{do_sample: true, temperature: 0.8}}"
REQUESTS = {CHOICE: ("loglikelihood", 96), GENERATE: ("generate_until", 72)} | {
    ROLLING: ("loglikelihood_rolling", 24)
}


def jobs_of(folder: Path, checkpoint: Path, *, batch_size: int) -> tuple[Path, Planned]:
    file = requirements_file(
        folder,
        checkpoint,
        benchmarks=(CHOICE, DRAWN, ROLLING),
        model=f"  batch_size: {batch_size}\n",
        rest="profile: comparable\n",
    )
    found = planned(file, checkpoint)
    found.worker.subject.load()
    return file, found


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, there is time for a look before answers are kept."""
    from weighin.harness.local.watch import watch

    monkeypatch.setattr(watch, "_LEAST_CLOSING", 600.0)


@pytest.fixture(scope="module")
def jobs(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planned]:
    return jobs_of(tmp_path_factory.mktemp("kept"), tiny_checkpoint, batch_size=5)


def ended(jobs: Planned, results: Path, task: str, *, requests: int) -> list[Path]:
    """End an attempt after so many requests; the journals that lie there then."""

    def end() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        jobs.score(results, task, listener=At(end, benchmark=task, requests=requests))
    return journals(results)


def journals(results: Path) -> list[Path]:
    return sorted(results.rglob(JOURNAL_NAME))


def recorded(jobs: Planned, results: Path, task: str) -> Record:
    result = jobs.score(results, task)
    assert isinstance(result, Recorded), result
    return result.record


def answered(record: Record) -> tuple[object, ...]:
    """What came out, whoever gave it."""
    samples = [(f.path.split("_2")[0], f.sha256) for f in record.files if f.role == "samples"]
    return samples, record.scores, record.facts, record.observations, record.asked


@pytest.mark.parametrize("task", REQUESTS)
def test_a_job_that_is_gone_on_with_gives_what_one_gives_that_nobody_ended(
    jobs: tuple[Path, Planned], tmp_path: Path, task: str
):
    file, these = jobs
    kind, requests = REQUESTS[task]
    whole = recorded(these, tmp_path / "whole", task)
    (path,) = ended(these, tmp_path / "ended", task, requests=requests // 2)
    had = len(read_journal(path).answers)
    assert 0 < had < requests

    record = recorded(these, tmp_path / "ended", task)

    (taken,) = record.taken
    assert taken.answers == {kind: had}
    assert record.sent is not None
    assert record.sent.requests == {kind: requests}
    assert record.sent.answers == {kind: requests - had}
    for one, other in zip(answered(record), answered(whole), strict=True):
        assert one == other
    assert whole.taken == ()
    assert journals(tmp_path / "ended") == []
    verdicts = [api.check(file, [tmp_path / name]) for name in ("whole", "ended")]
    outcomes = [
        {
            (j.rule, j.finding.facet, j.finding.outcome)
            for j in verdict.findings
            # A job alone reads files again only if their state is not to be trusted yet.
            if j.rule != "weights-unchanged-during-run"
        }
        for verdict in verdicts
    ]
    assert outcomes[0] == outcomes[1]


@pytest.mark.soak
def test_an_attempt_that_is_ended_twice_is_told_with_both(
    jobs: tuple[Path, Planned], tmp_path: Path
):
    _, these = jobs
    whole = recorded(these, tmp_path / "whole", GENERATE)
    ended(these, tmp_path / "ended", GENERATE, requests=20)
    both = ended(these, tmp_path / "ended", GENERATE, requests=50)
    record = recorded(these, tmp_path / "ended", GENERATE)
    assert {taken.attempt_id for taken in record.taken} == {path.parent.name for path in both}
    assert record.taken[0].until < record.taken[1].began
    assert answered(record) == answered(whole)
    assert record.sent is not None
    given = sum(taken.answers["generate_until"] for taken in record.taken)
    assert given + record.sent.answers["generate_until"] == 72


def test_an_attempt_that_is_ended_after_its_last_answer_is_asked_nothing(
    jobs: tuple[Path, Planned], tmp_path: Path
):
    file, these = jobs
    ended(these, tmp_path, GENERATE, requests=72)
    record = recorded(these, tmp_path, GENERATE)
    assert record.sent is not None
    assert record.sent.answers.get("generate_until", 0) <= 5
    assert record.watch is not None
    assert record.watch.state is WatchState.HELD
    (one,) = [
        j.finding
        for j in api.check(file, [tmp_path]).findings
        if j.rule == "one-attempt" and GENERATE in j.finding.benchmarks
    ]
    assert one.outcome is Outcome.MET


def test_no_answer_is_drawn_twice_with_another_size_of_batches(
    jobs: tuple[Path, Planned], tiny_checkpoint: Path, tmp_path: Path
):
    _, these = jobs
    (path,) = ended(these, tmp_path / "ended", GENERATE, requests=40)
    had = read_journal(path)
    (tmp_path / "other").mkdir()
    _, others = jobs_of(tmp_path / "other", tiny_checkpoint, batch_size=12)
    record = recorded(others, tmp_path / "ended", GENERATE)
    (taken,) = record.taken
    assert taken.answers == {"generate_until": len(had.answers)}
    assert taken.settings["batch_size"] == 5
    assert record.run.settings["batch_size"] == 12
    assert record.sent is not None
    assert record.sent.answers == {"generate_until": 72 - len(had.answers)}


@pytest.fixture
def swapping(jobs: tuple[Path, Planned]) -> Iterator[Callable[[], None]]:
    """Puts another number into a tensor, behind the back of torch."""
    _, these = jobs
    weight = these.worker.subject._loaded.lm.model.lm_head.weight

    def swap() -> None:
        weight.data.mul_(-1)

    yield swap
    # What the next benchmark starts from.
    these.worker.subject.loaded_weights()


def test_other_weights_in_memory_take_nothing(
    jobs: tuple[Path, Planned], tmp_path: Path, swapping: Callable[[], None]
):
    _, these = jobs
    ended(these, tmp_path, CHOICE, requests=40)
    swapping()
    try:
        record = recorded(these, tmp_path, CHOICE)
    finally:
        swapping()
    assert record.taken == ()
    assert record.watch is not None
    assert record.watch.state is WatchState.CHANGED


def test_an_lm_eval_whose_files_were_edited_takes_nothing(
    jobs: tuple[Path, Planned], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from weighin.harness.local.asked import attended
    from weighin.harness.observed.harness_state import harness_state

    _, these = jobs
    (journal,) = map(read_journal, ended(these, tmp_path, CHOICE, requests=40))
    assert journal.answers
    assert "harness" in journal.start.held
    edited = replace(harness_state(), files={"lm_eval (1 Python file)": "0" * 64})
    monkeypatch.setattr(attended, "harness_state", lambda: edited)
    assert recorded(these, tmp_path, CHOICE).taken == ()


def test_what_something_else_answered_is_never_kept(
    jobs: tuple[Path, Planned], tmp_path: Path, swapping: Callable[[], None]
):
    _, these = jobs
    listener = At(swapping, benchmark=CHOICE, requests=40)
    try:
        result = these.score(tmp_path, CHOICE, listener=listener)
    finally:
        swapping()
    assert isinstance(result, Recorded)
    assert result.record.watch is not None
    assert result.record.watch.state is WatchState.CHANGED


def test_an_attempt_in_which_something_was_swapped_keeps_only_what_was_answered_before(
    jobs: tuple[Path, Planned], tmp_path: Path, swapping: Callable[[], None]
):
    _, these = jobs
    second: list[int] = []

    def swap_and_end() -> None:
        swapping()
        second.append(len(read_journal(journals(tmp_path)[0]).answers))

    class Both(At):
        def requests(self, benchmark: str, done: int, total: int) -> None:
            super().requests(benchmark, done, total)
            if done >= 70:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        these.score(tmp_path, CHOICE, listener=Both(swap_and_end, benchmark=CHOICE, requests=40))
    swapping()
    (path,) = journals(tmp_path)
    assert len(read_journal(path).answers) == second[0]


@pytest.mark.soak
def test_a_new_attempt_goes_on_with_what_nobody_recorded(
    jobs: tuple[Path, Planned], tmp_path: Path
):
    _, these = jobs
    recorded(these, tmp_path, CHOICE)
    again = replace(these, plan=replace(these.plan, new_attempt=True, run_id="again"))
    ended(again, tmp_path, CHOICE, requests=40)
    third = replace(these, plan=replace(these.plan, new_attempt=True, run_id="once-more"))
    record = recorded(third, tmp_path, CHOICE)
    assert len(record.taken) == 1
