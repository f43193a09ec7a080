"""What becomes of jobs and workers, whatever happens to them, in whatever order."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from tests.making.rules.builders import record

from weighin.errors import InfrastructureError, RunError, WeighinError
from weighin.executors.job import Reason, Recorded, Unrecorded
from weighin.executors.ray.dispatch import MOST_TRIES, Dispatch, Lost

GONE = Lost(why="killed")
RECORDED = Recorded(record=record("arc"), is_first=True, is_reused=False)
REASONS = (Reason.FAILED, Reason.INTERRUPTED, Reason.CLAIMED)
REUSED = Recorded(record=record("arc"), is_first=True, is_reused=True)


def unrecorded(reason: Reason, error: WeighinError | None = None) -> Unrecorded:
    return Unrecorded(reason=reason, error=error or InfrastructureError("disk full"))


def begun(jobs: int, workers: int, *, are_open: bool = True) -> Dispatch:
    names = [f"worker {k}" for k in range(1, workers + 1)]
    dispatch = Dispatch.of({f"job {k}": f"task_{k}" for k in range(1, jobs + 1)}, names)
    if are_open:
        for name in names:
            dispatch.opened(name)
    return dispatch


def test_nothing_is_handed_out_before_every_worker_showed_what_it_holds():
    dispatch = begun(3, 2, are_open=False)
    dispatch.opened("worker 1")
    assert dispatch.handed_out() == []
    dispatch.opened("worker 2")
    assert dispatch.handed_out() == [("worker 1", "job 1"), ("worker 2", "job 2")]
    assert dispatch.handed_out() == []


def test_a_worker_that_is_replaced_later_holds_nobody_up():
    dispatch = begun(3, 2)
    dispatch.handed_out()
    dispatch.died("worker 1", GONE)
    dispatch.hired("worker 1")
    dispatch.answered("worker 2", RECORDED)
    assert dispatch.handed_out() == [("worker 2", "job 3")]


def test_a_worker_that_is_refused_ends_the_run_before_anything_is_scored():
    dispatch = begun(3, 2, are_open=False)
    dispatch.opened("worker 1")
    dispatch.refused(refused := RunError("worker 2: refused"))
    assert dispatch.handed_out() == []
    assert dispatch.is_over
    assert dispatch.refusal is refused
    assert dispatch.unfinished() is None


def test_what_is_under_way_is_finished_after_a_refusal_and_nothing_more_is_begun():
    dispatch = begun(3, 2)
    dispatch.handed_out()
    dispatch.answered("worker 1", unrecorded(Reason.REFUSED, RunError("other versions")))
    assert not dispatch.is_over
    assert dispatch.handed_out() == []
    dispatch.answered("worker 2", RECORDED)
    assert dispatch.is_over
    assert str(dispatch.refusal) == "other versions"
    assert dispatch.records == [RECORDED.record]


def test_the_job_of_a_worker_that_died_is_scored_by_another():
    dispatch = begun(1, 2)
    assert dispatch.handed_out() == [("worker 1", "job 1")]
    assert dispatch.died("worker 1", GONE) == "job 1"
    assert dispatch.handed_out() == [("worker 2", "job 1")]
    dispatch.answered("worker 2", RECORDED)
    assert dispatch.is_over
    assert dispatch.unfinished() is None


def test_a_job_that_ends_every_worker_is_given_up_and_the_others_are_scored():
    dispatch = begun(2, 1)
    for _ in range(MOST_TRIES):
        ((_, job),) = dispatch.handed_out()
        while job != "job 1":
            dispatch.answered("worker 1", RECORDED)
            ((_, job),) = dispatch.handed_out()
        dispatch.died("worker 1", GONE)
        dispatch.hired("worker 1")
        dispatch.opened("worker 1")
    assert dispatch.is_over
    assert dispatch.records == [RECORDED.record]
    assert str(dispatch.unfinished()) == (
        "task_1: tried 3 times, the last time: killed; what is finished is recorded, run again "
        "for the rest"
    )


def test_a_worker_that_dies_again_and_again_is_not_replaced():
    dispatch = begun(1, 1, are_open=False)
    for _ in range(MOST_TRIES - 1):
        dispatch.died("worker 1", GONE)
        assert dispatch.is_replaced("worker 1")
        dispatch.hired("worker 1")
    dispatch.died("worker 1", GONE)
    assert not dispatch.is_replaced("worker 1")
    assert dispatch.is_over
    assert "no worker is left for task_1" in str(dispatch.unfinished())
    assert "killed" in str(dispatch.unfinished())


def test_nobody_is_hired_for_jobs_that_all_have_somebody():
    dispatch = begun(1, 2)
    dispatch.handed_out()
    dispatch.died("worker 2", GONE)
    assert not dispatch.is_replaced("worker 2")


def test_where_the_machine_failed_another_worker_tries_first():
    dispatch = begun(2, 2)
    dispatch.handed_out()
    dispatch.answered("worker 1", unrecorded(Reason.INTERRUPTED))
    assert dispatch.handed_out() == []
    dispatch.answered("worker 2", RECORDED)
    assert dispatch.handed_out() == [("worker 2", "job 1")]


def test_the_only_worker_tries_again_itself():
    dispatch = begun(1, 1)
    for _ in range(MOST_TRIES):
        assert dispatch.handed_out() == [("worker 1", "job 1")]
        dispatch.answered("worker 1", unrecorded(Reason.INTERRUPTED))
    assert dispatch.is_over
    assert "disk full" in str(dispatch.unfinished())


def test_what_somebody_else_is_at_is_looked_at_again_for_as_long_as_it_takes():
    dispatch = begun(2, 1)
    for _ in range(MOST_TRIES + 2):
        assert dispatch.handed_out() == [("worker 1", "job 1")]
        dispatch.answered("worker 1", unrecorded(Reason.CLAIMED))
        dispatch.waiting.clear()
        assert not dispatch.is_over
        assert dispatch.handed_out() == []
        dispatch.look_again()
    dispatch.handed_out()
    dispatch.answered("worker 1", REUSED)
    assert dispatch.is_over
    assert dispatch.unfinished() is None


def test_a_benchmark_that_cannot_be_scored_is_no_reason_to_stop_or_to_try_again():
    dispatch = begun(2, 1)
    dispatch.handed_out()
    dispatch.answered("worker 1", unrecorded(Reason.FAILED, failed := RunError("no such filter")))
    assert dispatch.handed_out() == [("worker 1", "job 2")]
    dispatch.answered("worker 1", REUSED)
    assert dispatch.is_over
    assert dispatch.failures == [failed]
    assert dispatch.records == []
    assert dispatch.unfinished() is None


@given(st.data(), st.integers(1, 6), st.integers(1, 4))
def test_whatever_happens_every_run_ends_and_no_job_is_with_two_workers(data, jobs, workers):
    dispatch = begun(jobs, workers, are_open=False)
    done: Counter[str] = Counter()
    for _ in range(1000):
        if dispatch.is_over:
            break
        for _, job in dispatch.handed_out():
            assert done[job] == 0, "a job that is settled was handed out"
        assert len(set(dispatch.busy.values())) == len(dispatch.busy)
        assert not {*dispatch.busy.values()} & {*dispatch.waiting}
        asked = sorted({*dispatch.busy, *dispatch.opening})
        if not asked and dispatch.elsewhere:
            dispatch.look_again()
            continue
        assert asked, "nobody is asked anything, and the run is not over"
        worker = data.draw(st.sampled_from(asked))
        if data.draw(st.booleans()):
            dispatch.died(worker, GONE)
            if dispatch.is_replaced(worker):
                dispatch.hired(worker)
        elif worker in dispatch.opening:
            dispatch.opened(worker)
        else:
            job = dispatch.busy[worker]
            result = data.draw(st.sampled_from([RECORDED, *map(unrecorded, REASONS)]))
            if data.draw(st.booleans()):
                dispatch.look_again()
            dispatch.answered(worker, result)
            done[job] += isinstance(result, Recorded) or result.reason is Reason.FAILED
    assert dispatch.is_over
    settled = len(dispatch.records) + len(dispatch.failures)
    assert settled == done.total()
    left = len(dispatch.exhausted) + len(dispatch.waiting) + len(dispatch.elsewhere)
    assert settled + left == jobs
    assert (dispatch.unfinished() is None) is (left == 0)
