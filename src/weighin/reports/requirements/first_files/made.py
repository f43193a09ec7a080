"""What `weighin init` understood, and what it made of it."""

from dataclasses import dataclass
from pathlib import Path

from weighin.files.written import NewFiles
from weighin.sources.command_lines.described import Described


@dataclass(frozen=True, slots=True, kw_only=True)
class ToFill:
    """A line that waits for a value.

    Attributes:
        place: `file:line`.
        what: What to write there, and why it is not there yet.
    """

    place: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstFiles:
    """What was understood, and what was made of it.

    Attributes:
        requirements: The requirements file.
        described: What was asked, key by key.
        model: The name that the scores are claimed under.
        checkpoint: The checkpoint, or the URL of a served model.
        pinned_by: What pins the checkpoint, in words; empty if nothing does yet.
        to_fill: Lines that wait for a value, and steps that only a person can take.
        files: What was written.
        command: What to do next.
    """

    requirements: Path
    described: Described
    model: str
    checkpoint: str
    pinned_by: str
    to_fill: tuple[ToFill, ...]
    files: NewFiles
    command: tuple[str, ...]
