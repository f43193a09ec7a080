"""A run by several processes of one launch, as `accelerate launch` starts them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from weighin.executors.plan import RunOptions, wanted_benchmarks
from weighin.executors.planned.making import Opening, make_plan
from weighin.identity.fingerprint.remembered.digests import remembered_digests
from weighin.requirements.model import Requirements

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.local.subject import CheckpointSubject
    from weighin.harness.subject import Subject


def is_follower() -> bool:
    """Whether this process does as the first one of its launch asks, and writes nothing.

    Raises:
        UsageError: The processes of the launch are on several machines.
    """
    if "RANK" not in os.environ:
        return False
    from weighin.harness.ranks import ranks_in

    return ranks_in(os.environ)[0] > 0


def follow(requirements: Requirements, options: RunOptions) -> None:
    """Answer one's part of each benchmark that the first process of the launch scores.

    The files are fingerprinted and the model is loaded here, too: this process tells what it holds.

    Args:
        requirements: What must hold.
        options: As in the first process.

    Raises:
        WeighinError: The checkpoint or a task cannot be loaded, or another process ended.
    """
    from weighin.harness.local.subject import CheckpointSubject

    opening = Opening(
        on_hashing=lambda _done, _total: None, remembered=remembered_digests(recalls=False)
    )
    wanted = wanted_benchmarks(requirements, options.only)
    planned = make_plan(requirements, options, wanted, store=None, opening=opening)
    if isinstance(planned.subject, CheckpointSubject):
        with _joined(planned.subject):
            planned.subject.follow({b.position: b for b in planned.benchmarks.values()})


@contextmanager
def first_of_launch(subject: "Subject") -> Iterator[None]:
    """Have the other processes of the launch answer, too, if there are any, until the end.

    Args:
        subject: What answers; nothing is loaded yet.

    Raises:
        InfrastructureError: The others are not all there.
    """
    if "RANK" not in os.environ:
        yield
        return
    from weighin.harness.local.subject import CheckpointSubject

    if not isinstance(subject, CheckpointSubject):
        yield
        return
    with _joined(subject):
        yield


@contextmanager
def _joined(subject: "CheckpointSubject") -> Iterator[None]:
    """Answer together with the other processes of the launch, if there are any.

    Raises:
        RunError: One of them held something else, or not all could answer a benchmark together.
    """
    from weighin.harness.local.asked.launch import Launch
    from weighin.harness.ranks import Ranks, ranks_in

    rank, number = ranks_in(os.environ)
    if number == 1:
        yield
        return
    launch = Launch(Ranks(rank, number))
    subject.join(launch)
    try:
        yield
    except BaseException:
        launch.part()
        raise
    if (refused := launch.part()) is not None:
        raise refused
