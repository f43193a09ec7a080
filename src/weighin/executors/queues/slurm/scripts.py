"""The scripts that Slurm runs: an array of jobs, and the check behind it."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from weighin.executors.queues.handed_out import HandedOut
from weighin.executors.queues.slurm.options import Behind, SlurmOptions
from weighin.executors.queues.slurm.quoting import directive, in_bash
from weighin.version import __version__

# No argument of a program can be this.
_INDEX: Final = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who submits, and from where.

    Attributes:
        program: What starts `weighin`.
        folder: The working folder.
        requirements: Absolute path of the requirements file.
        overrides: What is stated otherwise than in it, each as `KEY=VALUE`.
    """

    program: tuple[str, ...]
    folder: str
    requirements: str
    overrides: tuple[str, ...] = ()


def array_script(handed: HandedOut, options: SlurmOptions, caller: Caller) -> str:
    """The script of an array with one task a job.

    A task that ends with 75 asks Slurm to start it again, a few times; one that is refused (3)
    never does. What Slurm itself takes a machine away from is started again, too.
    """
    at_once = "" if handed.most_at_once is None else f"%{handed.most_at_once}"
    arguments = (*caller.program, *handed.arguments(_INDEX))
    words = ['"$SLURM_ARRAY_TASK_ID"' if a == _INDEX else in_bash(a) for a in arguments]
    return _text(
        "#!/bin/bash",
        f"# {handed.count} jobs of plan {handed.plan_id}, by weighin {__version__}.",
        *_how_to_check(handed, options, caller),
        directive(f"--job-name={handed.name}"),
        directive(f"--array={_ranges(handed.indices)}{at_once}"),
        directive("--nodes=1"),
        directive("--ntasks=1"),
        directive("--requeue" if handed.retries else "--no-requeue"),
        directive("--open-mode=append"),
        options.output(f"{handed.name}-%A_%a.out"),
        *options.for_jobs(),
        "",
        *_surroundings(handed, caller),
        " ".join(words),
        "code=$?",
        f'if [ "$code" -eq 75 ] && [ "${{SLURM_RESTART_COUNT:-0}}" -lt {handed.retries} ]; then',
        '  echo "weighin: exit code 75; Slurm is asked to start the job again" >&2',
        "  # It ends this script when it has taken the task back. Of the last task SLURM_JOB_ID is",
        "  # the number of the array, by which all tasks would be started again.",
        '  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && sleep 60',
        "fi",
        'exit "$code"',
    )


def check_script(handed: HandedOut, options: SlurmOptions, caller: Caller) -> str:
    """The script whose exit code is that of the verdict."""
    return _text(
        "#!/bin/bash",
        f"# The check of plan {handed.plan_id}, by weighin {__version__}.",
        directive(f"--job-name={handed.name}-check"),
        directive("--nodes=1"),
        directive("--ntasks=1"),
        options.output(f"{handed.name}-check-%j.out"),
        *options.for_check(),
        "",
        *_surroundings(handed, caller),
        f"exec {_check(handed, caller)}",
    )


def dependency(options: SlurmOptions, array: str) -> tuple[str, ...]:
    """The options of `sbatch` by which a check waits for an array.

    Args:
        options: What is asked of Slurm.
        array: The id of the array.
    """
    # Else a check that can never begin waits for ever.
    return (f"--dependency={options.behind}:{array}", "--kill-on-invalid-dep=yes")


def _how_to_check(handed: HandedOut, options: SlurmOptions, caller: Caller) -> Iterator[str]:
    if options.behind is not Behind.NONE:
        waits = " ".join(dependency(options, "ARRAY"))
        yield "# The check behind it, where ARRAY is the number that sbatch prints for this script:"
        yield f"#   sbatch {waits} --wrap={in_bash(_check(handed, caller))}"


def _check(handed: HandedOut, caller: Caller) -> str:
    changed = (f"--set={text}" for text in caller.overrides)
    words = (*caller.program, "check", *changed, caller.requirements, handed.results)
    return " ".join(map(in_bash, words))


def _surroundings(handed: HandedOut, caller: Caller) -> Iterator[str]:
    yield f"cd -- {in_bash(caller.folder)} || exit 75"
    for name, value in sorted(handed.environment.items()):
        yield f"export {name}={in_bash(value)}"


def _ranges(indices: Sequence[int]) -> str:
    """Numbers as `--array` takes them, `0-3,7`."""
    groups = itertools.groupby(enumerate(indices), key=lambda pair: pair[1] - pair[0])
    runs = [[index for _, index in group] for _, group in groups]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _text(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)
