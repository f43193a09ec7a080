"""A plan's document read back: held against itself, and the files that it stands for."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from pydantic import ValidationError

from weighin.errors import EvidenceError
from weighin.executors.planned.document.format import PLAN_FORMAT, PlanDocument, PlannedFile
from weighin.files.canonical import canonical_json, sha256_hex, strict_json
from weighin.files.stores.interface import BLOBS, Storage

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def read_plan(content: bytes, where: str) -> PlanDocument:
    """The plan in a document, held against itself.

    Args:
        content: The bytes.
        where: Named in errors.

    Raises:
        EvidenceError: It is no plan, of another format, or contradicts itself.
    """
    try:
        value = strict_json(content)
        found = value.get("format") if isinstance(value, dict) else type(value).__name__
        if found != PLAN_FORMAT:
            raise EvidenceError(
                f"{where}: expected format {PLAN_FORMAT}, found {found!r}; make a plan with "
                "`weighin plan`"
            )
        plan = PlanDocument.model_validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise EvidenceError(f"{where}: {place}: {first['msg'].lower()}") from error
    except ValueError as error:
        raise EvidenceError(f"{where}: expected a plan, found {str(error)[:300]}") from error
    for index, job in enumerate(plan.jobs):
        if sha256_hex(canonical_json(job.description)) != job.job_id:
            raise EvidenceError(
                f"{where}: jobs.{index}.job_id: expected the digest of the description, found "
                f"{job.job_id!r}"
            )
    return plan


def contents(plan: PlanDocument, storage: Storage, where: str) -> dict[PurePosixPath, bytes]:
    """All files of a plan, by their places below one folder.

    Args:
        plan: The plan.
        storage: Where large files lie.
        where: Named in errors.

    Raises:
        EvidenceError: A file is missing, is not what the plan says, or would lie elsewhere.
    """
    of_requirements = plan.requirements
    at = f"{where}: requirements"
    found = {
        _place(of_requirements.path, at): _decoded(
            of_requirements.content, of_requirements.sha256, at
        )
    }
    for index, file in enumerate(plan.files):
        at = f"{where}: files.{index}"
        place = _place(file.path, at)
        content = (
            _blob(file, storage, at)
            if file.content is None
            else _decoded(file.content, file.sha256, at)
        )
        if found.setdefault(place, content) != content:
            raise EvidenceError(f"{at}: expected one content of {file.path}, found two")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLayout:
    """Where things lie among the `contents` of a plan.

    Attributes:
        requirements: The requirements file.
        working_folder: What stands for the current folder of whoever planned.
        task_folders: The user's own task folders.
    """

    requirements: PurePosixPath
    working_folder: PurePosixPath
    task_folders: tuple[PurePosixPath, ...]


def layout(plan: PlanDocument, where: str) -> PlannedLayout:
    """Where things lie among the `contents` of a plan.

    Raises:
        EvidenceError: Something would lie elsewhere.
    """
    return PlannedLayout(
        requirements=_place(plan.requirements.path, f"{where}: requirements"),
        working_folder=_place(plan.working_folder, f"{where}: working_folder"),
        task_folders=tuple(
            _place(folder, f"{where}: task_folders.{index}")
            for index, folder in enumerate(plan.task_folders)
        ),
    )


def _place(path: str, where: str) -> PurePosixPath:
    found = PurePosixPath(path)
    if found.is_absolute() or ".." in found.parts or "\0" in path:
        raise EvidenceError(
            f"{where}: expected a place below the plan's own folder, found {path!r}"
        )
    return found


def _decoded(text: str, sha256: str, where: str) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EvidenceError(f"{where}: expected base64, found {str(error)[:100]}") from error
    return _of_digest(content, sha256, where)


def _blob(file: PlannedFile, storage: Storage, where: str) -> bytes:
    if _SHA256.fullmatch(file.sha256) is None:
        raise EvidenceError(f"{where}: expected a SHA-256, found {file.sha256!r}")
    content = storage.read(f"{BLOBS}/{file.sha256}", max_bytes=file.size_bytes)
    if content is None:
        raise EvidenceError(
            f"{where}: expected {file.path} as {BLOBS}/{file.sha256} in {storage.place}, found "
            "nothing; plan again with --results"
        )
    return _of_digest(content, file.sha256, where)


def _of_digest(content: bytes, sha256: str, where: str) -> bytes:
    if (found := sha256_hex(content)) != sha256:
        raise EvidenceError(f"{where}: expected sha256 {sha256}, found {found}")
    return content
