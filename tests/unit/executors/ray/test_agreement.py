"""Whether workers hold the same."""

from dataclasses import replace

import pytest

from weighin.errors import CheckpointError, InfrastructureError, UsageError
from weighin.executors.job import Reason, Unrecorded
from weighin.executors.planned.worker import Identity
from weighin.executors.ray.agreement import failure_of_machine, refusal
from weighin.executors.ray.worker import Shown

IDENTITY = Identity(
    worker="ray:1", host="n1", checkpoint_id="a" * 64, location="/models/m", jobs={"arc": "b" * 64}
)
FIRST = Shown(
    worker="worker 1",
    host="n1",
    node="10.0.0.1",
    found=IDENTITY,
    loaded="c" * 64,
    versions=(("weighin", "0.1.0"), ("Python", "3.11.7")),
)
SECOND = replace(FIRST, worker="worker 2", host="n2", node="10.0.0.2")


def test_workers_that_hold_the_same_agree():
    assert refusal(FIRST, ()) is None
    assert refusal(SECOND, [FIRST]) is None


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        ({"loaded": "d" * 64}, "weights in memory dddddddddddd instead of cccccccccccc"),
        ({"loaded": None}, "weights in memory none instead of cccccccccccc"),
        (
            {"found": replace(IDENTITY, checkpoint_id="d" * 64)},
            "checkpoint dddddddddddd instead of aaaaaaaaaaaa",
        ),
        (
            {"versions": (("weighin", "0.0.9"), ("Python", "3.11.7"))},
            "weighin 0.0.9 instead of 0.1.0",
        ),
    ],
)
def test_the_one_that_differs_is_named_with_what_differs(differs, words):
    error = refusal(replace(SECOND, **differs), [FIRST])
    assert error is not None
    assert str(error) == (
        f"worker 2 on n2 (10.0.0.2): refused: {words} of worker 1 on n1 (10.0.0.1); nothing was "
        "scored"
    )
    assert error.exit_code == 3


@pytest.mark.parametrize("kind", [CheckpointError, UsageError])
def test_a_worker_that_could_not_open_what_is_planned_is_named_and_keeps_its_exit_code(kind):
    why = Unrecorded(reason=Reason.REFUSED, error=kind("/models/m: not there"))
    error = refusal(replace(FIRST, found=why, loaded=None), ())
    assert type(error) is kind
    assert str(error) == "worker 1 on n1 (10.0.0.1): refused: /models/m: not there"


def test_a_machine_that_failed_is_no_other_model():
    failed = Unrecorded(reason=Reason.INTERRUPTED, error=InfrastructureError("disk full"))
    found = failure_of_machine(replace(FIRST, found=failed, loaded=None))
    assert str(found) == "disk full"
    assert failure_of_machine(FIRST) is None
