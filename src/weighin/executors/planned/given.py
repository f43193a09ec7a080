"""The plan that a person names, and whether the code in it may be run."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from weighin.errors import EvidenceError
from weighin.executors.planned.document import MAX_PLAN_BYTES, plan_key
from weighin.files.bounded import read_foreign_file
from weighin.files.canonical import sha256_hex
from weighin.files.stores.interface import Storage
from weighin.files.stores.opening import is_url, storage_at

_ID: Final = re.compile(r"[0-9a-f]{64}")
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
    has, and from a folder that only its owner, who calls, can write.

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
    if not place:
        where = f"{storage.place.rstrip('/')}/{plan_key(plan_id)}"
        content = storage.read(plan_key(plan_id), max_bytes=MAX_PLAN_BYTES)
    elif is_url(place):
        where = place
        parent, _, key = place.rpartition("/")
        content = storage_at(parent).read(key, max_bytes=MAX_PLAN_BYTES)
    else:
        where = place
        content = read_foreign_file(Path(place), max_bytes=MAX_PLAN_BYTES)
    if content is None:
        raise EvidenceError(f"{where}: expected a plan, found nothing there")
    found = sha256_hex(content)
    if plan_id and found != plan_id:
        raise EvidenceError(f"{where}: expected plan {plan_id}, found {found}; nothing was run")
    if not plan_id and (why := "it lies in an object store" if is_url(place) else _not_own(place)):
        raise EvidenceError(
            f"{where}: a plan carries code, and {why}: nothing of it was run; where you made it, "
            f"or trust who did, name it by its id: {place}@{found}"
        )
    return GivenPlan(content=content, where=where)


def _not_own(place: str) -> str:
    """Why somebody else may have written a file; empty if only who calls can."""
    path = Path(os.path.realpath(place))
    for what, at in (("it", path), ("its folder", path.parent)):
        status = at.stat()
        if status.st_uid != os.geteuid():
            return f"{what} belongs to another user"
        if status.st_mode & _WRITABLE_BY_OTHERS:
            return f"others can write {what}"
    return ""
