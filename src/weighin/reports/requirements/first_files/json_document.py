"""The first files as one JSON document."""

from typing import Final, Literal

from pydantic import JsonValue

from weighin.files.strict_model import StrictModel
from weighin.reports.requirements.first_files.made import FirstFiles
from weighin.reports.shared.json_text import json_text
from weighin.sources.command_lines.described import Harness

INITIAL_FILES_FORMAT: Final = "weighin.initial-files/1"


class CarriedEntry(StrictModel):
    """What was carried over into one key.

    Attributes:
        flag: As a user would look for it, for example `--model_args dtype`.
        given: Its value; `(not shown)` where it may be a secret.
        key: Where it stands in the requirements file, dotted.
        value: What stands there.
    """

    flag: str
    given: str
    key: str
    value: JsonValue


class LeftOutEntry(StrictModel):
    """What was not carried over.

    Attributes:
        flag: As a user would look for it.
        given: Its value; `(not shown)` where it may be a secret, empty if it has none.
        why: Why, and what to write instead.
        may_change_scores: Whether the benchmarks would be scored otherwise with it.
    """

    flag: str
    given: str
    why: str
    may_change_scores: bool


class ToFillEntry(StrictModel):
    """A line that waits for a value.

    Attributes:
        place: `file:line`.
        what: What to write there, and why it is not there yet.
    """

    place: str
    what: str


class InitialFilesDocument(StrictModel):
    """What was understood of flags or of a command line, and the files made of it.

    Attributes:
        format: Always `weighin.initial-files/1`.
        harness: Whose command line it was; `weighin` if flags of `weighin init` said it all.
        requirements: The requirements file.
        model: The name that scores are claimed under.
        checkpoint: The checkpoint, or the URL of a served model.
        pinned_by: What pins the checkpoint, in words; empty if nothing does yet.
        tasks: Names of the benchmarks.
        carried: Every setting that has a key.
        left_out: Every setting that has none, with why.
        to_fill: Lines that wait for a value.
        written: Files that were made.
        unchanged: Files that lay there already, with the same content.
        next_command: What to do next, word by word.
    """

    format: Literal["weighin.initial-files/1"]
    harness: Harness
    requirements: str
    model: str
    checkpoint: str
    pinned_by: str
    tasks: tuple[str, ...]
    carried: tuple[CarriedEntry, ...]
    left_out: tuple[LeftOutEntry, ...]
    to_fill: tuple[ToFillEntry, ...]
    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    next_command: tuple[str, ...]


def render(made: FirstFiles) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    described = made.described
    return json_text(
        InitialFilesDocument(
            format=INITIAL_FILES_FORMAT,
            harness=described.harness,
            requirements=str(made.requirements),
            model=made.model,
            checkpoint=made.checkpoint,
            pinned_by=made.pinned_by,
            tasks=described.tasks,
            carried=tuple(
                CarriedEntry(
                    flag=each.flag,
                    given=each.given,
                    key=".".join(map(str, each.keys)),
                    value=each.value,
                )
                for each in described.carried
            ),
            left_out=tuple(
                LeftOutEntry(
                    flag=each.flag,
                    given=each.given,
                    why=each.why,
                    may_change_scores=each.may_change_scores,
                )
                for each in described.left_out
            ),
            to_fill=tuple(ToFillEntry(place=f.place, what=f.what) for f in made.to_fill),
            written=tuple(map(str, made.files.written)),
            unchanged=tuple(map(str, made.files.unchanged)),
            next_command=made.command,
        )
    )
