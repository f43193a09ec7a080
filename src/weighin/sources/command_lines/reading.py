"""A command line of any harness, in the keys of a requirements file."""

from collections.abc import Sequence
from dataclasses import replace

from weighin.sources.command_lines import lighteval
from weighin.sources.command_lines.commands import Evaluation, evaluation_in
from weighin.sources.command_lines.described import Described, Harness, LeftOut
from weighin.sources.command_lines.inspect import reading as inspect
from weighin.sources.command_lines.lm_eval import reading as lm_eval
from weighin.sources.command_lines.values import may_hold_secret


def described_command(
    text: str, tasks: Sequence[str] = (), *, has_checkpoint: bool = False
) -> Described:
    """What the one evaluation in some lines of a shell asks.

    Args:
        text: The lines. They are read and never run, and nothing in them is expanded.
        tasks: lm-eval tasks to ask instead of what the command names.
        has_checkpoint: Whether a checkpoint is named elsewhere, so that it need not be one that
            weighin can load.

    Raises:
        UsageError: There is no such command, or it asks for what no requirements file can say.
    """
    evaluation = evaluation_in(text)
    match evaluation.harness:
        case Harness.INSPECT:
            described = inspect.described(evaluation, tasks, has_checkpoint=has_checkpoint)
        case Harness.LIGHTEVAL:
            described = lighteval.described(evaluation, tasks)
        case _:
            described = lm_eval.described(evaluation, tasks, has_checkpoint=has_checkpoint)
    environment = tuple(
        LeftOut(
            flag=name,
            given="",
            why="an environment variable; set it for `weighin run`, too, if it is needed",
            may_change_scores=False,
        )
        for name in evaluation.environment
    )
    return replace(
        described,
        left_out=(*evaluation.left_out, *environment, *described.left_out),
        typed=_typed(evaluation),
    )


def _typed(evaluation: Evaluation) -> tuple[str, ...]:
    """The command as it can be typed again; empty if it cannot be told."""
    variables = [f"{name}={value}" for name, value in evaluation.environment.items()]
    words = (*(("env", *variables) if variables else ()), *evaluation.typed)
    is_told = not evaluation.unresolved and not may_hold_secret(words)
    return words if is_told else ()
