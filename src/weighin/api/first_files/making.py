"""Make the first files: what was asked for in flags, or in a command that people already have."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from weighin.api.first_files.ci_system import CiSystem
from weighin.api.first_files.drafting import drafted, manifest_of
from weighin.api.first_files.pinning import Pinned, pinned
from weighin.api.first_files.workflows import Workflow, workflow_for
from weighin.errors import RequirementsError, UsageError
from weighin.files.written import write_new_files
from weighin.files.yaml.problems import Problem, dotted
from weighin.reports.requirements.first_files.made import FirstFiles, ToFill
from weighin.reports.requirements.first_files.requirements_text import requirements_text
from weighin.requirements.loading import problems_of
from weighin.rules.catalogue import rule_shapes
from weighin.sources.command_lines.described import (
    FILLED_BY_A_SHELL,
    Carried,
    Described,
    Harness,
    Keys,
    LeftOut,
    Source,
)
from weighin.sources.command_lines.reading import described_command

PathLike = str | Path

_CHECKPOINT: Keys = ("model", "checkpoint")
# Without these there is no file to write.
_NEEDED = frozenset({"task", "name", "checkpoint", "url", "url_env", "served_model", "api"})
# Where it cannot be told again: a shell fills something in, or it may hold a secret.
_AS_TYPED = ("COMMAND",)
_WAY_OUT = "give another place with --output, or --force to replace it"


def init(
    *,
    command: str | None = None,
    checkpoint: str | None = None,
    tasks: Sequence[str] = (),
    num_fewshot: int | None = None,
    output: PathLike = "weighin.yaml",
    ci: CiSystem | None = None,
    witness: bool = False,
    replaces: bool = False,
    on_hashing: Callable[[int, int], None] | None = None,
) -> FirstFiles:
    """Write a requirements file, and what pins the checkpoint that it names.

    Args:
        command: A command line of lm-eval, Inspect or LightEval. It is read and never run, and
            nothing in it is expanded.
        checkpoint: A folder, or `hf://org/name`; goes before what the command names.
        tasks: Names of lm-eval tasks; go before those of the command.
        num_fewshot: Shots of every benchmark; goes before those of the command.
        output: The requirements file.
        ci: Whose workflow to write, too; `None` for none.
        witness: Whether the command itself is to score, under `weighin witness`, whose records are
            judged.
        replaces: Whether files that lie there already are replaced.
        on_hashing: Called with bytes hashed and bytes in all.

    Raises:
        UsageError: There is no checkpoint or no task, or a file lies there already.
        RequirementsError: The folder of the requirements file is not there.
        CheckpointError: The folder holds no checkpoint.
        InfrastructureError: The disk is full or failing.
    """
    place = Path(output)
    _require_folder(place)
    described = _asked(command, checkpoint, tasks, num_fewshot)
    _require_something(described)
    if witness:
        described = _witnessed(described)
    scoring = ("weighin", "witness", "--", *(described.typed or _AS_TYPED)) if witness else ()
    workflow = None if ci is None else workflow_for(ci, place, described.logs, scoring)
    found = None if described.source is None else pinned(described.source, on_hashing)
    described = _with_code(_with_checkpoint(described, found), found)
    described, content, to_fill = _settled(described, found, place, scoring)
    files = [(place, content)]
    if found is not None and found.manifest is not None:
        files.insert(0, (manifest_of(found, place), found.manifest))
    if workflow is not None:
        files.insert(0, (workflow.place, workflow.content))
        to_fill = (*to_fill, *_steps(workflow))
    _require_apart([path for path, _ in files])
    written = write_new_files(files, what="file", way_out=_WAY_OUT, replaces=replaces)
    return FirstFiles(
        requirements=place,
        described=described,
        model=_value(described, "name") if found is None else found.name,
        checkpoint=_value(described, "endpoint", "url") if found is None else found.checkpoint,
        pinned_by="" if found is None else found.pinned_by,
        to_fill=to_fill,
        files=written,
        command=scoring
        or (
            ("weighin", "check", str(place), described.logs)
            if described.logs
            else ("weighin", "plan", str(place))
        ),
    )


def _require_folder(place: Path) -> None:
    """Refuse to make folders that nobody asked for: a path that is not there is a slip of the pen.

    Raises:
        RequirementsError: There is no such folder.
    """
    if not place.parent.is_dir():
        raise RequirementsError(
            f"--output {place}: expected a place in a folder that is there, found no folder "
            f"{place.parent}; make it first, or give another place"
        )


def _witnessed(described: Described) -> Described:
    """The same, for the records that the witness makes of the command.

    Raises:
        UsageError: There is no command, or what answers it is elsewhere.
    """
    if described.harness is Harness.WEIGHIN:
        raise UsageError("--witness: expected a command that scores, found none; give --from")
    if described.source is None:
        raise UsageError(
            "--witness: expected a model that the command itself loads, found a served one: of "
            "what answers elsewhere nothing would be seen"
        )
    return replace(described, logs="")


def _require_apart(places: Sequence[Path]) -> None:
    """Refuse to write one file over another.

    Raises:
        UsageError: Two of them are one.
    """
    real = [os.path.realpath(place) for place in places]
    for place, path in zip(places, real, strict=True):
        if real.count(path) > 1:
            raise UsageError(f"--output {place}: another file is written there, too; name another")


def _asked(
    command: str | None, checkpoint: str | None, tasks: Sequence[str], num_fewshot: int | None
) -> Described:
    """What the command and the flags ask; the flags go first."""
    described = Described(harness=Harness.WEIGHIN, source=None, tasks=tuple(tasks))
    if command is not None:
        described = described_command(command, tasks, has_checkpoint=checkpoint is not None)
    for index, task in enumerate(tasks):
        described = described.with_carried(
            Carried(flag="--tasks", given=task, keys=("benchmarks", index, "task"), value=task)
        )
    if num_fewshot is not None:
        for index in range(len(described.tasks)):
            described = described.with_carried(
                Carried(
                    flag="--fewshot",
                    given=str(num_fewshot),
                    keys=("benchmarks", index, "num_fewshot"),
                    value=num_fewshot,
                )
            )
    if checkpoint is not None:
        described = described.asked_of(Source(flag="--checkpoint", place=checkpoint))
    return described


def _with_checkpoint(described: Described, found: Pinned | None) -> Described:
    """The same with the checkpoint as it was pinned."""
    source = described.source
    if source is None or found is None:
        return described
    one = Carried(
        flag=source.flag,
        given=source.place,
        keys=_CHECKPOINT,
        value=found.checkpoint,
        is_path=found.is_folder,
    )
    of_revision = _revision(source, one)
    if isinstance(of_revision, LeftOut):
        described = replace(described, left_out=(*described.left_out, of_revision))
    elif of_revision is not None:
        described = replace(described, carried=(of_revision, *described.carried))
    return replace(described, carried=(one, *described.carried))


def _with_code(described: Described, found: Pinned | None) -> Described:
    """The same with the Python of the checkpoint that was allowed to run, for a person to read."""
    if not described.trusts_code:
        return described
    is_harmless = found is None or (found.is_read and not found.programs)
    names = "FILE.py"
    if found is None:
        why = "a served model is loaded elsewhere"
    elif is_harmless:
        why = "there is no Python in the checkpoint that could run"
    else:
        why = "read the Python files of the checkpoint, and name those that may run in remote_code"
        names = ", ".join(found.programs) or names
        line = f"remote_code: [{names}]  # runs on loading: read it before"
        described = described.with_ready(("model",), line)
    left = LeftOut(
        flag=described.trusts_code,
        given="",
        why=why,
        may_change_scores=not is_harmless,
    )
    return replace(described, left_out=(*described.left_out, left))


def _revision(source: Source, checkpoint: Carried) -> Carried | LeftOut | None:
    """What became of a revision that was named; `None` if none was."""
    if source.revision is None:
        return None
    flag = " ".join((*source.flag.split(" ")[:-1], "revision"))
    if checkpoint.is_path:
        why = "a folder has none, and the harness passes it over, too"
        return LeftOut(flag=flag, given=source.revision, why=why, may_change_scores=False)
    return replace(checkpoint, flag=flag, given=source.revision)


def _require_something(described: Described) -> None:
    is_served = any(each.keys[:2] == ("model", "endpoint") for each in described.carried)
    lost = [e for e in described.left_out if e.why == FILLED_BY_A_SHELL]
    told = "".join(f"; {each.told}: {each.why}" for each in lost)
    if described.source is None and not is_served:
        raise UsageError(
            f"expected a checkpoint, found none; give --checkpoint FOLDER or hf://org/name{told}"
        )
    if not described.tasks:
        others = [e for e in described.left_out if e.flag == "--tasks" and e not in lost]
        more = "".join(f"; not {each.told}: {each.why}" for each in others)
        raise UsageError(f"expected at least one task, found none; give --tasks A,B{told}{more}")


def _settled(
    described: Described, found: Pinned | None, place: Path, scoring: tuple[str, ...]
) -> tuple[Described, bytes, tuple[ToFill, ...]]:
    """The file, without what no requirements file can hold; that is told instead.

    Raises:
        UsageError: Without it there would be no file.
    """
    while True:
        text = requirements_text(drafted(described, found, place, scoring))
        problems = problems_of(text.encode(), rule_shapes())
        is_unfilled = found is not None and found.is_unfilled
        wrong = [p for p in problems if not (is_unfilled and p.keys == _CHECKPOINT)]
        if not wrong:
            return described, text.encode(), _to_fill(found, place, text)
        for problem in wrong:
            described = _without(described, problem)


def _without(described: Described, problem: Problem) -> Described:
    """What is asked without a setting that no file can hold.

    Raises:
        UsageError: It is needed.
    """
    at_fault = [e for e in described.carried if problem.keys[: len(e.keys)] == e.keys]
    flag = at_fault[0].flag if at_fault else dotted(problem.keys)
    if not at_fault or at_fault[0].keys[-1] in _NEEDED:
        raise UsageError(f"{flag}: {problem.text}")
    return described.without(at_fault[0].keys, problem.text)


def _to_fill(found: Pinned | None, place: Path, text: str) -> tuple[ToFill, ...]:
    """The line of the checkpoint, if nothing pins it yet."""
    if found is None or not found.why_not:
        return ()
    lines = text.splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.startswith("  checkpoint: "))
    return (ToFill(place=f"{place}:{number}", what=found.why_not),)


def _steps(workflow: Workflow) -> tuple[ToFill, ...]:
    return tuple(
        ToFill(place=f"{workflow.place}:{number}", what=what) for number, what in workflow.to_fill
    )


def _value(described: Described, *keys: str) -> str:
    """What a command says of a served model; empty if nothing."""
    found = (each.value for each in described.carried if each.keys == ("model", *keys))
    return str(next(found, ""))
