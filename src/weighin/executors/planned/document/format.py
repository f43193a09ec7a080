"""What a plan's document holds."""

from typing import Final, Literal

from pydantic import JsonValue

from weighin.files.bounded import MAX_RECORD_BYTES
from weighin.files.strict_model import StrictModel

PLAN_FORMAT: Final = "weighin.plan/2"
MAX_PLAN_BYTES: Final = MAX_RECORD_BYTES


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
