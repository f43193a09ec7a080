"""What is asked of a person at a terminal, where no flag says it."""

import sys
from dataclasses import dataclass
from typing import Final

import typer

from weighin.errors import UsageError

_FLAGS: Final = "--checkpoint FOLDER|hf://org/name and --tasks A,B, or --from 'lm_eval …'"
_MOST_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a first requirements file is to be about.

    Attributes:
        checkpoint: The checkpoint; `None` if a command names it.
        tasks: The tasks; empty if a command names them.
        num_fewshot: Shots of each; `None` leaves them to the task, or to a command.
    """

    checkpoint: str | None
    tasks: tuple[str, ...]
    num_fewshot: int | None


def answered(
    checkpoint: str | None, tasks: str | None, num_fewshot: int | None, *, is_asked: bool
) -> Wanted:
    """What flags say, and what a person answers where they do not.

    Args:
        checkpoint: Of `--checkpoint`.
        tasks: Of `--tasks`.
        num_fewshot: Of `--fewshot`.
        is_asked: Whether nothing else says it.

    Raises:
        UsageError: Something is missing, and nobody can be asked.
    """
    if is_asked and (checkpoint is None or tasks is None):
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            missing = "--checkpoint" if checkpoint is None else "--tasks"
            raise UsageError(f"expected {_FLAGS}; found no {missing}, and no terminal to ask at")
        if checkpoint is None:
            checkpoint = _ask("checkpoint (a folder, or hf://org/name)")
        if tasks is None:
            tasks = _ask("tasks of lm-eval, with commas between them")
        if num_fewshot is None:
            shots = _ask("shots of every benchmark (empty: as each task has it)", default="")
            if shots and not shots.isdecimal():
                raise UsageError(f"--fewshot: expected a whole number, found {shots}")
            num_fewshot = int(shots) if shots else None
    names = tuple(dict.fromkeys(name.strip() for name in (tasks or "").split(",")))
    return Wanted(checkpoint=checkpoint, tasks=tuple(filter(None, names)), num_fewshot=num_fewshot)


def command_from(given: str | None) -> str | None:
    """The command line that was given, or that stands on standard input.

    Raises:
        UsageError: Nothing stands there, or no text.
    """
    if given != "-":
        return given
    content = sys.stdin.buffer.read(_MOST_BYTES + 1)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("--from -: expected text in UTF-8 on standard input") from error
    if not text.strip() or len(content) > _MOST_BYTES:
        raise UsageError(
            f"--from -: expected a command line on standard input, found {len(content)} bytes"
        )
    return text


def _ask(question: str, *, default: str | None = None) -> str:
    try:
        answer: str = typer.prompt(question, default=default, show_default=False, err=True)
    except typer.Abort as error:
        # Whoever ends the input, or presses Ctrl-C, wants no file.
        raise KeyboardInterrupt from error
    return answer.strip()
