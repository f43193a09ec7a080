"""From requirements to a plan: what answers is opened, the tasks are loaded, nothing is scored."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from weighin.errors import RequirementsError, UsageError
from weighin.evidence.store import Store
from weighin.executors.plan import Plan, RunOptions, plan_run
from weighin.executors.planned.document import (
    PlannedOptions,
    PlannedPlaces,
    Surroundings,
    WrittenPlan,
    written_plan,
)
from weighin.extras import installing
from weighin.identity.fingerprint.remembered.digests import RememberedDigests
from weighin.identity.published.revision import is_on_hub
from weighin.requirements.benchmark_labels import RequiredBenchmarks
from weighin.requirements.checks.endpoint_prompts import refuse_templates
from weighin.requirements.model import Requirements
from weighin.sources.checkpoints.given import given_folder, named_by_id, require_named_weights

if TYPE_CHECKING:
    # The harness imports torch and lm-eval, so that it is imported when something runs.
    from weighin.harness.subject import Subject
    from weighin.harness.tasks.loading import LoadedBenchmark

_OF_THE_HARNESS: Final = ("torch", "transformers", "datasets", "lm_eval")
_OF_ENDPOINTS: Final = ("aiohttp", "tenacity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what it was made of in this process.

    Attributes:
        plan: What is scored.
        subject: What answers; nothing is loaded yet.
        benchmarks: The loaded tasks, by the label of the benchmark.
        written: The plan as a document.
        elsewhere: Files that loading the tasks read, and that are none of the user's own: they
            must be the same wherever a job runs.
    """

    plan: Plan
    subject: "Subject"
    benchmarks: Mapping[str, "LoadedBenchmark"]
    written: WrittenPlan
    elsewhere: tuple[Path, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what could have been read in the place of what the tasks are made of."""
        return tuple(note for benchmark in self.benchmarks.values() for note in benchmark.notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a checkpoint is opened on this machine.

    Attributes:
        on_hashing: Called with bytes hashed and bytes in all.
        remembered: Digests of files that need not be read now; `None` to read all.
        checkpoint: Folder of the checkpoint; `None` where the requirements say it.
    """

    on_hashing: Callable[[int, int], None]
    remembered: RememberedDigests | None = None
    checkpoint: Path | None = None


def make_plan(
    requirements: Requirements,
    options: RunOptions,
    wanted: Sequence[str],
    *,
    store: Store | None,
    opening: Opening,
) -> Planned:
    """Fingerprint the files of what answers, load the tasks, and write down what is to be scored.

    Args:
        requirements: What must hold.
        options: How the run is asked for.
        wanted: Labels of the benchmarks to score.
        store: Where a checkpoint that is named by its id may have a manifest; `None` for nowhere.
        opening: How the checkpoint is opened.

    Raises:
        WeighinError: Something that the requirements name is missing, malformed or refused.
    """
    subject = open_subject(requirements, options, store, opening)
    from weighin.harness.observed.versions import installed_versions
    from weighin.harness.tasks.opened_files import opened_files, own_task_files

    with opened_files() if requirements.tasks else nullcontext() as opened:
        benchmarks = load_wanted(requirements, wanted)
    plan = plan_run(
        requirements,
        options,
        subject=subject.description,
        manifest=subject.manifest,
        task_digests={label: benchmark.digest for label, benchmark in benchmarks.items()},
    )
    require_template(requirements, plan, subject)
    here = Path.cwd()
    folders = [requirements.resolve(folder) for folder in requirements.tasks]
    files: tuple[Path, ...] = ()
    elsewhere: tuple[Path, ...] = ()
    if opened is not None:
        leaves = [leaf for b in benchmarks.values() for leaf in b.leaves.values()]
        roots = [here, requirements.source.parent, *folders]
        files, elsewhere = own_task_files(folders, opened, leaves, roots)
    return Planned(
        plan=plan,
        subject=subject,
        benchmarks=benchmarks,
        written=written_plan(
            plan,
            requirements=requirements.source,
            overridden=requirements.overridden,
            files=files,
            made=Surroundings(
                working_folder=here,
                task_folders=tuple(folders),
                options=PlannedOptions(
                    only=options.only,
                    max_samples=options.max_samples,
                    new_attempt=options.new_attempt,
                    compress_samples=options.compress_samples,
                    watch=options.watch,
                ),
                places=_places(requirements, options),
                versions=installed_versions(),
            ),
        ),
        elsewhere=elsewhere,
    )


def require_at_hand(requirements: Requirements, options: RunOptions) -> None:
    """Refuse what cannot be run here at all, before anything is written or read.

    Args:
        requirements: What must hold.
        options: How the run is asked for.

    Raises:
        UsageError: What loads it is not installed, or where it lies is not said.
        CheckpointError: Nothing lies where the checkpoint should.
        RequirementsError: A served model cannot be sent such prompts.
    """
    refuse_templates(requirements)
    given = given_folder(requirements, options.checkpoint)
    is_served = requirements.model.endpoint is not None
    # Looked for, not imported, which takes seconds.
    needed = (*_OF_THE_HARNESS, *(_OF_ENDPOINTS if is_served else ()))
    if missing := next((name for name in needed if find_spec(name) is None), None):
        raise _not_installed(requirements, missing)
    # What lies on a hub is fetched once the results can be written.
    if given is None and not is_served and not is_on_hub(requirements.model.checkpoint):
        from weighin.harness.local.disk.folder import checkpoint_folder

        checkpoint_folder(requirements)


@contextmanager
def _harness_of(requirements: Requirements) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise _not_installed(requirements, str(error.name)) from error


def _not_installed(requirements: Requirements, package: str) -> UsageError:
    extra = "hf" if requirements.model.endpoint is None else "api"
    return UsageError(
        f"running benchmarks needs {package}, which is not installed; {installing(extra)}"
    )


def open_subject(
    requirements: Requirements,
    options: RunOptions,
    store: Store | None,
    opening: Opening,
) -> "Subject":
    """What answers, with its files fingerprinted and nothing loaded.

    Args:
        requirements: What must hold.
        options: How the run is asked for.
        store: Where a checkpoint that is named by its id may have a manifest; `None` for nowhere.
        opening: How the checkpoint is opened.

    Raises:
        UsageError: What loads it is not installed.
        WeighinError: It is missing, malformed or refused.
    """
    given = opening.checkpoint or given_folder(requirements, options.checkpoint)
    with _harness_of(requirements):
        if requirements.model.endpoint is not None:
            from weighin.harness.served.subject import EndpointSubject

            return EndpointSubject(requirements)
        from weighin.harness.local.disk.folder import checkpoint_folder
        from weighin.harness.local.subject import CheckpointSubject
    folder, revision = (given, None) if given else checkpoint_folder(requirements)
    subject = CheckpointSubject(
        requirements,
        folder,
        revision,
        opening.on_hashing,
        watch=options.watch,
        remembered=opening.remembered,
    )
    if (named := named_by_id(requirements)) is not None:
        known = None if store is None else store.manifest(named)
        require_named_weights(requirements, folder, subject.manifest, known)
    return subject


def load_wanted(requirements: Requirements, wanted: Sequence[str]) -> dict[str, "LoadedBenchmark"]:
    """The tasks of the wanted benchmarks, by their labels.

    Raises:
        WeighinError: A task is missing or cannot be loaded.
    """
    from weighin.harness.tasks.loading import load_benchmarks

    labels = RequiredBenchmarks(requirements.benchmarks).labels
    loaded = load_benchmarks(requirements, wanted)
    return {labels[benchmark.position]: benchmark for benchmark in loaded}


def require_template(requirements: Requirements, plan: Plan, subject: "Subject") -> None:
    """Refuse a chat template that is asked for and not there, before anything is loaded.

    Raises:
        RequirementsError: A benchmark needs one and the checkpoint has none.
    """
    if subject.manifest is None or subject.manifest.chat_template is not None:
        return
    labels = RequiredBenchmarks(requirements.benchmarks).labels
    for job in plan.jobs:
        if job.chat_template:
            places = (f"benchmarks.{labels.index(job.label)}.chat_template", "model.chat_template")
            where = next(filter(None, map(requirements.required_at, places)), requirements.source)
            raise RequirementsError(
                f"{where}: chat_template: expected a checkpoint with a chat template for "
                f"{job.label}, found none in it; leave the key out"
            )


def _places(requirements: Requirements, options: RunOptions) -> PlannedPlaces:
    model = requirements.model
    written = model.checkpoint
    if written is None or written.startswith("hf://"):
        checkpoint = None
    elif named_by_id(requirements) is not None:
        checkpoint = options.checkpoint
    else:
        checkpoint = requirements.resolve(written)
    tokenizer = None if model.endpoint is None else model.endpoint.tokenizer
    return PlannedPlaces(
        checkpoint=None if checkpoint is None else os.path.abspath(checkpoint),  # noqa: PTH100  # links are kept
        adapter=_absolute(requirements, model.adapter),
        tokenizer=_absolute(requirements, tokenizer),
    )


def _absolute(requirements: Requirements, written: str | None) -> str | None:
    return None if written is None else os.path.abspath(requirements.resolve(written))  # noqa: PTH100  # links are kept
