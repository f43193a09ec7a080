"""Make the first files: what was asked for in flags, or in a command that people already have."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from weighin.api.first_files.pinning import Pinned, pinned
from weighin.errors import UsageError
from weighin.files.written import write_new_files
from weighin.files.yaml.problems import Problem, dotted
from weighin.reports.requirements.first_files.made import FirstFiles, ToFill
from weighin.reports.requirements.first_files.requirements_text import Draft, requirements_text
from weighin.requirements.format import DEFAULT_PROFILE
from weighin.requirements.loading import problems_of
from weighin.rules.catalogue import rule_shapes
from weighin.sources.command_lines.described import (
    INSTEAD,
    Carried,
    Described,
    Harness,
    Keys,
    LeftOut,
    Source,
)
from weighin.sources.command_lines.reading import described_command

_HOSTED: Final = "hosted"
_CHECKPOINT: Keys = ("model", "checkpoint")
_MOST_ROUNDS = 20


def init(
    *,
    command: str | None = None,
    checkpoint: str | None = None,
    tasks: Sequence[str] = (),
    num_fewshot: int | None = None,
    output: str | Path = "weighin.yaml",
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
        on_hashing: Called with bytes hashed and bytes in all.

    Raises:
        UsageError: There is no checkpoint or no task, or a file lies there already.
        CheckpointError: The folder holds no checkpoint.
        InfrastructureError: The disk is full or failing.
    """
    place = Path(output)
    described = _asked(command, checkpoint, tasks, num_fewshot)
    _require_something(described)
    found = None if described.source is None else pinned(described.source, on_hashing)
    described, content, to_fill = _settled(described, found, place)
    files: list[tuple[Path, bytes]] = []
    if found is not None and found.manifest is not None:
        files.append((_manifest_of(found, place), found.manifest))
    files.append((place, content))
    written = write_new_files(files, what="file", way_out="name another with --output")
    return FirstFiles(
        requirements=place,
        described=described,
        model=_value(described, "name") if found is None else found.name,
        checkpoint=_value(described, "endpoint", "url") if found is None else found.checkpoint,
        pinned_by="" if found is None else found.pinned_by,
        to_fill=to_fill,
        files=written,
        command=("weighin", "plan", str(place)),
    )


def _value(described: Described, *keys: str) -> str:
    """What a command says of a served model; empty if nothing."""
    found = (each.value for each in described.carried if each.keys == ("model", *keys))
    return str(next(found, ""))


def _asked(
    command: str | None, checkpoint: str | None, tasks: Sequence[str], num_fewshot: int | None
) -> Described:
    """What the command and the flags ask; the flags go first."""
    if command is None:
        described = Described(harness=Harness.WEIGHIN, source=None, tasks=tuple(tasks))
    else:
        described = described_command(command, tasks)
    if checkpoint is not None:
        left = ()
        if described.source is not None:
            left = (
                LeftOut(
                    flag=described.source.flag,
                    given=described.source.place,
                    why=INSTEAD,
                    may_change_scores=False,
                ),
            )
        described = replace(
            described,
            source=Source(flag="--checkpoint", place=checkpoint),
            left_out=(*described.left_out, *left),
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
    return described


def _require_something(described: Described) -> None:
    is_served = any(each.keys[:2] == ("model", "endpoint") for each in described.carried)
    lost = "".join(f"; {each.told}: {each.why}" for each in described.left_out if each.why)
    if described.source is None and not is_served:
        raise UsageError(f"expected a checkpoint, found none; give --checkpoint{lost}")
    if not described.tasks:
        raise UsageError(f"expected at least one task, found none; give --tasks{lost}")


def _settled(
    described: Described, found: Pinned | None, place: Path
) -> tuple[Described, bytes, tuple[ToFill, ...]]:
    """The file, without what no requirements file can hold; that is told instead.

    Raises:
        UsageError: Without it there would be no file.
    """
    for _ in range(_MOST_ROUNDS):
        content = requirements_text(_draft(described, found, place)).encode()
        problems = problems_of(content, rule_shapes())
        to_fill: tuple[ToFill, ...] = ()
        wrong: list[Problem] = []
        for problem in problems:
            if found is not None and found.is_unfilled and problem.keys == _CHECKPOINT:
                to_fill = (ToFill(place=f"{place}:{problem.place.line}", what=found.why_not),)
            else:
                wrong.append(problem)
        if not wrong:
            return described, content, to_fill
        for problem in wrong:
            described = _without(described, problem)
    raise UsageError(f"{dotted(wrong[0].keys)}: {wrong[0].text}")


def _without(described: Described, problem: Problem) -> Described:
    for each in described.carried:
        if problem.keys[: len(each.keys)] == each.keys:
            return described.without(each.keys, problem.text)
    flag = "--tasks" if problem.keys[:1] == ("benchmarks",) else dotted(problem.keys)
    raise UsageError(f"{flag}: {problem.text}")


def _manifest_of(found: Pinned, place: Path) -> Path:
    return place.parent / f"{found.name}.manifest.json"


def _draft(described: Described, found: Pinned | None, place: Path) -> Draft:
    notes: dict[Keys, str] = {}
    model: dict[str, JsonValue] = {}
    root: dict[str, JsonValue] = {
        "weighin": 1,
        "model": model,
        "profile": DEFAULT_PROFILE if found is not None else _HOSTED,
        "benchmarks": [{"task": task} for task in described.tasks],
    }
    if found is not None:
        is_path = found.is_folder
        model["name"] = found.name
        model["checkpoint"] = _from(place, found.checkpoint) if is_path else found.checkpoint
        if found.manifest is not None:
            model["released"] = _manifest_of(found, place).name
            notes["model", "released"] = f"pins the folder: {found.pinned_by}"
        elif found.pinned_by:
            notes[_CHECKPOINT] = f"pinned: {found.pinned_by}"
        else:
            notes[_CHECKPOINT] = "fill in the commit" if found.is_unfilled else "not pinned yet"
    for each in described.carried:
        value = each.value
        if each.is_path and isinstance(value, str):
            value = _from(place, value)
        _put(root, each.keys, value)
        if each.keys[0] != "benchmarks" or described.harness is Harness.WEIGHIN:
            notes.setdefault(each.keys, each.note or each.flag)
    notes["model", "name"] = "the name that the scores are claimed under"
    left = [each for each in described.left_out if each.may_change_scores]
    return Draft(
        written_from=f"a command of {described.harness}"
        if described.harness is not Harness.WEIGHIN
        else "its flags",
        root=root,
        notes=notes,
        ready=described.ready,
        left_out=tuple(f"{each.told}: {each.why}" for each in left),
    )


def _from(place: Path, written: str) -> str:
    """A path from the folder of the requirements file, where it was meant from the current one."""
    if os.path.isabs(written) or place.parent == Path():  # noqa: PTH117  # a text, as it was typed
        return written
    return os.path.relpath(written, place.parent)


def _put(root: dict[str, JsonValue], keys: Keys, value: JsonValue) -> None:
    """Write a value at its keys; lists and mappings on the way are made."""
    here: dict[str, JsonValue] | list[JsonValue] = root
    for key, after in zip(keys, (*keys[1:], None), strict=True):
        empty: JsonValue = [] if isinstance(after, int) else {}
        if isinstance(here, list) and isinstance(key, int):
            while len(here) <= key:
                here.append(empty)
            if after is None:
                here[key] = value
                return
            child = here[key]
        elif isinstance(here, dict) and isinstance(key, str):
            if after is None:
                here[key] = value
                return
            child = here.setdefault(key, empty)
        else:
            raise TypeError(f"{keys}: expected a key of a mapping or an index of a list")
        if not isinstance(child, dict | list):
            raise TypeError(f"{keys}: expected a mapping or list on the way, found a value")
        here = child
