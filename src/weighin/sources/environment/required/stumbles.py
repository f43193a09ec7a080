"""All that `weighin run FILE` would stumble over, as far as it can be seen without loading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import RequirementsError, WeighinError
from weighin.extras import installing
from weighin.files.stores.opening import is_url
from weighin.identity.published.revision import is_on_hub
from weighin.requirements.checks.endpoint_prompts import refuse_templates
from weighin.requirements.model import Requirements
from weighin.sources.environment.examined import USAGE, Examined, Health, Topic
from weighin.sources.environment.machine import Machine
from weighin.sources.environment.packages import WHAT_FOR, missing_for
from weighin.sources.environment.required.checkpoint import examined_checkpoint
from weighin.sources.environment.required.endpoint import examined_endpoint
from weighin.sources.environment.required.tasks import examined_tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where a file would be run.

    Attributes:
        machine: What this machine has.
        environment: Variables.
        results: Where results go.
        checkpoint: Folder of the checkpoint, where the file names it by its id.
        asks: Whether a server may be asked whether it is there.
    """

    machine: Machine
    environment: Mapping[str, str]
    results: str | Path
    checkpoint: Path | None
    asks: bool


def stumbles(requirements: Requirements, here: Here) -> Iterator[Examined]:
    """What a run of requirements needs, each with whether it is there."""
    yield from _extras(requirements, here.results)
    try:
        refuse_templates(requirements)
    except RequirementsError as error:
        yield problem("prompts", error)
    if requirements.model.endpoint is not None:
        yield from examined_endpoint(requirements, here.environment, asks=here.asks)
    else:
        try:
            yield from examined_checkpoint(
                requirements, here.machine, here.environment, here.checkpoint
            )
        except WeighinError as error:
            yield problem("checkpoint", error)
    yield from examined_tasks(requirements)


def problem(name: str, error: WeighinError) -> Examined:
    """An error of ours that a run would end with."""
    words, _, fix = str(error).partition("; ")
    return Examined(
        topic=Topic.FILE,
        name=name,
        health=Health.PROBLEM,
        words=words,
        fix=fix,
        exit_code=error.exit_code,
    )


def _extras(requirements: Requirements, results: str | Path) -> Iterator[Examined]:
    needed = ["hf" if requirements.model.endpoint is None else "api"]
    if is_on_hub(requirements.model.checkpoint):
        needed.append("hub")
    if is_url(results):
        needed.append("store")
    for extra in needed:
        if missing := missing_for(extra):
            yield Examined(
                topic=Topic.FILE,
                name=f"extra {extra}",
                health=Health.PROBLEM,
                words=f"needed for {WHAT_FOR[extra]}; {', '.join(missing)} not installed",
                fix=installing(extra),
                exit_code=USAGE,
            )
        else:
            words = f"needed for {WHAT_FOR[extra]}; installed"
            yield Examined(topic=Topic.FILE, name=f"extra {extra}", health=Health.OK, words=words)
