"""What is here: packages, machine, hub, variables; and what a run of a file would stumble over."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from weighin.errors import CheckpointError, RequirementsError
from weighin.rules.judging.validating import ValidatedFile, validated
from weighin.sources.environment.examined import Examined, Health, Topic
from weighin.sources.environment.harness_package import examined_harness
from weighin.sources.environment.hub import examined_hub
from weighin.sources.environment.machine import examined_machine, this_machine
from weighin.sources.environment.packages import examined_packages
from weighin.sources.environment.required.stumbles import Here, stumbles
from weighin.sources.environment.startup import examined_startup
from weighin.sources.environment.variables import examined_variables


def doctor(
    requirements: str | Path | None = None,
    *,
    results: str | Path = "results",
    checkpoint: str | Path | None = None,
    online: bool = True,
    today: date | None = None,
) -> tuple[Examined, ...]:
    """What is here, and what `run` would stumble over. Nothing is loaded, scored or written.

    Args:
        requirements: The requirements file; `None` for what holds for any.
        results: Where results would go.
        checkpoint: Folder of the checkpoint, where the requirements name it by its id.
        online: Whether the hub and the server of the requirements may be asked whether they answer.
        today: The day on which waivers must hold; the current day (UTC) by default.

    Raises:
        CheckpointError: There is no such folder.
        RequirementsError: There is no such file. One that is wrong is told as all else.
    """
    if requirements is not None and not os.path.lexists(requirements):
        raise RequirementsError(f"{requirements}: no such file; check the path")
    if checkpoint is not None and not Path(checkpoint).is_dir():
        raise CheckpointError(f"--checkpoint {checkpoint}: expected a folder, found none there")
    machine = this_machine()
    found = [
        *examined_packages(),
        *examined_harness(),
        *examined_machine(machine, results),
        *examined_hub(os.environ, asks=online),
        *examined_variables(os.environ),
        *examined_startup(),
    ]
    if requirements is not None:
        file = validated(Path(requirements), today or datetime.now(UTC).date())
        here = Here(
            machine=machine,
            environment=os.environ,
            results=results,
            checkpoint=None if checkpoint is None else Path(checkpoint),
            asks=online,
        )
        found.extend(examined_file(file, here))
    return tuple(found)


def examined_file(file: ValidatedFile, here: Here) -> Iterator[Examined]:
    """A requirements file, and what it asks of this machine."""
    if file.requirements is None:
        for words in file.problems:
            yield Examined(
                topic=Topic.FILE,
                name="file",
                health=Health.PROBLEM,
                words=words,
                fix="`weighin explain` names the rules, `weighin schema` the keys",
                exit_code=RequirementsError.exit_code,
            )
        return
    asked = len(file.requirements.benchmarks)
    words = f"{file.file}: valid, {asked} benchmark{'s' if asked > 1 else ''}"
    yield Examined(topic=Topic.FILE, name="file", health=Health.OK, words=words)
    found = tuple(stumbles(file.requirements, here))
    yield from found
    problems = " ".join(one.words for one in found if one.health is Health.PROBLEM)
    for remark in file.remarks:
        # What is missing was told with what it is needed for.
        if ": ".join(remark.split(": ")[:2]) not in problems:
            yield Examined(topic=Topic.FILE, name="file", health=Health.NOTE, words=remark)
