"""The plan that a person names, and whether the code in it may be run."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from weighin.errors import CheckpointError, EvidenceError
from weighin.executors.planned.document import MAX_PLAN_BYTES, plan_key
from weighin.files.canonical import sha256_hex
from weighin.files.opened import opened, read_bytes
from weighin.files.stores.interface import Storage
from weighin.files.stores.opening import is_url, storage_at

_ID: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"(?:\A|/)([0-9a-f]{64})(?:\.json)?\Z")
_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPlan:
    """A plan whose code may be run.

    Attributes:
        content: The document.
        where: What it is called in errors.
    """

    content: bytes
    where: str


def given_plan(named: str, storage: Storage) -> GivenPlan:
    """The document of a plan, of which the caller has shown that they mean it.

    A plan carries the code of tasks. It is taken from whoever names its id, which no other plan
    has, and from a folder that only its owner, who calls, can write or put another in the place of.

    Args:
        named: `PLAN@<sha256>`, where PLAN is a file or an URL; an id alone, of a plan in the
            store; or a file alone.
        storage: The results.

    Raises:
        EvidenceError: There is none, it is another than the id says, or it may be somebody else's.
        InfrastructureError: It cannot be read now.
        UsageError: It cannot be read there.
    """
    head, sign, tail = named.rpartition("@")
    place, plan_id = (head, tail) if sign and _ID.fullmatch(tail) else (named, "")
    if _ID.fullmatch(place):
        place, plan_id = "", plan_id or place
    why_not = "it lies in an object store"
    if not place:
        where = f"{storage.place.rstrip('/')}/{plan_key(plan_id)}"
        content = storage.read(plan_key(plan_id), max_bytes=MAX_PLAN_BYTES)
    elif is_url(place):
        where = place
        parent, _, key = place.rpartition("/")
        content = storage_at(parent).read(key, max_bytes=MAX_PLAN_BYTES)
    else:
        where = place
        content, why_not = _read_file(place)
    if content is None:
        raise EvidenceError(f"{where}: expected a plan, found nothing there")
    found = sha256_hex(content)
    # A file that is named as plans are is of that name, whoever else may write it.
    meant = plan_id or (named_so[1] if (named_so := _NAME.search(place)) else "")
    if meant and found != meant:
        raise EvidenceError(f"{where}: expected plan {meant}, found {found}; nothing was run")
    if not plan_id and why_not:
        raise EvidenceError(
            f"{where}: a plan carries code, and {why_not}: nothing of it was run; where you made "
            f"it, or trust who did, name it by its id: {place}@{found}"
        )
    return GivenPlan(content=content, where=where)


def _read_file(place: str) -> tuple[bytes, str]:
    """The bytes of a file, and why somebody else may have written it; empty if only who calls can.

    What is asked about is the very file that is read, and then every folder that leads there.
    """
    path = Path(os.path.realpath(place))
    try:
        with opened(path) as descriptor:
            status = os.fstat(descriptor)
            if status.st_size > MAX_PLAN_BYTES:
                raise EvidenceError(
                    f"{place}: expected at most {MAX_PLAN_BYTES} bytes, found {status.st_size}"
                )
            content = read_bytes(descriptor, path, 0, status.st_size)
    except CheckpointError as error:
        raise EvidenceError(str(error)) from error
    why_not = _not_own("it", status) or _not_own("its folder", _status(path.parent))
    above = (f"the folder {folder} above it" for folder in path.parent.parents)
    folders = zip(above, map(_status, path.parent.parents), strict=True)
    further = (_replaceable(what, status) for what, status in folders)
    return content, why_not or next(filter(None, further), "")


def _status(folder: Path) -> os.stat_result:
    try:
        return folder.stat()
    except OSError as error:
        raise EvidenceError(f"{folder}: cannot be looked at: {error.strerror}") from error


def _not_own(what: str, status: os.stat_result) -> str:
    if status.st_uid != os.geteuid():
        return f"{what} belongs to another user"
    return f"others can write {what}" if status.st_mode & _WRITABLE_BY_OTHERS else ""


def _replaceable(what: str, status: os.stat_result) -> str:
    """Why somebody else may put another folder in the place of one in this one."""
    if status.st_uid not in {0, os.geteuid()}:
        return f"{what} belongs to another user"
    is_open = status.st_mode & _WRITABLE_BY_OTHERS and not status.st_mode & stat.S_ISVTX
    return f"others can write {what}" if is_open else ""
