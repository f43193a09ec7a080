"""What the witness did not see of a command, in sentences."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from weighin.executors.witnessed.told import Program, SeenProcess

# Python reads no `sitecustomize`, or no PYTHONPATH, with one of these before its program.
_ALONE = frozenset("IES")
_TAKE_A_VALUE = frozenset("cmWX")
# Compiles what its parent computes with; it is given a PYTHONPATH of its own.
_OF_A_COMPILER = "torch/_inductor/compile_worker/__main__.py"
_PYTHON = re.compile(r"python[0-9.]*(\.exe)?")
_SHELLS = frozenset({"sh", "bash", "dash", "zsh"})
_NOTHING = frozenset({"-i", "-", "--ignore-environment"})
_SHOWN = 3


def unwatched_programs(processes: Sequence[SeenProcess]) -> tuple[Program, ...]:
    """Programs that were started so that no witness could be in them, although one may answer."""
    return tuple(
        program
        for process in processes
        for program in process.programs
        if not _was_seen(program, processes) and why_not_seen(program)
    )


def why_not_seen(program: Program) -> str:
    """Why the witness cannot be in a program; empty if it can, or if it is none of Python's."""
    name, arguments = _name(program.program), program.arguments
    if not program.has_witness:
        return "with an environment of its own"
    if name in _SHELLS and (why := _in_a_shell(arguments[-1])):
        return why
    if name == "env" and _NOTHING.intersection(arguments[1:]):
        return "without the environment"
    if _is_python(name) and (flag := _alone(arguments[1:])):
        return f"with {flag}"
    if _is_python(name) and not any(one.endswith(_OF_A_COMPILER) for one in arguments):
        return "and told nothing of itself"
    return ""


def _in_a_shell(command: str) -> str:
    try:
        words = shlex.split(command)
    except ValueError:  # a quotation without its end
        words = command.split()
    for place, word in enumerate(words):
        if _is_python(_name(word)) and (flag := _alone(words[place + 1 :])):
            return f"with {flag}"
        if _name(word) == "env" and _NOTHING.intersection(words[place + 1 : place + 2]):
            return "without the environment"
    return ""


def sentences(processes: Sequence[SeenProcess]) -> Iterator[str]:
    """What was not seen, and of what it is not known."""
    if not processes:
        yield (
            "no Python process told of itself: the command is of another language, or runs Python "
            "with -I, -E or -S, or without its environment; what answered is unknown"
        )
    unwatched = unwatched_programs(processes)
    for program in unwatched[:_SHOWN]:
        shown = " ".join((_name(program.program), *program.arguments[1:]))[:120]
        yield f"{shown}: started {why_not_seen(program)}: nothing of it was seen"
    if len(unwatched) > _SHOWN:
        yield f"{len(unwatched) - _SHOWN} more programs that were started so"
    others = dict.fromkeys(
        _name(program.program)
        for process in processes
        for program in process.programs
        if program not in unwatched and not _was_seen(program, processes)
    )
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        named = ", ".join(list(others)[:_SHOWN])
        yield f"programs that told nothing of themselves: {named}{more}; unknown what they did"
    for process in processes:
        yield from _of_process(process)


def _of_process(process: SeenProcess) -> Iterator[str]:
    for engine in process.engines:
        yield (
            f"process {process.pid} imported {engine}, whose engine is not watched yet: what it "
            "answered is unknown"
        )
    yield from (f"process {process.pid}: {why}" for why in process.unwatched)
    yield from (f"process {process.pid}: the witness: {why}" for why in process.failures[:_SHOWN])
    for path in process.meddled[:_SHOWN]:
        yield f"process {process.pid} wrote into the witness's own folder: {path}"
    if process.lost:
        yield f"process {process.pid}: {process.lost} lines that it could not write"
    if not process.has_ended and process.models:
        yield f"process {process.pid} ended without a word: what came after its last one is unknown"


def _was_seen(program: Program, processes: Sequence[SeenProcess]) -> bool:
    """Whether a program is one of the processes that told of themselves."""
    return program.has_witness and any(
        process.arguments[1:] == program.arguments[1:] for process in processes
    )


def _name(program: str) -> str:
    return PurePath(program).name


def _is_python(name: str) -> bool:
    return _PYTHON.fullmatch(name) is not None


def _alone(arguments: Sequence[str]) -> str:
    """The option with which Python is alone; empty if there is none."""
    for argument in arguments:
        if not argument.startswith("-") or argument.startswith("--"):
            return ""
        for letter in argument[1:]:
            if letter in _ALONE:
                return f"-{letter}"
            if letter in _TAKE_A_VALUE:
                return ""
    return ""
