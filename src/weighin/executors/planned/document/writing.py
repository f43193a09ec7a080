"""A plan and the user's own files as one document, and how it is kept."""

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from weighin.errors import EvidenceError
from weighin.evidence.store import PLANS, Store
from weighin.executors.plan import Plan
from weighin.executors.planned.document.format import (
    PlanDocument,
    PlannedFile,
    PlannedJob,
    PlannedOptions,
    PlannedPlaces,
    PlannedRequirements,
)
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.canonical import canonical_json, sha256_hex

_MOST_EMBEDDED_BYTES: Final = 256 << 10
_MOST_EMBEDDED_IN_ALL: Final = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPlan:
    """A plan as it is kept.

    Attributes:
        content: The document, as canonical JSON.
        blobs: Files that are too large for it, by digest.
        files: How many files of the user's own it stands for.
    """

    content: bytes
    blobs: Mapping[str, Path]
    files: int

    @property
    def plan_id(self) -> str:
        """SHA-256 of the document."""
        return sha256_hex(self.content)

    def keep(self, store: Store) -> str:
        """Keep it where workers read it.

        Returns:
            Its key.

        Raises:
            InfrastructureError: Trying again may help.
            UsageError: Nothing can be written there.
            EvidenceError: A file changed since it was read.
        """
        for sha256, path in self.blobs.items():
            store.storage.put_blob(path, sha256)
        store.keep_plan(self.plan_id, self.content)
        return plan_key(self.plan_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """How and where a plan was made.

    Attributes:
        working_folder: The current folder.
        task_folders: The user's own task folders, as the requirements list them.
        options: How the run was asked for.
        places: Where things lie.
        versions: Versions of the packages that shape a score.
    """

    working_folder: Path
    task_folders: tuple[Path, ...]
    options: PlannedOptions
    places: PlannedPlaces
    versions: Mapping[str, str]


def plan_key(plan_id: str) -> str:
    """Where a plan lies in a store."""
    return f"{PLANS}/{plan_id}.json"


def written_plan(
    plan: Plan,
    *,
    requirements: Path,
    files: Sequence[Path],
    made: Surroundings,
    overridden: bytes = b"",
) -> WrittenPlan:
    """The document of a plan.

    Args:
        plan: What is scored.
        requirements: The requirements file.
        files: The user's own task files.
        made: How and where it was made.
        overridden: What stands in the place of the requirements file; empty for the file itself.

    Raises:
        EvidenceError: A file cannot be read, or the requirements changed meanwhile.
    """
    content = overridden or _read(requirements)
    if sha256_hex(content) != plan.requirements_sha256:
        raise EvidenceError(f"{requirements}: changed while it was planned; plan again")
    here, source = _absolute(made.working_folder), _absolute(requirements)
    folders = [_absolute(folder) for folder in made.task_folders]
    root = Path(os.path.commonpath([here, source.parent, *folders, *map(_absolute, files)]))
    blobs: dict[str, Path] = {}
    planned: list[PlannedFile] = []
    room = _MOST_EMBEDDED_IN_ALL
    for path in files:
        data = _read(path)
        sha256 = sha256_hex(data)
        is_embedded = len(data) <= min(room, _MOST_EMBEDDED_BYTES)
        if is_embedded:
            room -= len(data)
        else:
            blobs[sha256] = path
        planned.append(
            PlannedFile(
                path=_absolute(path).relative_to(root).as_posix(),
                sha256=sha256,
                size_bytes=len(data),
                content=base64.b64encode(data).decode() if is_embedded else None,
            )
        )
    document = PlanDocument(
        run_id=plan.run_id,
        model=plan.model,
        subject=plan.subject,
        command=plan.command,
        requirements=PlannedRequirements(
            path=source.relative_to(root).as_posix(),
            sha256=plan.requirements_sha256,
            content=base64.b64encode(content).decode(),
        ),
        files=tuple(planned),
        task_folders=tuple(folder.relative_to(root).as_posix() for folder in folders),
        working_folder=here.relative_to(root).as_posix(),
        options=made.options,
        places=made.places,
        versions=dict(made.versions),
        jobs=tuple(
            PlannedJob(
                benchmark=job.task,
                label=job.label,
                job_id=job.job_id,
                description=dict(job.description),
            )
            for job in plan.jobs
        ),
    )
    return WrittenPlan(
        content=canonical_json(document.model_dump(mode="json")), blobs=blobs, files=len(planned)
    )


def _read(path: Path) -> bytes:
    return read_foreign_file(path, max_bytes=MAX_RESULTS_BYTES)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links
