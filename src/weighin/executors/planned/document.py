"""The document of a plan: all that is needed to score its jobs anywhere. Its digest is its id."""

import base64
import binascii
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from pydantic import JsonValue, ValidationError

from weighin.errors import EvidenceError
from weighin.evidence.store import PLANS, Store
from weighin.executors.plan import Plan
from weighin.files.bounded import MAX_RECORD_BYTES, MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.canonical import canonical_json, sha256_hex, strict_json
from weighin.files.stores.interface import BLOBS, Storage
from weighin.files.strict_model import StrictModel

PLAN_FORMAT: Final = "weighin.plan/2"
MAX_PLAN_BYTES: Final = MAX_RECORD_BYTES
_MOST_EMBEDDED_BYTES: Final = 256 << 10
_MOST_EMBEDDED_IN_ALL: Final = 8 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class PlannedFile(StrictModel):
    """A file of the user's own.

    Attributes:
        path: Relative to the nearest folder above all of them.
        sha256: Hex digest of its bytes.
        size_bytes: Their number.
        content: The bytes as base64; `None` if they lie in the store, as `blobs/<sha256>`.
    """

    path: str
    sha256: str
    size_bytes: int
    content: str | None


class PlannedRequirements(StrictModel):
    """The requirements file.

    Attributes:
        path: As that of a file.
        sha256: Hex digest of its bytes.
        content: The bytes as base64.
    """

    path: str
    sha256: str
    content: str


class PlannedPlaces(StrictModel):
    """Where things lay for whoever planned; a worker may be told another place.

    Attributes:
        checkpoint: The checkpoint folder, absolute; `None` if requirements name it for every
            machine, or for a served model.
        adapter: The folder of the adapter, absolute; `None` if there is none.
        tokenizer: The folder of the tokenizer of a served model, absolute; `None` if there is none.
    """

    checkpoint: str | None
    adapter: str | None
    tokenizer: str | None


class PlannedOptions(StrictModel):
    """How the run was asked for beside the requirements.

    Attributes:
        only: Labels or tasks to score; empty for all.
        max_samples: Only the first documents of every benchmark; `None` for what is required.
        new_attempt: Score again what is recorded already.
        compress_samples: Write samples files as `.jsonl.gz`.
        watch: Whether the process is watched while the model answers.
    """

    only: tuple[str, ...]
    max_samples: int | None
    new_attempt: bool
    compress_samples: bool
    watch: bool


class PlannedJob(StrictModel):
    """One job.

    Attributes:
        benchmark: Name of the task.
        label: What the benchmark is called in the requirements.
        job_id: Digest of the description.
        description: All that the job is made of, as canonical JSON is made of it.
    """

    benchmark: str
    label: str
    job_id: str
    description: dict[str, JsonValue]


class PlanDocument(StrictModel):
    """A plan, self-contained.

    Attributes:
        format: Always `weighin.plan/2`.
        run_id: Stands in the records of all its jobs, wherever they are scored.
        model: Name under which the scores are claimed.
        subject: What answers, as it describes itself.
        command: The command line or call that planned.
        requirements: The requirements file.
        files: The user's own task files: YAML, Python and data.
        task_folders: The user's own task folders, as the requirements list them, each as the path
            of a file.
        working_folder: The current folder of whoever planned, as the path of a file.
        options: How the run was asked for.
        places: Where things lay.
        versions: What must be installed: versions of the packages that shape a score.
        jobs: In the order of the requirements.
    """

    format: Literal["weighin.plan/2"] = PLAN_FORMAT
    run_id: str
    model: str
    subject: JsonValue
    command: str
    requirements: PlannedRequirements
    files: tuple[PlannedFile, ...]
    task_folders: tuple[str, ...]
    working_folder: str
    options: PlannedOptions
    places: PlannedPlaces
    versions: dict[str, str]
    jobs: tuple[PlannedJob, ...]

    @property
    def new_attempt(self) -> bool:
        """Whether what other runs recorded stands for nothing."""
        return self.options.new_attempt


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
