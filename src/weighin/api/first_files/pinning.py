"""A checkpoint that was named, pinned: a folder by its manifest, a name of a hub by its commit."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import CheckpointError, InfrastructureError, UsageError
from weighin.files.opened import is_file, is_folder
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.published.revision import (
    DEFAULT_REVISION,
    HUB_SCHEME,
    HubReference,
)
from weighin.requirements.checks.locations import UNFILLED_COMMIT
from weighin.sources.command_lines.described import Source
from weighin.sources.hub.listing import listed_revision
from weighin.sources.hub.requests import default_hub, is_offline
from weighin.sources.hub.revisions import cached_commit

_OWNER = "<org>"

_REPOSITORY = re.compile(r"(?P<name>([\w.-]+/)?[\w.-]+)(@(?P<revision>[\w./-]{1,200}))?", re.ASCII)
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
_PROGRAM = ".py"
_OF_ONE_FILE = ".gguf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A checkpoint as a requirements file names it.

    Attributes:
        name: What it is called.
        checkpoint: The value of `model.checkpoint`; a folder is relative to where weighin runs.
        is_folder: Whether that is a folder.
        manifest: Content of the manifest that pins a folder; `None` if nothing was hashed.
        pinned_by: By what, in words; empty if by nothing yet.
        why_not: Why nothing pins it yet, and what to do; empty if something does.
        is_unfilled: Whether the value has a place to fill in.
        programs: Python files in it.
        is_read: Whether it is known which files are in it.
    """

    name: str
    checkpoint: str
    is_folder: bool
    manifest: bytes | None = None
    pinned_by: str = ""
    why_not: str = ""
    is_unfilled: bool = False
    programs: tuple[str, ...] = ()
    is_read: bool = False


def pinned(source: Source, on_hashing: Callable[[int, int], None] | None) -> Pinned:
    """A checkpoint, pinned as far as it can be from here.

    Args:
        source: The checkpoint as it was named.
        on_hashing: Called with bytes hashed and bytes in all.

    Raises:
        CheckpointError: It is a folder, and no checkpoint.
        UsageError: It is no name of a checkpoint.
    """
    place = source.place.removeprefix(HUB_SCHEME)
    if _SHA256.fullmatch(place):
        name = f"checkpoint-{place.removeprefix('sha256:')[:12]}"
        return Pinned(name=name, checkpoint=place, is_folder=False, pinned_by="its id")
    is_named_on_hub = source.place.startswith(HUB_SCHEME)
    lies_there = place.endswith(_OF_ONE_FILE) and is_file(place)
    if not is_named_on_hub and (is_folder(place) or lies_there):
        return _folder(place, on_hashing)
    found = _REPOSITORY.fullmatch(place)
    if found is None or any(part in {".", "..", "..."} for part in place.split("/")):
        if is_named_on_hub:
            raise UsageError(f"{source.flag}: expected hf://org/name@REV, found {source.place}")
        return _elsewhere(place)
    revision = source.revision or found["revision"] or DEFAULT_REVISION
    return _on_hub(HubReference(found["name"], revision))


def _folder(place: str, on_hashing: Callable[[int, int], None] | None) -> Pinned:
    manifest = fingerprint(Path(place), on_progress=on_hashing)
    content = manifest.canonical()
    programs = tuple(sorted(f.path for f in manifest.files if f.role == "remote_code"))
    return Pinned(
        name=_name_of(place),
        checkpoint=place,
        is_folder=True,
        manifest=content,
        pinned_by=f"checkpoint sha256:{manifest.checkpoint_id}",
        programs=programs,
        is_read=True,
    )


def _elsewhere(place: str) -> Pinned:
    return Pinned(
        name=_name_of(place),
        checkpoint=place,
        is_folder=True,
        why_not=f"nothing is at {place} here; where it lies, run `weighin fingerprint DIR --save "
        "MANIFEST.json` and write `released: MANIFEST.json` under model",
    )


def _name_of(place: str) -> str:
    name = os.path.basename(os.path.abspath(os.path.expanduser(place)))  # noqa: PTH119, PTH100, PTH111  # a path as typed
    return name or "model"


def _on_hub(reference: HubReference) -> Pinned:
    """A repository of a hub with the commit that its revision stands for now."""
    try:
        answer = _asked(reference)
    except (CheckpointError, InfrastructureError, UsageError) as error:
        why = " ".join(str(error).split()).removeprefix(f"{reference}: ")
        answer = _Answer(
            reference.repository, reference.revision if reference.is_pinned else "", why=why
        )
    repository = answer.repository if "/" in answer.repository else f"{_OWNER}/{answer.repository}"
    checkpoint = f"{HUB_SCHEME}{repository}@{answer.commit or UNFILLED_COMMIT}"
    is_unfilled = not answer.commit or repository.startswith(_OWNER)
    how = f"the commit that is {reference.revision} now"
    return Pinned(
        name=reference.repository.rpartition("/")[2],
        checkpoint=checkpoint,
        is_folder=False,
        pinned_by="" if is_unfilled else "its commit" if reference.is_pinned else how,
        why_not=f"{_missing(answer.repository)} the commit that `weighin fingerprint "
        f"{HUB_SCHEME}{repository}@{reference.revision}` prints; {answer.why}"
        if is_unfilled
        else "",
        is_unfilled=is_unfilled,
        programs=answer.programs,
        is_read=answer.is_listed,
    )


def _missing(repository: str) -> str:
    """What to write; a name without an owner is a misspelt folder as often as one of the hub."""
    if "/" in repository:
        return "write"
    return f"no folder {repository} is here; give one, or for a name of the hub write its owner and"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a hub, or its cache, says of a revision; `why` it says nothing of the commit."""

    repository: str
    commit: str
    programs: tuple[str, ...] = ()
    is_listed: bool = False
    why: str = ""


def _asked(reference: HubReference) -> _Answer:
    """The owner and name, commit and Python files of a revision: of its hub, or of its cache.

    Raises:
        WeighinError: Neither can be asked, or they do not know it.
    """
    hub = default_hub()
    if is_offline():
        if (commit := cached_commit(reference)) is None:
            raise UsageError("it is not in the hub cache, and HF_HUB_OFFLINE forbids to ask")
        return _Answer(reference.repository, commit)
    listing = listed_revision(hub, reference)
    programs = tuple(file.path for file in listing.files if file.path.endswith(_PROGRAM))
    return _Answer(listing.repository, listing.commit, programs, is_listed=True)
