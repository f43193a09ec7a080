"""What is here and what stands in the way of a run, as one JSON document."""

from collections.abc import Sequence
from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text
from weighin.sources.environment.examined import Examined, Health, Topic

ENVIRONMENT_FORMAT: Final = "weighin.environment/1"


class ExaminedEntry(StrictModel):
    """One thing that was looked at. Neither its words nor its fix ever holds a secret.

    Attributes:
        topic: What it belongs to.
        name: What it is.
        health: Whether it stands in the way: a `problem` does, a `note` may matter.
        words: What was found.
        fix: What to do; empty where there is nothing to do.
        exit_code: With which a run would end because of it; 0 if it would not.
    """

    topic: Topic
    name: str
    health: Health
    words: str
    fix: str
    exit_code: int


class EnvironmentDocument(StrictModel):
    """What is here. It says nothing of any model.

    Attributes:
        format: Always `weighin.environment/1`.
        requirements: The file that was looked at; `null` for none.
        exit_code: Of the command: 0 if there is no problem.
        problems: How many there are.
        notes: How many there are.
        examined: All that was looked at.
    """

    format: Literal["weighin.environment/1"]
    requirements: str | None
    exit_code: int
    problems: int
    notes: int
    examined: tuple[ExaminedEntry, ...]


def render(found: Sequence[Examined], requirements: str | None, exit_code: int) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    health = [one.health for one in found]
    return json_text(
        EnvironmentDocument(
            format=ENVIRONMENT_FORMAT,
            requirements=requirements,
            exit_code=exit_code,
            problems=health.count(Health.PROBLEM),
            notes=health.count(Health.NOTE),
            examined=tuple(
                ExaminedEntry(
                    topic=one.topic,
                    name=one.name,
                    health=one.health,
                    words=one.words,
                    fix=one.fix,
                    exit_code=one.exit_code,
                )
                for one in found
            ),
        )
    )
