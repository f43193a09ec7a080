"""What a requirements file is to hold, key by key, with its comments."""

import os
import shlex
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from weighin.api.first_files.pinning import Pinned
from weighin.reports.requirements.first_files.requirements_text import Draft
from weighin.requirements.format import DEFAULT_PROFILE
from weighin.requirements.model import REQUIREMENTS_VERSION
from weighin.sources.command_lines.described import Described, Harness, Keys

_HOSTED: Final = "hosted"
_OF_LOGS: Final = "declared"
_DIGITS: Final = 12


def drafted(
    described: Described, found: Pinned | None, place: Path, scoring: tuple[str, ...]
) -> Draft:
    """A requirements file as it will be written.

    Args:
        described: What is asked.
        found: The checkpoint; `None` if a served model is asked.
        place: Where the file will be: paths in it are from its folder.
        scoring: The command whose records are judged; empty for `weighin run` or logs.
    """
    root: dict[str, JsonValue] = {
        "weighin": REQUIREMENTS_VERSION,
        "model": {} if found is None else {"name": found.name},
        "profile": DEFAULT_PROFILE if found is not None else _HOSTED,
    }
    notes: dict[Keys, str] = {}
    for each in described.carried:
        is_path = each.is_path and isinstance(each.value, str)
        _put(root, each.keys, _from(place, str(each.value)) if is_path else each.value)
        if each.keys[0] != "benchmarks" and described.harness is not Harness.WEIGHIN:
            notes[each.keys] = each.note or each.flag
    notes["model", "name"] = "the name that the scores are claimed under"
    if found is not None:
        _pin(root, notes, found, place)
    if described.logs and found is not None:
        root["evidence"] = _OF_LOGS
        notes["evidence",] = f"logs of {described.harness} hold no more; `weighin run` measures"
    of_flags = described.harness is Harness.WEIGHIN
    return Draft(
        written_from="its flags" if of_flags else f"a command of {described.harness}",
        root=root,
        notes=notes,
        ready=described.ready,
        scored_by=shlex.join(scoring),
        left_out=tuple(
            f"{each.told}: {each.why}" for each in described.left_out if each.may_change_scores
        ),
    )


def manifest_of(found: Pinned, place: Path) -> Path:
    """Where the manifest lies that pins a folder: beside the requirements file."""
    return place.parent / f"{found.name}.manifest.json"


def _pin(root: dict[str, JsonValue], notes: dict[Keys, str], found: Pinned, place: Path) -> None:
    keys: Keys = ("model", "checkpoint")
    if found.manifest is not None:
        released: Keys = ("model", "released")
        _put(root, released, manifest_of(found, place).name)
        notes[released] = f"pins the folder: {found.pinned_by}"
    elif found.pinned_by:
        notes[keys] = f"pinned by {found.pinned_by}"
    else:
        notes[keys] = (
            "FILL IN the commit" if found.is_unfilled else "not pinned yet: write released"
        )


def _from(place: Path, written: str) -> str:
    """A path from the folder of the requirements file, where it was meant from the current one."""
    if os.path.isabs(written) or place.parent == Path():  # noqa: PTH117  # a text, as it was typed
        return written
    return os.path.relpath(written, place.parent)


def _put(root: dict[str, JsonValue], keys: Keys, value: JsonValue) -> None:
    """Write a value at its keys; lists and mappings on the way are made."""
    here: JsonValue = root
    for key, after in zip(keys, (*keys[1:], None), strict=True):
        last = after is None
        new: JsonValue = value if last else [] if isinstance(after, int) else {}
        if isinstance(here, list) and isinstance(key, int):
            while len(here) <= key:
                here.append(new)
            if last:
                here[key] = value
            here = here[key]
        elif isinstance(here, dict) and isinstance(key, str):
            if last:
                here[key] = value
            here = here.setdefault(key, new)
        else:
            raise TypeError(f"{keys}: expected a key of a mapping or an index of a list")
