"""`weighin run` as one of several processes of a launch."""

from collections.abc import Sequence
from pathlib import Path

from weighin.executors import launched
from weighin.executors.plan import RunOptions
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes


def is_follower() -> bool:
    """Whether this process does as the first one of its launch asks, and writes nothing.

    Raises:
        UsageError: The processes of the launch are on several machines.
    """
    return launched.is_follower()


def follow(
    requirements: Path | str,
    *,
    only: Sequence[str] = (),
    max_samples: int | None = None,
    checkpoint: Path | str | None = None,
    overrides: Sequence[str] = (),
) -> None:
    """Answer one's part of each benchmark that the first process of the launch scores.

    Args:
        requirements: As for `run`, and as there in what follows.
        only: Tasks to score.
        max_samples: Only the first documents.
        checkpoint: Folder of the checkpoint.
        overrides: What is stated otherwise than in the file.

    Raises:
        WeighinError: The checkpoint or a task cannot be loaded, or another process ended.
    """
    loaded = load_requirements(Path(requirements), rule_shapes(), overrides)
    options = RunOptions(
        results=Path(),
        only=tuple(only),
        max_samples=max_samples,
        checkpoint=None if checkpoint is None else Path(checkpoint),
    )
    launched.follow(loaded, options)
